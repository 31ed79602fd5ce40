from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.vision import Pixels, to_square

from ..pictures import garment, noise, smooth
from ..shapes import shape


@pytest.fixture
def embedder() -> HandcraftedEmbedder:
    return HandcraftedEmbedder()


def pixels(picture: Image.Image) -> Pixels:
    return to_square(picture.convert("RGB"), HandcraftedEmbedder.picture_size)


def similarity(vectors: Vectors) -> float:
    """The cosine similarity of the first two."""
    return float(vectors[0] @ vectors[1])


def test_a_picture_becomes_1728_numbers_of_unit_length(embedder: HandcraftedEmbedder) -> None:
    vectors = embedder.embed([pixels(garment()), pixels(smooth((50, 90)))])
    assert embedder.dimensions == 1728
    assert vectors.shape == (2, 1728)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_picture_has_the_same_vector_alone_and_in_a_batch(embedder: HandcraftedEmbedder) -> None:
    batch = [pixels(smooth((90, 90), seed)) for seed in range(5)]
    alone = np.concatenate([embedder.embed([picture]) for picture in batch])
    assert embedder.embed(batch) == pytest.approx(alone, abs=1e-6)


def test_a_mirror_image_has_nearly_the_same_vector(embedder: HandcraftedEmbedder) -> None:
    picture, other = garment(), smooth((300, 400))
    mirrored = similarity(embedder.embed([pixels(picture), pixels(ImageOps.mirror(picture))]))
    stranger = similarity(embedder.embed([pixels(picture), pixels(other)]))
    assert mirrored > 0.9 > stranger + 0.2


def test_the_shape_part_of_a_mirror_image_is_the_same(embedder: HandcraftedEmbedder) -> None:
    grey = garment().convert("L").convert("RGB")
    colours = 12 * 12 * 3
    shapes = embedder.embed([pixels(grey), pixels(ImageOps.mirror(grey))])[:, :-colours]
    assert shapes[0] == pytest.approx(shapes[1], abs=1e-3)


def test_colour_counts_and_shape_counts_more(embedder: HandcraftedEmbedder) -> None:
    teal, red = garment(colour="teal"), garment(colour="red")
    other_colour = similarity(embedder.embed([pixels(teal), pixels(red)]))
    other_shape = similarity(embedder.embed([pixels(teal), pixels(smooth((300, 400)))]))
    assert 0.95 > other_colour > other_shape


@pytest.mark.parametrize("colour", ["white", "black", "grey"])
def test_a_picture_with_nothing_in_it_has_no_vector(
    embedder: HandcraftedEmbedder, colour: str
) -> None:
    plain = pixels(Image.new("RGB", (40, 40), colour))
    vectors = embedder.embed([plain, pixels(garment())])
    assert not np.isfinite(vectors[0]).any()
    assert np.isfinite(vectors[1]).all()


def test_it_leaves_its_input_as_it_is(embedder: HandcraftedEmbedder) -> None:
    picture = noise((112, 112))
    before = picture.copy()
    embedder.embed([picture])
    assert (picture == before).all()


def test_two_embedders_are_one_space() -> None:
    first, second = HandcraftedEmbedder(), HandcraftedEmbedder()
    assert (first.options, first.weights_digest) == (second.options, second.weights_digest)
    assert HandcraftedEmbedder.arguments_from_settings() == {}


def test_look_alikes_are_nearest(embedder: HandcraftedEmbedder) -> None:
    kinds = ("disc", "stripes", "bars", "triangle")
    made = [(kind, shape(kind, seed=seed)) for kind in kinds for seed in range(4)]
    vectors = embedder.embed([pixels(Image.open(BytesIO(data))) for _, data in made])
    similarities = vectors @ vectors.T - 2 * np.eye(len(made))
    for (kind, _), row in zip(made, similarities, strict=True):
        assert [made[other][0] for other in np.argsort(-row)[:3]] == [kind] * 3
