"""The real network with the demo's weights, held against Keras itself."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_django import Settings

from shop.services.folders import REPOSITORY
from vrs_app.embedders import Vectors, resnet50, unit_length
from vrs_app.embedders.resnet50 import ResNet50Embedder
from vrs_app.exceptions import EmbedderUnavailable
from vrs_app.vision import Pixels, load

from ..pictures import garment, jpeg, noise, smooth
from ..settings import RESNET50_VRS

SIZE = 128
WEIGHTS = str(RESNET50_VRS["WEIGHTS"])

slow = pytest.mark.slow
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

# Fetching goes through a proxy, which here is whatever the test wants the internet to be.
FETCH = """
import os, sys, time
from django.conf import settings
settings.configure(VRS={"WEIGHTS_TIMEOUT": int(sys.argv[1])}, USE_I18N=False)
from vrs_app.embedders.resnet50 import ResNet50Embedder
from vrs_app.exceptions import EmbedderUnavailable
import keras.applications
began = time.monotonic()
try:
    ResNet50Embedder(weights="imagenet", image_size=64)
except EmbedderUnavailable as error:
    print("OUTCOME", round(time.monotonic() - began, 1), error, flush=True)
os._exit(0)  # TensorFlow aborts a process that ends while one of its threads is at work
"""

GROWTH = """
import sys
import numpy as np, psutil
from django.conf import settings
settings.configure(VRS={}, USE_I18N=False)
from vrs_app.embedders.resnet50 import ResNet50Embedder

embedder = ResNet50Embedder(weights=sys.argv[1], image_size=128)
chance = np.random.default_rng(0)

def embed(count):
    embedder.embed(list(chance.integers(0, 256, (count, 128, 128, 3), dtype=np.uint8)))

embed(32)
embed(1)
before = psutil.Process().memory_info().rss
for count in (32, 31, 1, 17, 8, 11) * 5:
    embed(count)
print((psutil.Process().memory_info().rss - before) >> 20)
"""


@pytest.fixture(scope="module")
def embedder() -> ResNet50Embedder:
    return ResNet50Embedder(weights=WEIGHTS, image_size=SIZE)


@pytest.fixture(scope="module")
def keras_model() -> Any:
    """The plain network as Keras's documentation writes it."""
    from keras.applications import ResNet50

    model = ResNet50(weights=None, include_top=False, pooling="avg")
    model.load_weights(WEIGHTS)
    return model


