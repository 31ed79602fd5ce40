import errno
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop.loading import photo_folder
from shop.models import Category, Product, ProductImage
from vrs_app.models import IndexedImage
from vrs_app.testing import drain

from ..conftest import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two dresses, a T-shirt, and what else lies about in folders."""
    root = tmp_path / "photos"
    for name in ("dress/one.jpg", "dress/two.JPG", "t-shirt/three.png"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture_bytes(format="PNG" if name.endswith("png") else "JPEG"))
    (root / "LICENSE").write_text("CC0")
    (root / "dress" / "notes.txt").write_text("nice")
    (root / "dress" / ".DS_Store").write_bytes(b"\0")
    return root


def imported(folder: Path) -> tuple[list[Product], list[str]]:
    """The products that one import makes, and what it reports."""
    lines: list[str] = []
    wanted = photo_folder.missing(photo_folder.photos_in(folder, lines.append))
    saved = photo_folder.import_photos(wanted, lines.append)
    return [product for product in saved if product], lines


def test_each_photo_becomes_a_product_on_sale_in_its_folders_category(photos: Path) -> None:
    imported(photos)
    assert set(Category.objects.values_list("name", flat=True)) == {"Dress", "T-shirt"}
    names = Product.objects.on_sale().values_list("name", flat=True)
    assert sorted(names) == ["Dress 001", "Dress 002", "T-shirt 001"]
    assert ProductImage.objects.count() == 3


def test_the_imported_pictures_are_noted_for_the_worker(photos: Path) -> None:
    imported(photos)
    drain()
    noted = IndexedImage.objects.values_list("name", flat=True)
    assert set(noted) == set(ProductImage.objects.values_list("image", flat=True))


def test_the_bytes_of_a_photo_are_kept(photos: Path) -> None:
    imported(photos)
    row = ProductImage.objects.get(product__name="Dress 001")
    with row.image.open("rb") as file:
        assert file.read() == (photos / "dress" / "one.jpg").read_bytes()


def test_the_same_folder_gives_the_same_products_anywhere(photos: Path, tmp_path: Path) -> None:
    def told() -> set[object]:
        return set(Product.objects.values_list("slug", "name", "price", "stock"))

    imported(photos)
    first = told()
    Product.objects.all().delete()
    photos.rename(tmp_path / "elsewhere")
    imported(tmp_path / "elsewhere")
    assert told() == first


def test_a_second_import_adds_what_is_new_alone(photos: Path) -> None:
    imported(photos)
    (photos / "dress" / "a-new-one.jpg").write_bytes(picture_bytes())
    saved, _ = imported(photos)
    assert [product.name for product in saved] == ["Dress 003"]


def test_what_is_no_picture_is_skipped_and_named(photos: Path) -> None:
    _, lines = imported(photos)
    assert lines == ["Skipped LICENSE: not a picture.", "Skipped dress/notes.txt: not a picture."]


def test_a_photo_in_no_categorys_folder_is_skipped_and_named(photos: Path) -> None:
    (photos / "lost.jpg").write_bytes(picture_bytes())
    saved, lines = imported(photos)
    assert len(saved) == 3
    assert "Skipped lost.jpg: it lies in no category's folder." in lines


@pytest.mark.parametrize("data", [b"", b"<html>", picture_bytes((300, 300))[:300]])
def test_a_damaged_photo_is_skipped_and_the_others_come_in(photos: Path, data: bytes) -> None:
    (photos / "dress" / "damaged.jpg").write_bytes(data)
    saved, lines = imported(photos)
    assert len(saved) == 3
    assert any(line.startswith("Skipped dress/damaged.jpg: ") for line in lines)


def test_folders_may_lie_deeper_and_have_any_name(tmp_path: Path) -> None:
    for folder in ("women/summer_dress", "men/連衣裙"):
        (tmp_path / "all" / folder).mkdir(parents=True)
        (tmp_path / "all" / folder / "a.jpg").write_bytes(picture_bytes())
    saved, _ = imported(tmp_path / "all")
    assert {product.category.name for product in saved} == {"Summer dress", "連衣裙"}
    assert all(product.get_absolute_url() for product in saved)


@pytest.mark.parametrize("letter", ["x", "漢", "\N{LATIN SMALL LIGATURE FFI}"])
def test_a_folders_name_of_any_length_is_clipped(tmp_path: Path, letter: str) -> None:
    folder = tmp_path / "all" / (letter * (255 // len(letter.encode())))
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(picture_bytes())
    (saved,), _ = imported(tmp_path / "all")
    assert saved.category.name.casefold() in folder.name.casefold()
    assert imported(tmp_path / "all") == ([], [])


def test_names_that_are_no_utf8_come_in_with_replacements(tmp_path: Path) -> None:
    folder = tmp_path / "all" / os.fsdecode(b"caf\xe9")
    folder.mkdir(parents=True)
    (folder / os.fsdecode(b"\xff.jpg")).write_bytes(picture_bytes())
    (folder / os.fsdecode(b"\xfe.jpg")).write_bytes(b"damaged")
    (folder / os.fsdecode(b"\xff.txt")).write_text("no picture")
    (saved,), lines = imported(tmp_path / "all")
    assert saved.category.name == "Caf\N{REPLACEMENT CHARACTER}"
    assert len(lines) == 2
    assert all("caf\N{REPLACEMENT CHARACTER}/" in line for line in lines)


def test_a_link_to_nothing_and_a_pipe_are_skipped_and_named(photos: Path) -> None:
    (photos / "dress" / "x.jpg").symlink_to(photos / "gone.jpg")
    os.mkfifo(photos / "dress" / "y.jpg")
    saved, lines = imported(photos)
    assert len(saved) == 3
    for name in ("x", "y"):
        assert f"Skipped dress/{name}.jpg: there is no file behind that name." in lines


def test_a_photo_that_may_not_be_read_is_skipped_and_named(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_ever = Path.open

    def refused(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "one.jpg":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return as_ever(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refused)
    saved, lines = imported(photos)
    assert len(saved) == 2
    assert "Skipped dress/one.jpg: Permission denied." in lines


@pytest.mark.parametrize("folder", ["nothing", "empty", "texts"])
def test_a_folder_without_photos_is_a_clear_error(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts" / "dress").mkdir(parents=True)
    (tmp_path / "texts" / "dress" / "a.txt").write_text("no picture")
    with pytest.raises(CommandError, match="Expected a folder of folders"):
        call_command("import_photos", tmp_path / folder, stderr=StringIO())


def test_the_command_says_what_it_did(photos: Path) -> None:
    out = StringIO()
    call_command("import_photos", photos, limit=2, stdout=out, stderr=StringIO())
    call_command("import_photos", photos, stdout=out, stderr=StringIO())
    first, second = out.getvalue().splitlines()
    assert "2 photos imported, 0 were there already." in first
    assert "1 photos imported, 2 were there already." in second


@pytest.mark.skipif("VRS_PHOTOS" not in os.environ, reason="VRS_PHOTOS names no folder")
def test_real_photos_come_in_whole() -> None:
    folder = Path(os.environ["VRS_PHOTOS"])
    lines: list[str] = []
    photos = photo_folder.photos_in(folder, lines.append)[:40]
    assert all(photo_folder.import_photos(photos, lines.append))
