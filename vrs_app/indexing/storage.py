"""Read picture files from the storage; distinguish a lost file from an unavailable storage."""

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

LOST_AND_FOUND = "lost+found"
"""The folder that an empty ext4 file system has at its root."""

INVALID_NAME_ERRORS = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EINVAL)
"""Error numbers by which a file system refuses a name: there is no such file, for good."""

SAMPLE_SIZE = 16
"""Other pictures, read by a worker before, whose files are looked up as a sample."""

MIN_LOOKED_UP = 8
"""Files looked up in all, missing ones and sample, below which nothing is concluded."""

MAX_PRESENT_SHARE = 1 / 4
"""Share of the sample that may be present although the storage is wrong: later uploads."""


def read_file(name: str) -> bytes:
    """The bytes of one picture, at most `VRS["MAX_IMAGE_BYTES"]` + 1: a larger file is refused.

    Raises PictureMissing, or StorageUnavailable where that says nothing about the picture.
    """
    try:
        with catalogue().open(name) as file:
            data: bytes = file.read(conf.MAX_IMAGE_BYTES + 1)
            return data
    except FileNotFoundError as error:
        if _is_unmounted():
            raise StorageUnavailable(
                f"The folder of the pictures is empty or absent, while {name} was looked for. "
                "Mount it where the worker runs."
            ) from error
        raise PictureMissing(name) from error
    except (SuspiciousFileOperation, ValueError) as error:  # "../../x.jpg", a NUL
        raise PictureMissing(repr(name)) from error
    except SoftTimeLimitExceeded:  # an Exception too, and not the storage's
        raise
    except Exception as error:  # each storage's library has errors of its own
        if isinstance(error, OSError) and error.errno in INVALID_NAME_ERRORS:
            raise PictureMissing(repr(name)) from error
        raise StorageUnavailable(f"The storage does not give {name}: {error!r}") from error


def _is_unmounted() -> bool:
    """Whether the storage's folder is absent or empty: a disk that is not mounted."""
    try:
        root = Path(catalogue().storage.path(""))
    except NotImplementedError:  # not a local folder: such a storage raises by itself
        return False
    return not root.is_dir() or all(each.name == LOST_AND_FOUND for each in root.iterdir())


def storage_error(missing: Collection[int]) -> StorageUnavailable | None:
    """The storage's fault, if nearly all files are missing; None if only these are.

    `missing` are primary keys of image rows, all of whose files were not found. A random
    sample of other rows decides: files that a shop deletes have neighbouring keys.
    """
    known = IndexedImage.objects.using(database()).exclude(digest="").exclude(pk__in=missing)
    sample = known.order_by("?").values_list("name", flat=True)[:SAMPLE_SIZE]
    try:
        present = sum(map(_is_present, sample))
    except StorageUnavailable as error:
        return error
    count = len(sample)
    if len(missing) + count < MIN_LOOKED_UP or present > count * MAX_PRESENT_SHARE:
        return None
    return StorageUnavailable(
        f"Of {len(missing) + count} pictures that were looked for, only {present} are in the "
        "storage. Mount it where the worker runs, and see that it is the right one."
    )


def _is_present(name: str) -> bool:
    try:
        read_file(name)
    except PictureMissing:
        return False
    return True
