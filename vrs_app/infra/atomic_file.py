"""A file that is whole or not there: written beside its place, then moved into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4


def require_place(path: Path) -> None:
    """Raise an OSError that says why where no file can be written to `path`."""
    place = path.resolve()
    if not place.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {place.parent}. Make it, or name another.")
    if place.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Name a file.")
    if place.exists() and not place.is_file():
        raise FileExistsError(f"{path} is a device or a pipe, and would be replaced. Name a file.")
    part = _beside(place)
    try:  # permissions do not tell it: root may do anything, and yet make no file in /proc
        part.touch(exist_ok=False)
        part.unlink()
    except OSError as error:
        raise OSError(f"No file can be made in {place.parent}: {error.strerror}.") from error


def _beside(place: Path) -> Path:
    return place.with_name(f".{uuid4().hex}.part")


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write; at `path`, over what was there, once the block ends without an error."""
    require_place(path)
    place = path.resolve()  # a link stays one
    part = _beside(place)
    try:
        with part.open("xb") as file:
            yield file
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
