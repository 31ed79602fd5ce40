"""Read picture files from the storage; distinguish a lost file from an unavailable storage."""

import errno
from collections.abc import Callable, Collection
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import SuspiciousFileOperation

from ..catalogue import catalogue
from ..conf import conf
from ..exceptions import PictureMissing, StorageHangs, StorageUnavailable
from ..infra.db import database
from ..models import IndexedImage
from ..vision import digest

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


def is_cut_short(name: str, data: bytes) -> bool:
    """Whether `data`, read from the file, is shorter than the storage says that the file is."""
    size = _size(name)
    return size is not None and len(data) < min(size, conf.MAX_IMAGE_BYTES)


def _size(name: str) -> int | None:
    """The file's size by the storage, else by the opened file; None if neither knows it."""
    for size in (_size_in_storage, _size_of_opened):
        try:
            return size(name)
        except Exception as error:  # not every storage knows sizes, and each has its own errors
            if isinstance(error, SoftTimeLimitExceeded):
                raise StorageHangs(name) from error
    return None


def _size_in_storage(name: str) -> int:
    return int(catalogue().storage.size(name))


def _size_of_opened(name: str) -> int:
    with catalogue().open(name) as file:
        return int(file.size)


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
    try:
        looked_up, present = _count_sample(missing, _is_present)
    except StorageUnavailable as error:
        return error
    if not _is_at_fault(looked_up, present, len(missing)):
        return None
    return StorageUnavailable(
        f"Of {looked_up} pictures that were looked for, only {present} are in the "
        "storage. Mount it where the worker runs, and see that it is the right one."
    )


def wrong_bytes_error(wrong: Collection[int]) -> StorageUnavailable | None:
    """The storage's fault, if it gives wrong bytes of nearly all files; None if only of these.

    `wrong` are primary keys of image rows whose files were no pictures, or were cut short. A
    random sample of other rows decides: are their bytes those that a worker has read before?
    """
    try:
        looked_up, right = _count_sample(wrong, _is_as_known)
    except StorageUnavailable as error:
        return error
    if not _is_at_fault(looked_up, right, len(wrong)):
        return None
    return StorageUnavailable(
        f"Of {looked_up} pictures, the storage gives only {right} as they were before; the others "
        "are no pictures or cut short. See what it answers in their place."
    )


def _count_sample(
    chosen: Collection[int], is_right: Callable[[str, str], bool]
) -> tuple[int, int]:
    """How many files were looked at, `chosen` ones included, and how many were right."""
    known = IndexedImage.objects.using(database()).exclude(digest="").exclude(pk__in=chosen)
    sample = list(known.order_by("?").values_list("name", "digest")[:SAMPLE_SIZE])
    right = 0
    for name, known_digest in sample:
        try:
            right += is_right(name, known_digest)
        except SoftTimeLimitExceeded as error:
            raise StorageHangs(name) from error
    return len(chosen) + len(sample), right


def _is_at_fault(looked_up: int, right: int, chosen: int) -> bool:
    is_few = right <= (looked_up - chosen) * MAX_PRESENT_SHARE
    return looked_up >= MIN_LOOKED_UP and is_few


def _is_present(name: str, known_digest: str) -> bool:
    try:
        read_file(name)
    except PictureMissing:
        return False
    return True


def _is_as_known(name: str, known_digest: str) -> bool:
    try:
        return digest(read_file(name)) == known_digest
    except PictureMissing:
        return False
