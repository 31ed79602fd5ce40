"""Vectors with the keys of their products, for a shop's own machine learning.

Rows stream from the database into the file, so that 50,000 vectors take no gigabytes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ... import spaces
from ...exceptions import NoActiveSpace
from ...infra.atomic_file import require_place, whole_file
from ...models import EmbeddingSpace
from .batches import Chunk, in_chunks, rows
from .formats import write_csv, write_npy, write_npz

WRITERS = {".npz": write_npz, ".npy": write_npy, ".csv": write_csv}
SUFFIXES = tuple(WRITERS)


def export(
    path: Path,
    *,
    space: EmbeddingSpace | None = None,
    visible: bool = False,
    main: bool = False,
    quiet: bool = True,
) -> int:
    """Write the vectors of `space`, else of the active one, to `path`; how many there are.

    `visible`: only of products on offer now, which sold-out ones are not. `main`: one a product,
    of its first picture that has one. The suffix of `path` decides the format.
    Raises ValueError for another suffix and where none of the vectors is `visible`,
    NoActiveSpace where nothing is embedded, OSError where no file can be written.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise ValueError(f"{path.name}: the name has to end in {', '.join(SUFFIXES)}.")
    require_place(path)
    space = space or spaces.active()
    found = in_chunks(rows(space, visible=visible, main=main)) if space else iter(())
    first = next(found, None)
    if space is None or first is None:
        if space and visible and rows(space, visible=False, main=main).exists():
            raise ValueError("No product with a vector is on offer now. Leave `visible` out.")
        raise NoActiveSpace("There is no vector to export. Run: manage.py vrs_embed")
    with whole_file(path) as file, tqdm(unit="vector", disable=quiet) as bar:
        return write(file, _counted(first, found, bar), space)


def _counted(first: Chunk, others: Iterator[Chunk], bar: "tqdm[Any]") -> Iterator[Chunk]:
    yield first
    bar.update(len(first.vectors))
    for chunk in others:
        yield chunk
        bar.update(len(chunk.vectors))
