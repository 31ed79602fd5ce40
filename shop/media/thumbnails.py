"""Small versions of pictures, made at their first request and kept under MEDIA_ROOT."""

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from vrs_app import vision
from vrs_app.exceptions import PictureError

THUMB, CARD, PAGE, ZOOM = 160, 360, 720, 1080
WIDTHS = frozenset((THUMB, CARD, PAGE, ZOOM))
FOLDER = "thumbnails"
PICTURES = "products"
NO_FILE = frozenset((errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG))
NEXT_TRY = 60 * 60
"""Seconds after which a picture that cannot be read is tried again; settings may allow it now."""
TALLEST = 3  # times the width: a picture of 1 by 50,000 pixels stays small too


def thumbnail_url(name: str, width: int) -> str:
    return reverse("thumbnail", args=[width, name])


def is_picture_name(name: str) -> bool:
    """Whether `name` can be that of a product's picture; nothing else is ever opened."""
    parts = name.split("/")
    clean = not any(part in ("", ".", "..") for part in parts)
    return clean and len(parts) > 1 and parts[0] == PICTURES and not set(name) & {"\\", "\0"}


def thumbnail(name: str, width: int) -> Path:
    """The file of `name` at `width`, made if it is not there yet or older than its picture.

    Raises FileNotFoundError where there is no such picture, PictureError where it cannot
    be read; that is not tried again for a while.
    """
    # A hash fits into any file system, whatever the picture's name takes already.
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    made = Path(settings.MEDIA_ROOT, FOLDER, str(width), f"{digest}.webp")
    with no_file_is_not_found(name):
        if not is_fresh(made, name):
            make(name, width, made)
    if not made.stat().st_size:
        raise PictureError
    return made


@contextmanager
def no_file_is_not_found(name: str) -> Iterator[None]:
    """A name that no file can have, or a folder's, raises FileNotFoundError as any other does."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_FILE:
            raise FileNotFoundError(error.errno, os.strerror(error.errno), name) from error
        raise


def is_fresh(made: Path, name: str) -> bool:
    changed = default_storage.get_modified_time(name)
    try:
        told = made.stat()
    except FileNotFoundError:
        return False
    # Within one tick of the clock nobody can tell which was written first, so not then either.
    # Dates, both of them: they have no nanoseconds, and one alone would be rounded up.
    if datetime.fromtimestamp(told.st_mtime, changed.tzinfo) <= changed:
        return False
    return told.st_size > 0 or told.st_mtime > time.time() - NEXT_TRY


def make(name: str, width: int, made: Path) -> None:
    """Write the thumbnail, or nothing into it where there is none to make.

    Whoever reads `made` meanwhile sees all of it or none. It is as old as the moment before
    its picture was read: one that is written meanwhile is newer.
    """
    within = width, width * TALLEST
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=made.parent) as folder:
        unfinished = Path(folder, made.name)
        unfinished.touch()
        began = unfinished.stat().st_mtime_ns
        with default_storage.open(name) as file, suppress(PictureError):
            picture = vision.open_upright(file, within)
            picture.thumbnail(within, Image.Resampling.LANCZOS, reducing_gap=3)
            picture.save(unfinished, "WEBP", quality=80, method=4)
        os.utime(unfinished, ns=(began, began))
        unfinished.chmod(0o644)
        unfinished.replace(made)