@pytest.fixture(scope="module")
def other_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of chance, saved as Keras saves them."""
    from keras.applications import ResNet50

    path = tmp_path_factory.mktemp("weights") / "other.weights.h5"
    ResNet50(weights=None, include_top=False, pooling="avg").save_weights(path)
    return path


@pytest.fixture(scope="module")
def pictures() -> list[Pixels]:
    files = [jpeg(garment((300, 400), colour)) for colour in ("teal", "maroon", "gold")]
    files += [jpeg(smooth((200, 260), seed)) for seed in range(29)]
    return [load(data, SIZE).pixels for data in files]


def plainly(model: Any, pictures: list[Pixels]) -> Vectors:
    """A plain Keras forward pass over float pictures, and no more than that."""
    from keras.applications.resnet50 import preprocess_input

    floats = np.stack(pictures).astype(np.float32)
    return unit_length(np.asarray(model.predict(preprocess_input(floats), verbose=0)))


# --- the numbers ----------------------------------------------------------------------------


@slow
def test_the_vectors_are_those_of_a_plain_keras_forward_pass(
    embedder: ResNet50Embedder, keras_model: Any, pictures: list[Pixels]
) -> None:
    wanted = plainly(keras_model, pictures)
    batch = embedder.embed(pictures)
    alone = np.concatenate([embedder.embed([picture]) for picture in pictures[:6]])
    assert (batch * wanted).sum(axis=1).min() > 0.9999
    assert (alone * wanted[:6]).sum(axis=1).min() > 0.9999
    # Else any vectors would do.
    assert (wanted @ wanted.T).min() < 0.9


@slow
def test_a_picture_becomes_2048_numbers_of_unit_length(
    embedder: ResNet50Embedder, pictures: list[Pixels]
) -> None:
    vectors = embedder.embed(pictures[:3])
    assert vectors.shape == (3, embedder.dimensions) == (3, 2048)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


@slow
def test_a_batch_of_any_size_gives_the_same_vectors(
    embedder: ResNet50Embedder, pictures: list[Pixels]
) -> None:
    whole = embedder.embed(pictures)
    for size in (1, 7, 32):
        parts = [embedder.embed(pictures[at : at + size]) for at in range(0, 32, size)]
        assert np.abs(np.concatenate(parts) - whole).max() < 1e-4


@slow
def test_preprocessing_is_keras_own() -> None:
    from keras.applications.resnet50 import preprocess_input

    pictures = noise((2 * SIZE, SIZE)).reshape(2, SIZE, SIZE, 3)
    before = pictures.copy()

    def show(numbers: Any, *, training: bool) -> Any:
        assert training is False
        return numbers

    seen = resnet50._compile(show, SIZE)(pictures).numpy()
    assert np.array_equal(seen, preprocess_input(before.astype(np.float32)))
    assert seen == pytest.approx(
        before[..., ::-1] - np.array([103.939, 116.779, 123.68]), abs=1e-3
    )
    assert np.array_equal(pictures, before)


# --- which space ----------------------------------------------------------------------------


@slow
def test_the_digest_is_that_of_the_numbers_not_of_the_file(
    embedder: ResNet50Embedder, keras_model: Any, other_weights: Path, tmp_path: Path
) -> None:
    repacked = tmp_path / "the-same.weights.h5"
    keras_model.save_weights(repacked)
    assert repacked.read_bytes() != Path(WEIGHTS).read_bytes()
    same = ResNet50Embedder(weights=str(repacked), image_size=SIZE)
    other = ResNet50Embedder(weights=str(other_weights), image_size=SIZE)
    assert len(embedder.weights_digest) == 64
    assert same.weights_digest == embedder.weights_digest
    assert other.weights_digest != embedder.weights_digest


@slow
def test_the_older_layout_of_keras_weights_is_read_too(
    embedder: ResNet50Embedder, keras_model: Any, tmp_path: Path
) -> None:
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    h5py = pytest.importorskip("h5py")

    path = tmp_path / "resnet50_notop.h5"  # as the file is laid out that Keras itself fetches
    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file, keras_model)
    older = ResNet50Embedder(weights=str(path), image_size=SIZE)
    assert older.weights_digest == embedder.weights_digest


@slow
def test_size_and_weights_are_told(embedder: ResNet50Embedder) -> None:
    assert embedder.options == {"image_size": SIZE}
    assert embedder.picture_size == SIZE
    assert embedder.weights == WEIGHTS


def test_the_settings_name_weights_and_size(settings: Settings) -> None:
    assert ResNet50Embedder.arguments_from_settings() == {"weights": WEIGHTS, "image_size": 128}
    settings.VRS = {"WEIGHTS": Path("some.h5")}
    wanted = {"weights": "some.h5", "image_size": 224}
    assert ResNet50Embedder.arguments_from_settings() == wanted
    settings.VRS = {}
    assert ResNet50Embedder.arguments_from_settings()["weights"] == "imagenet"


# --- weights that cannot be had -------------------------------------------------------------


def assert_lists_the_ways_out(text: str) -> None:
    for way in ("internet", "~/.keras/models/", 'VRS["WEIGHTS"]', "HandcraftedEmbedder"):
        assert way in text


def test_a_machine_without_tensorflow_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("keras", "keras.applications"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(EmbedderUnavailable, match=r'pip install "\.\[worker\]"'):
        ResNet50Embedder(weights=WEIGHTS, image_size=SIZE)


@slow
def test_missing_weights_are_named_with_the_ways_out(tmp_path: Path) -> None:
    for path in (tmp_path / "none.weights.h5", tmp_path):
        with pytest.raises(EmbedderUnavailable, match=f"no weights file at {path}") as caught:
            ResNet50Embedder(weights=str(path), image_size=SIZE)
        assert_lists_the_ways_out(str(caught.value))


@slow
@pytest.mark.parametrize("name", ["garbage.weights.h5", "garbage.h5", "garbage.keras", "garbage"])
@pytest.mark.parametrize("data", [b"", b"no weights", bytes(5000)], ids=["empty", "text", "zero"])
def test_a_file_that_holds_no_weights_is_named_with_the_ways_out(
    tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(EmbedderUnavailable, match=f"{path} does not hold") as caught:
        ResNet50Embedder(weights=str(path), image_size=SIZE)
    assert_lists_the_ways_out(str(caught.value))


@slow
@pytest.mark.parametrize("name", ["mine.h5", "mine.hdf5", "mine"])
def test_weights_under_a_name_that_keras_does_not_know_are_to_be_renamed(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).symlink_to(WEIGHTS)
    with pytest.raises(EmbedderUnavailable, match=r"rename the file to mine\.weights\.h5\.") as no:
        ResNet50Embedder(weights=str(tmp_path / name), image_size=SIZE)
    assert_lists_the_ways_out(str(no.value))


@slow
@pytest.mark.filterwarnings("ignore:Skipping nested container")
def test_weights_of_another_network_are_refused_with_the_ways_out(tmp_path: Path) -> None:
    import keras

    path = tmp_path / "small.weights.h5"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).save_weights(path)
    with pytest.raises(EmbedderUnavailable, match="does not hold") as caught:
        ResNet50Embedder(weights=str(path), image_size=SIZE)
    assert_lists_the_ways_out(str(caught.value))
    assert "rename" not in str(caught.value)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Accepts every connection and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def closed_port() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def fetch(proxy: str, home: Path, *, timeout: int) -> tuple[float, str]:
    """Seconds until the ImageNet weights were given up, and what was said of them."""
    environment = {**os.environ, "HOME": str(home), "KERAS_HOME": str(home / "keras")}
    environment |= {"https_proxy": proxy, "HTTPS_PROXY": proxy, "no_proxy": "", "NO_PROXY": ""}
    told = subprocess.check_output(
        [sys.executable, "-c", FETCH, str(timeout)],
        cwd=REPOSITORY,
        env=environment,
        text=True,
        timeout=90,
    )
    seconds, text = told.partition("OUTCOME ")[2].split(" ", 1)
    return float(seconds), text


@slow
def test_imagenet_without_a_network_lists_the_ways_out(closed_port: str, tmp_path: Path) -> None:
    seconds, text = fetch(closed_port, tmp_path, timeout=60)
    assert seconds < 30
    assert "cannot be fetched" in text
    assert "refused" in text
    assert_lists_the_ways_out(text)


@slow
def test_imagenet_from_a_silent_server_is_given_up_in_time(
    silent_server: str, tmp_path: Path
) -> None:
    seconds, text = fetch(silent_server, tmp_path, timeout=7)
    assert 7 <= seconds < 10
    assert "not there after 7 s; the download goes on" in text
    assert_lists_the_ways_out(text)


# --- memory ---------------------------------------------------------------------------------


@slow
def test_500_pictures_grow_the_process_by_less_than_100_megabytes() -> None:
    told = subprocess.check_output(
        [sys.executable, "-c", GROWTH, WEIGHTS], cwd=REPOSITORY, text=True
    )
    assert int(told.splitlines()[-1]) < 100
