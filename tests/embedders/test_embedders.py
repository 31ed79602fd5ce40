import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from pytest_django import Settings

from shop.services.folders import REPOSITORY
from vrs_app import embedders
from vrs_app.embedders import Embedder, Vectors, unit_length
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.exceptions import EmbedderUnavailable
from vrs_app.vision import Pixels

HANDCRAFTED = "vrs_app.embedders.handcrafted.HandcraftedEmbedder"
MEAN = f"{__name__}.MeanColour"


class MeanColour(Embedder):
    """The smallest embedder that a shop could write."""

    dimensions = 3

    def __init__(self, *, picture_size: int = 8) -> None:
        if not self.is_there:
            raise EmbedderUnavailable("Its weights are away.")
        self.picture_size = picture_size

    is_there = True

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return unit_length(np.stack([pixels.mean(axis=(0, 1)) for pixels in pictures]))


class Unfinished(Embedder):
    """Has no `embed`."""


@pytest.fixture(autouse=True)
def nothing_loaded() -> None:
    embedders._load.cache_clear()


def test_a_process_builds_each_embedder_once() -> None:
    assert embedders.load(HANDCRAFTED) is embedders.load(HANDCRAFTED)
    assert embedders.load(MEAN, picture_size=9) is embedders.load(MEAN, picture_size=9)


def test_other_options_build_another_embedder() -> None:
    small, large = (embedders.load(MEAN, picture_size=size) for size in (9, 16))
    assert (small.picture_size, large.picture_size) == (9, 16)


def test_what_was_missing_is_loaded_once_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MeanColour, "is_there", False)
    with pytest.raises(EmbedderUnavailable, match="away"):
        embedders.load(MEAN)
    monkeypatch.setattr(MeanColour, "is_there", True)
    assert embedders.load(MEAN).dimensions == 3


def test_the_settings_name_the_embedder_and_its_arguments(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def arguments(cls: type[MeanColour]) -> dict[str, Any]:
        return {"picture_size": 21}

    monkeypatch.setattr(MeanColour, "arguments_from_settings", classmethod(arguments))
    settings.VRS = settings.VRS | {"EMBEDDER": MEAN}
    found = embedders.configured()
    assert isinstance(found, MeanColour)
    assert found.picture_size == 21


def test_an_embedder_of_few_words_has_no_options_and_no_weights() -> None:
    embedder = MeanColour()
    assert (embedder.options, embedder.weights, embedder.weights_digest) == ({}, "", "")
    assert MeanColour.arguments_from_settings() == {}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nowhere", "cannot be imported"),
        ("no_such_module.Embedder", "cannot be imported"),
        ("vrs_app.embedders.handcrafted.NoSuchEmbedder", "cannot be imported"),
        ("tests.broken_embedder.Embedder", "cannot be imported"),
        ("vrs_app.models.IndexedImage", "is not an Embedder"),
        ("vrs_app.embedders.load", "is not an Embedder"),
        (f"{__name__}.Unfinished", "lacks embed"),
        ("vrs_app.embedders.base.Embedder", "lacks embed"),
    ],
)
def test_a_wrong_path_is_named_with_the_reason(path: str, reason: str) -> None:
    for ask in (embedders.embedder_class, embedders.load):
        with pytest.raises(EmbedderUnavailable, match=reason) as caught:
            ask(path)
        assert path in str(caught.value)


def test_the_right_path_gives_the_class() -> None:
    assert embedders.embedder_class(HANDCRAFTED) is HandcraftedEmbedder


def test_every_row_has_length_one_and_one_without_length_is_no_number() -> None:
    rows = unit_length(np.array([[3.0, 4.0], [0.0, 0.0], [1e-3, 0.0]]))
    assert rows.dtype == np.float32
    assert rows[[0, 2]].tolist() == pytest.approx(np.array([[0.6, 0.8], [1.0, 0.0]]))
    assert np.isnan(rows[1]).all()


@pytest.mark.parametrize("module", ["handcrafted", "resnet50"])
def test_importing_an_embedder_imports_no_tensorflow(module: str) -> None:
    program = f"import sys, vrs_app.embedders.{module}\nprint('tensorflow' in sys.modules)"
    command = [sys.executable, "-c", program]
    assert subprocess.check_output(command, cwd=REPOSITORY, text=True) == "False\n"
