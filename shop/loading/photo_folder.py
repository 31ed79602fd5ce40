"""Importing a folder of photos as products: `<category>/<photo>`, at any depth."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.utils.text import slugify

from vrs_app import vision
from vrs_app.exceptions import PictureError

from ..media.thumbnails import PAGE
from ..models import CATEGORY_LENGTH, Category, Product
from .products import batches, category_named, interleave, save_with_pictures

EXTENSIONS = frozenset(
    (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif")
)
EXPECTED_LAYOUT = (
    "Expected a folder of folders, one for each category, with photos in them, "
    "such as photos/dress/one.jpg and photos/hat/two.jpg."
)

Report = Callable[[str], None]


class NothingToImport(Exception):
    """The folder does not exist or holds no photo; the text says what is expected."""


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo below the folder `root`; all its fields are derived from its path."""

    root: Path
    path: Path

    @property
    def category(self) -> str:
        """The name of the photo's folder, capitalised: "T-shirt"."""
        words = printable(self.path.parent.name).replace("_", " ").strip()
        return words[:1].upper() + words[1:]

    @property
    def printed_path(self) -> str:
        """Its path below `root`, for messages."""
        return printable(self.path.relative_to(self.root))

    @cached_property
    def digest(self) -> bytes:
        relative = self.path.relative_to(self.root).as_posix()
        return hashlib.sha256(os.fsencode(relative)).digest()

    @property
    def slug(self) -> str:
        """Unique by path: a second import recognises the photo by it."""
        words = slugify(self.category)[:CATEGORY_LENGTH] or "photo"
        return f"{words}-{self.digest.hex()[:10]}"

    @property
    def price(self) -> Decimal:
        return Decimal(15 + self.digest[10] % 85) + Decimal("0.90")

    @property
    def stock(self) -> int:
        return 1 + self.digest[11] % 30


def printable(name: str | Path) -> str:
    """A file name without surrogates, which stand for bytes that are not UTF-8."""
    return os.fsencode(name).decode(errors="replace")


def photos_in(folder: Path, report: Report) -> list[Photo]:
    """The photos below `folder`, categories in turn; `report` gets a line for each file skipped.

    Raises NothingToImport where there are none.
    """
    if not folder.is_dir():
        raise NothingToImport(f"There is no folder {folder}. {EXPECTED_LAYOUT}")
    found = [path for path in files_below(folder) if is_photo(path, folder, report)]
    if not found:
        raise NothingToImport(f"There is no photo in {folder}. {EXPECTED_LAYOUT}")
    photos = (Photo(root=folder, path=path) for path in found)
    return list(interleave(photos, lambda photo: photo.category))


def files_below(folder: Path) -> Iterator[Path]:
    """Every file in a fixed order, without hidden ones; links to folders are not followed."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(files) if not name.startswith("."))


def is_photo(path: Path, folder: Path, report: Report) -> bool:
    """Whether a file has a photo's place and suffix; reports why where it has not."""
    if path.suffix.lower() not in EXTENSIONS:
        report(f"Skipped {printable(path.relative_to(folder))}: not a picture.")
        return False
    if path.parent == folder:
        report(f"Skipped {printable(path.name)}: it lies in no category's folder.")
        return False
    if not path.is_file():  # reading a pipe would block for ever
        report(
            f"Skipped {printable(path.relative_to(folder))}: there is no file behind that name."
        )
        return False
    return True


def missing(photos: Sequence[Photo]) -> list[Photo]:
    """The photos that no product of the shop was imported from."""
    present = set(Product.objects.values_list("slug", flat=True))
    return [photo for photo in photos if photo.slug not in present]


def import_photos(photos: Sequence[Photo], report: Report) -> Iterator[Product | None]:
    """Save each photo as a product, in batches; None, and a report, where it cannot be read."""
    for batch in batches(photos):
        with transaction.atomic():
            saved = [import_photo(photo, report) for photo in batch]
        yield from saved


def import_photo(photo: Photo, report: Report) -> Product | None:
    if problem := reading_error(photo):
        report(f"Skipped {photo.printed_path}: {problem}")
        return None
    category = category_named(photo.category)
    name = f"{photo.slug}{photo.path.suffix.lower()}"
    with photo.path.open("rb") as file:
        return save_with_pictures(product_of(photo, category), [File(file, name)])


def reading_error(photo: Photo) -> str:
    """Why the photo cannot be a product's picture; empty where it can."""
    try:
        with photo.path.open("rb") as file:
            vision.open_upright(file, within=(PAGE, PAGE))
    except PictureError as error:
        return str(error)
    except OSError as error:
        return f"{error.strerror or error}."
    return ""


def product_of(photo: Photo, category: Category) -> Product:
    number = category.products.count() + 1
    return Product(
        name=f"{category.name} {number:03d}",
        slug=photo.slug,
        category=category,
        price=photo.price,
        stock=photo.stock,
    )
