"""Reads picture files from the storage, and tells a lost file from a storage that is away."""

import errno
from collections.abc import Collection
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import SuspiciousFileOperation

from ..catalogue import catalogue
from ..conf import conf
from ..exceptions import PictureMissing, StorageUnavailable
from ..infra.db import database
from ..models import IndexedImage

OF_THE_DISK = "lost+found"
"""What lies in a disk's topmost folder without anybody putting it there."""

NAMES_NO_FILE = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EINVAL)
"""What a disk answers to a name under which it can hold no file."""


def read(name: str) -> bytes:
    """The bytes of one picture; raises PictureMissing or StorageUnavailable.

    Of a file that is too large, only as many as show it: all of it may not fit in memory.
    """
    try:
        with catalogue().open(name) as file:
            data: bytes = file.read(conf.MAX_IMAGE_BYTES + 1)
            return data
    except FileNotFoundError as error:
        if _storage_is_gone():
            raise StorageUnavailable(
                f"The folder of the pictures is empty or absent, while {name} was looked for. "
                "Mount it where the worker runs."
            ) from error
        raise PictureMissing(name) from error
    except (SuspiciousFileOperation, ValueError) as error:  # "../../x.jpg", a NUL
        raise PictureMissing(repr(name)) from error
    except SoftTimeLimitExceeded:  # an Exception too, and no fault of the storage's
        raise
    except Exception as error:  # each storage's library has errors of its own
        if isinstance(error, OSError) and error.errno in NAMES_NO_FILE:
            raise PictureMissing(repr(name)) from error
        raise StorageUnavailable(f"The storage does not give {name}: {error!r}") from error


def _storage_is_gone() -> bool:
    """An empty or absent folder is a disk that is not mounted, not one lost picture."""
    try:
        root = Path(catalogue().storage.path(""))
    except NotImplementedError:  # a storage elsewhere says itself when it is not there
        return False
    return not root.is_dir() or all(each.name == OF_THE_DISK for each in root.iterdir())


OTHERS = 16
"""Pictures of which a worker has read the file before, and that are looked for too."""

ENOUGH = 8
"""Files that are looked for in all, of which it can be told."""

MOST_LEFT = 1 / 4
"""The share of the others that may be there: what was uploaded since lies in the empty folder."""


def storage_away(missing: Collection[int]) -> StorageUnavailable | None:
    """Why the absence of all these pictures' files, by key, says nothing of any of them.

    None where it does: others are there. Those are taken at random, since what a shop deletes
    lies together.
    """
    known = IndexedImage.objects.using(database()).exclude(digest="").exclude(pk__in=missing)
    others = known.order_by("?").values_list("name", flat=True)[:OTHERS]
    try:
        there = sum(map(_is_there, others))
    except StorageUnavailable as error:
        return error
    count = len(others)
    if len(missing) + count < ENOUGH or there > count * MOST_LEFT:
        return None
    return StorageUnavailable(
        f"Of {len(missing) + count} pictures that were looked for, only {there} are in the "
        "storage. Mount it where the worker runs, and see that it is the right one."
    )


def _is_there(name: str) -> bool:
    try:
        read(name)
    except PictureMissing:
        return False
    return True
