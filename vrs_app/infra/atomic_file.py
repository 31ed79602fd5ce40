"""Atomic file writes: a temporary file beside the target, renamed over it once complete."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4


def require_writable(path: Path) -> None:
    """Raise OSError, with the reason and the fix, if no file can be written at `path`."""
    target = path.resolve()
    if not target.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {target.parent}. Make it, or name another.")
    if target.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Name a file.")
    if target.exists() and not target.is_file():
        raise FileExistsError(f"{path} is a device or a pipe, and would be replaced. Name a file.")
    temporary = _temporary_beside(target)
    try:  # permission bits are not enough: root has them all, and still cannot write to /proc
        temporary.touch(exist_ok=False)
        temporary.unlink()
    except OSError as error:
        raise OSError(f"No file can be made in {target.parent}: {error.strerror}.") from error


def _temporary_beside(target: Path) -> Path:
    return target.with_name(f".{uuid4().hex}.part")


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Yield a binary file to write. It replaces `path` if the block ends without an error.

    Raises OSError where `require_writable` does.
    """
    require_writable(path)
    target = path.resolve()  # a symbolic link stays a link; the file it points to is replaced
    temporary = _temporary_beside(target)
    try:
        with temporary.open("xb") as file:
            yield file
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
