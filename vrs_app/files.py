"""From a storage name to bytes, and whose fault it is when there are none."""

import errno
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import SuspiciousFileOperation

from .catalogue import catalogue
from .conf import conf
from .exceptions import PictureMissing, StorageUnavailable

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
