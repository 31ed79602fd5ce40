"""A file that is whole or not there: written beside its place, then moved into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4


def require_place(path: Path) -> None:
    """Raise FileNotFoundError or IsADirectoryError where no file can be at `path`."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent}. Make it, or name another.")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Name a file.")


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write; at `path`, over what was there, once the block ends without an error."""
    require_place(path)
    place = path.resolve()  # a link stays one
    part = place.with_name(f".{uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
