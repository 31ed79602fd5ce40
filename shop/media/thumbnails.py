"""Thumbnails: made at the first request, kept under MEDIA_ROOT."""

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
MISSING_FILE_ERRNOS = frozenset((errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG))
RETRY_SECONDS = 60 * 60
"""After so long an unreadable picture is tried again: the settings may allow it by then."""
MAX_ASPECT = 3  # height / width: a picture of 1 by 50,000 pixels stays small too


def thumbnail_url(name: str, width: int) -> str:
    return reverse("thumbnail", args=[width, name])


def is_picture_name(name: str) -> bool:
    """Whether `name` is a clean path below PICTURES; no other file is ever opened."""
    parts = name.split("/")
    clean = not any(part in ("", ".", "..") for part in parts)
    return clean and len(parts) > 1 and parts[0] == PICTURES and not set(name) & {"\\", "\0"}


def thumbnail(name: str, width: int) -> Path:
    """The WebP file of picture `name` at `width` pixels, written where missing or out of date.

    Raises FileNotFoundError where there is no such picture, PictureError where it cannot be
    read; an unreadable one is kept as an empty file and tried again after RETRY_SECONDS.
    """
    # A hash, since a suffix could make a long name too long for the file system.
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    made = Path(settings.MEDIA_ROOT, FOLDER, str(width), f"{digest}.webp")
    with missing_file_errors(name):
        if not is_fresh(made, name):
            write_thumbnail(name, width, made)
    if not made.stat().st_size:
        raise PictureError
    return made


@contextmanager
def missing_file_errors(name: str) -> Iterator[None]:
    """Turn the errors of impossible names, and of folders, into FileNotFoundError."""
    try:
        yield
    except OSError as error:
        if error.errno in MISSING_FILE_ERRNOS:
            raise FileNotFoundError(error.errno, os.strerror(error.errno), name) from error
        raise


def is_fresh(made: Path, name: str) -> bool:
    """Whether thumbnail `made` is newer than its picture (or, if empty, need not be retried)."""
    changed = default_storage.get_modified_time(name)
    try:
        stat = made.stat()
    except FileNotFoundError:
        return False
    # Equal times count as out of date: within one tick of the clock the order is unknown.
    # Both are compared as datetimes, which have no nanoseconds.
    if datetime.fromtimestamp(stat.st_mtime, changed.tzinfo) <= changed:
        return False
    return stat.st_size > 0 or stat.st_mtime > time.time() - RETRY_SECONDS


def write_thumbnail(name: str, width: int, made: Path) -> None:
    """Write the thumbnail atomically; an empty file where the picture cannot be read.

    Its modification time is that before the picture was read, so that a picture written
    meanwhile is newer.
    """
    within = width, width * MAX_ASPECT
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
