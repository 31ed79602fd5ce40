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
from .products import category_named, chunked, interleaved, shelve

EXTENSIONS = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"))
EXPECTED = (
    "Expected a folder of folders, one for each category, with photos in them, "
    "such as photos/dress/one.jpg and photos/hat/two.jpg."
)

Report = Callable[[str], None]


class NothingToImport(Exception):
    """The folder is not there or holds no photo; the text says what is expected."""


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo below the folder `root`; everything told of it follows from its path."""

    root: Path
    path: Path

    @property
    def category(self) -> str:
        """The name of the photo's own folder, as a shop would write it: "T-shirt"."""
        words = readable(self.path.parent.name).replace("_", " ").strip()
        return words[:1].upper() + words[1:]

    @property
    def told(self) -> str:
        """Where it lies, for a report."""
        return readable(self.path.relative_to(self.root))

    @cached_property
    def digest(self) -> bytes:
        relative = self.path.relative_to(self.root).as_posix()
        return hashlib.sha256(os.fsencode(relative)).digest()

    @property
    def slug(self) -> str:
        """The mark by which a second import knows the photo again."""
        words = slugify(self.category)[:CATEGORY_LENGTH] or "photo"
        return f"{words}-{self.digest.hex()[:10]}"

    @property
    def price(self) -> Decimal:
        return Decimal(15 + self.digest[10] % 85) + Decimal("0.90")

    @property
    def stock(self) -> int:
        return 1 + self.digest[11] % 30


def readable(name: str | Path) -> str:
    """A name whose bytes are no UTF-8, which Python keeps as surrogates, made fit to store."""
    return os.fsencode(name).decode(errors="replace")


def photos_in(folder: Path, report: Report) -> list[Photo]:
    """The photos below `folder`, some of every category in turn; reports what is skipped."""
    if not folder.is_dir():
        raise NothingToImport(f"There is no folder {folder}. {EXPECTED}")
    found = [path for path in files_below(folder) if is_photo(path, folder, report)]
    if not found:
        raise NothingToImport(f"There is no photo in {folder}. {EXPECTED}")
    photos = (Photo(root=folder, path=path) for path in found)
    return list(interleaved(photos, lambda photo: photo.category))


def files_below(folder: Path) -> Iterator[Path]:
    """Every file in a fixed order, hidden ones left out; links to folders are not followed."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(files) if not name.startswith("."))


def is_photo(path: Path, folder: Path, report: Report) -> bool:
    """Whether a file has a place and a name that a photo has; says why where it has not."""
    if path.suffix.lower() not in EXTENSIONS:
        report(f"Skipped {readable(path.relative_to(folder))}: not a picture.")
        return False
    if path.parent == folder:
        report(f"Skipped {readable(path.name)}: it lies in no category's folder.")
        return False
    if not path.is_file():  # a pipe would keep its reader waiting for ever
        report(f"Skipped {readable(path.relative_to(folder))}: there is no file behind that name.")
        return False
    return True


def missing(photos: Sequence[Photo]) -> list[Photo]:
    """The photos that were not imported before."""
    present = set(Product.objects.values_list("slug", flat=True))
    return [photo for photo in photos if photo.slug not in present]


def import_photos(photos: Sequence[Photo], report: Report) -> Iterator[Product | None]:
    """Save each photo as a product; None for one that cannot be read, which is reported."""
    for chunk in chunked(photos):
        with transaction.atomic():
            saved = [import_photo(photo, report) for photo in chunk]
        yield from saved


def import_photo(photo: Photo, report: Report) -> Product | None:
    if problem := problem_of(photo):
        report(f"Skipped {photo.told}: {problem}")
        return None
    category = category_named(photo.category)
    name = f"{photo.slug}{photo.path.suffix.lower()}"
    with photo.path.open("rb") as file:
        return shelve(product_of(photo, category), [File(file, name)])


def problem_of(photo: Photo) -> str:
    """Why it cannot be a product's picture; nothing where it can."""
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
