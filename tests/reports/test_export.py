import csv
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from shop.models import Product
from vrs_app.exceptions import NoActiveSpace
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage
from vrs_app.reports.export import batches, export, formats

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape
from ..vectors import stored

pytestmark = pytest.mark.django_db

Rows = list[tuple[Any, str, int]]


@pytest.fixture
def galleries(make_shown: MakeShown, embed_all: EmbedAll) -> list[Product]:
    """Three products of two pictures each."""
    made = [make_shown(shape("disc", seed=n), shape("bars", seed=n)) for n in range(3)]
    assert embed_all() == 6
    return made


@pytest.fixture(params=[1000, 4])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything at once, and in pieces."""
    for module in (formats, batches):
        monkeypatch.setattr(module, "ROWS_A_BATCH", request.param)


def held() -> tuple[Rows, Any]:
    """What the database has, in order."""
    rows = ImageEmbedding.objects.select_related("image").order_by(
        "image__product_id", "image__position"
    )
    vectors = np.stack([stored(row) for row in rows])
    known = [(row.image.product_id, row.image.name, row.image.position) for row in rows]
    return known, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def read_npz(path: Path) -> tuple[Rows, Any]:
    with np.load(path) as file:
        columns = [file[name].tolist() for name in ("products", "names", "positions")]
        return list(zip(*columns, strict=True)), file["vectors"]


def read_npy(path: Path) -> tuple[Rows, Any]:
    records = np.load(path, mmap_mode="r")
    columns = [records[name].tolist() for name in ("product", "picture", "position")]
    return list(zip(*columns, strict=True)), records["vector"]


def read_csv(path: Path) -> tuple[Rows, Any]:
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header[:4] == ["product", "picture", "position", "v0"]
    assert {len(row) for row in rows} == {len(header)}
    vectors = np.array([row[3:] for row in rows], dtype=np.float32)
    return [(int(row[0]), row[1], int(row[2])) for row in rows], vectors


READERS = {".npz": read_npz, ".npy": read_npy, ".csv": read_csv}


@pytest.mark.usefixtures("galleries", "chunk")
@pytest.mark.parametrize("suffix", READERS)
def test_what_is_read_back_is_what_the_database_holds(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"vectors{suffix}"
    assert export(path) == 6
    rows, vectors = READERS[suffix](path)
    known, true = held()
    assert rows == known
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, true, atol=1e-6)


@pytest.mark.usefixtures("galleries")
def test_every_format_holds_the_very_same_numbers(tmp_path: Path) -> None:
    found = []
    for suffix, reader in READERS.items():
        export(tmp_path / f"vectors{suffix}")
        found.append(reader(tmp_path / f"vectors{suffix}")[1])
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


@pytest.mark.usefixtures("galleries")
def test_a_numpy_file_says_which_space_it_is_of(tmp_path: Path) -> None:
    export(tmp_path / "vectors.npz")
    with np.load(tmp_path / "vectors.npz") as file:
        described = json.loads(str(file["space"]))
        assert file["products"].dtype == np.int64
    space = EmbeddingSpace.objects.get()
    assert described["embedder"] == space.embedder
    assert (described["space"], described["dimensions"]) == (space.pk, 1728)
    assert ZipFile(tmp_path / "vectors.npz").testzip() is None


def test_keys_that_are_no_numbers_are_text_of_fixed_width() -> None:
    keys = formats._keys(["a", "9f1c2f58-0f0e", "ü"])
    assert keys.dtype.kind == "U"
    assert keys.tolist() == ["a", "9f1c2f58-0f0e", "ü"]
    assert formats._keys([2**40]).dtype == np.int64


def test_main_is_one_vector_a_product_of_its_first_picture(
    galleries: list[Product], tmp_path: Path
) -> None:
    IndexedImage.objects.get(product=galleries[1], position=0).delete()
    assert export(tmp_path / "vectors.npz", main=True) == 3
    rows, _ = read_npz(tmp_path / "vectors.npz")
    assert [(key, position) for key, _, position in rows] == [
        (galleries[0].pk, 0),
        (galleries[1].pk, 1),
        (galleries[2].pk, 0),
    ]


def test_visible_leaves_out_what_shoppers_do_not_see(
    look_alikes: LookAlikes, tmp_path: Path
) -> None:
    Product.objects.filter(category__slug="bars").update(published=False)
    Product.objects.filter(category__slug="stripes").update(stock=0)
    assert export(tmp_path / "vectors.npz") == 24
    assert export(tmp_path / "vectors.npz", visible=True) == 12
    hidden = {product.pk for kind in ("bars", "stripes") for product in look_alikes[kind]}
    assert not hidden & {key for key, *_ in read_npz(tmp_path / "vectors.npz")[0]}


@pytest.mark.usefixtures("galleries")
def test_where_nothing_is_on_offer_it_says_so_and_asks_for_no_embedding(tmp_path: Path) -> None:
    Product.objects.update(stock=0)
    with pytest.raises(ValueError, match=r"on offer now\. Leave `visible` out"):
        export(tmp_path / "vectors.npz", visible=True)
    IndexedImage.objects.update(digest="")
    with pytest.raises(NoActiveSpace, match="vrs_embed"):
        export(tmp_path / "vectors.npz", visible=True)
    assert list(tmp_path.glob("vectors*")) == []


@pytest.mark.usefixtures("galleries")
def test_a_text_needs_no_second_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("tempfile.TemporaryFile")
    assert export(tmp_path / "vectors.csv") == 6


def test_a_vector_of_former_bytes_is_left_out(galleries: list[Product], tmp_path: Path) -> None:
    IndexedImage.objects.filter(product=galleries[0]).update(digest="")
    assert export(tmp_path / "vectors.npz") == 4


@pytest.mark.usefixtures("galleries")
def test_another_space_can_be_named(tmp_path: Path) -> None:
    other = EmbeddingSpace.objects.create(embedder="x.Y", dimensions=2, state="retired")
    for row in ImageEmbedding.objects.order_by("pk")[:2]:
        row.pk, row.space, row.vector = None, other, [3, 4]
        row.save()
    assert export(tmp_path / "vectors.csv", space=other) == 2
    np.testing.assert_allclose(read_csv(tmp_path / "vectors.csv")[1], [[0.6, 0.8]] * 2, atol=1e-6)


@pytest.mark.usefixtures("galleries")
def test_names_come_back_as_they_are(tmp_path: Path) -> None:
    names = ["=1+1.jpg", '-x",\n.jpg', "@ü, 試.jpg"]
    for image, name in zip(IndexedImage.objects.order_by("product_id", "pk"), names, strict=False):
        IndexedImage.objects.filter(pk=image.pk).update(name=name)
    for suffix, reader in READERS.items():
        export(tmp_path / f"vectors{suffix}")
        assert set(names) <= {name for _, name, _ in reader(tmp_path / f"vectors{suffix}")[0]}


@pytest.mark.usefixtures("galleries")
@pytest.mark.parametrize("name", ["vectors.txt", "vectors", "npz"])
def test_a_suffix_that_names_no_format_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"has to end in \.npz, \.npy, \.csv"):
        export(tmp_path / name)


@pytest.mark.parametrize("suffix", READERS)
def test_where_nothing_is_embedded_it_says_what_to_run(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"vectors{suffix}"
    path.write_text("old")
    with pytest.raises(NoActiveSpace, match="vrs_embed"):
        export(path)
    assert path.read_text() == "old"


@pytest.mark.usefixtures("galleries")
def test_an_export_cut_short_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / "vectors.npz"
    path.write_text("old")

    def break_off(*arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(formats, "_write_header", break_off)
    with pytest.raises(KeyboardInterrupt):
        export(path)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]
