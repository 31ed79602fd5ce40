from pathlib import Path

import pytest
from django.core.files.storage import Storage
from pytest_django import Settings

from vrs_app.catalogue import Catalogue
from vrs_app.exceptions import PictureMissing, PictureTooLarge, StorageUnavailable
from vrs_app.indexing.storage import read_file
from vrs_app.vision import load

from ..hostile import NAMES


@pytest.fixture
def there(media: Path) -> Path:
    """The one picture in the storage."""
    path = media / "products" / "there.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"its bytes")
    return path


def test_a_picture_is_read_whole(there: Path) -> None:
    assert read_file("products/there.jpg") == b"its bytes"


def test_of_too_large_a_file_only_as_much_is_read_as_shows_it(
    there: Path, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "MAX_IMAGE_BYTES": 3}
    assert read_file("products/there.jpg") == b"its "
    with pytest.raises(PictureTooLarge, match="more than 3 bytes"):
        load(read_file("products/there.jpg"), 128)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_without_a_picture_fails_that_picture_alone(there: Path, name: str) -> None:
    with pytest.raises(PictureMissing):
        read_file(name)


@pytest.mark.parametrize("folder", [None, "", "lost+found"])
def test_a_disk_that_is_not_mounted_is_no_pictures_fault(media: Path, folder: str | None) -> None:
    if folder is not None:
        (media / folder).mkdir(parents=True)
    with pytest.raises(StorageUnavailable, match="Mount it"):
        read_file("products/there.jpg")


def test_a_storage_that_does_not_answer_is_no_pictures_fault(
    there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Storage, name: str, mode: str = "rb") -> None:
        raise ConnectionError("the bucket is away")

    monkeypatch.setattr(Storage, "open", refuse)
    with pytest.raises(StorageUnavailable, match="the bucket is away"):
        read_file("products/there.jpg")


def test_a_storage_elsewhere_says_itself_that_a_picture_is_gone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Elsewhere(Storage):
        def _open(self, name: str, mode: str) -> None:
            raise FileNotFoundError(name)

    monkeypatch.setattr("shop.visual.ShopCatalogue.storage", Elsewhere())
    with pytest.raises(PictureMissing):
        read_file("products/gone.jpg")


def test_the_ready_made_catalogue_reads_from_the_image_fields_storage(
    there: Path, settings: Settings
) -> None:
    settings.VRS = {"PRODUCT_MODEL": "shop.ProductImage", "IMAGE_FIELD": "image"}
    assert isinstance(Catalogue().storage, Storage)
    assert read_file("products/there.jpg") == b"its bytes"
