"""The servers' data folder, and the lock on it."""

import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .account import account, is_root
from .errors import ServiceError

REPOSITORY = Path(__file__).resolve().parent.parent.parent

# Bytes of a Unix socket's path: 103 on macOS, 107 on Linux.
MAX_SOCKET_PATH = 103


def data_folder(purpose: str = "") -> Path:
    """$VRS_DATA, else `.demo` in the repository; one folder for each `purpose`.

    Root's folder is in /var/tmp: its servers run as `nobody`, who usually may not enter root's
    repository.
    """
    if chosen := os.environ.get("VRS_DATA"):
        return Path(chosen).expanduser().resolve()
    end = f"-{purpose}" if purpose else ""
    if is_root():
        return Path("/var/tmp") / f"vrs-{short_name(REPOSITORY)}{end}"  # noqa: S108
    return REPOSITORY / f".demo{end}"


def short_name(path: Path) -> str:
    """Ten hexadecimal digits, a hash of the path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Create and check `data`, and hold its lock; the lock ends with the process at the latest."""
    private_folder(data, 0o711 if is_root() else 0o700)
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(lock, data)
        yield
    finally:
        os.close(lock)


def private_folder(folder: Path, mode: int) -> Path:
    """Create a folder that only we can write to; ServiceError where it is another user's."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=mode, exist_ok=True)
    found = folder.lstat()
    ours = (os.geteuid(), account().get("user", os.geteuid()))
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise ServiceError(
            f"{folder} belongs to another user: remove it, or set VRS_DATA to another folder."
        )
    folder.chmod(mode)
    return folder


def socket_folder(preferred: Path, socket_name: str) -> Path:
    """`preferred`, or a temporary folder where its socket's path would be too long."""
    if len(os.fsencode(preferred / socket_name)) <= MAX_SOCKET_PATH:
        return preferred
    return Path(tempfile.gettempdir()) / f"vrs-socket-{short_name(preferred)}"


def require_traversable(data: Path) -> None:
    """Raise ServiceError where the servers' account cannot reach `data`."""
    if not is_root():
        return
    closed = [str(folder) for folder in data.parents if not folder.stat().st_mode & stat.S_IXOTH]
    if closed:
        raise ServiceError(
            f"PostgreSQL does not run as root, and other users may not enter {closed[0]}. "
            "Set VRS_DATA to a folder that they may enter, such as /var/tmp/vrs, set "
            "DATABASE_URL and REDIS_URL, or run this as an ordinary user."
        )


def _acquire(lock: int, data: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode().strip() or "unknown"
        raise ServiceError(
            f"{data} is in use by process {holder}: stop that one first, "
            "or set VRS_DATA to another folder."
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
