import pytest
from django.test import Client

from shop.presentation.embedder_label import active_embedder_label, embedder_label
from vrs_app.models import EmbeddingSpace

RESNET = "vrs_app.embedders.resnet50.ResNet50Embedder"


@pytest.mark.parametrize(
    ("weights", "size", "line"),
    [
        (
            "/shop/weights/resnet50-clothing.weights.h5",
            128,
            "Look-alikes by ResNet50, weights resnet50-clothing "
            "(trained on CC0 clothing photos), 128 px",
        ),
        ("imagenet", 224, "Look-alikes by ResNet50, weights ImageNet, 224 px"),
        ("/somewhere/shoes 100%.h5", 96, "Look-alikes by ResNet50, weights shoes 100%, 96 px"),
    ],
)
def test_the_line_names_embedder_weights_and_size(weights: str, size: int, line: str) -> None:
    space = EmbeddingSpace(embedder=RESNET, weights=weights, options={"image_size": size})
    assert embedder_label(space) == line


def test_an_embedder_without_weights_or_options_is_named_alone() -> None:
    space = EmbeddingSpace(embedder="vrs_app.embedders.handcrafted.HandcraftedEmbedder")
    assert embedder_label(space) == "Look-alikes by Handcrafted"


def test_nothing_is_said_while_there_is_no_space(client: Client, db: None) -> None:
    assert active_embedder_label() == ""
    assert b"look-alikes" not in client.get("/").content


def test_the_pages_say_which_space_is_active(client: Client, db: None) -> None:
    EmbeddingSpace.objects.create(
        embedder=RESNET, weights="imagenet", dimensions=2048, state="active"
    )
    assert b"Look-alikes by ResNet50, weights ImageNet" in client.get("/").content
