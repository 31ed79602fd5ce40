"""Exporting vectors to a file, streamed in batches so that 50,000 vectors fit any memory."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ... import spaces
from ...exceptions import NoActiveSpace
from ...infra.atomic_file import atomic_write, require_writable
from ...models import EmbeddingSpace
from .batches import Batch, batches, exported_rows
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
    """Write the vectors of `space`, by default the active one, to `path`; returns how many.

    `visible`: only of products on offer now, sold-out ones excluded. `main`: one vector a product,
    of its first picture that has one. The format follows the suffix of `path`, one of SUFFIXES.
    Raises ValueError for any other suffix and where no vector is `visible`, NoActiveSpace where
    nothing is embedded, OSError where the file cannot be written.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise ValueError(f"{path.name}: the name has to end in {', '.join(SUFFIXES)}.")
    require_writable(path)
    space = space or spaces.active()
    found = batches(exported_rows(space, visible=visible, main=main)) if space else iter(())
    first = next(found, None)
    if space is None or first is None:
        if space and visible and exported_rows(space, visible=False, main=main).exists():
            raise ValueError("No product with a vector is on offer now. Leave `visible` out.")
        raise NoActiveSpace("There is no vector to export. Run: manage.py vrs_embed")
    with atomic_write(path) as file, tqdm(unit="vector", disable=quiet) as bar:
        return write(file, _with_progress(first, found, bar), space)


def _with_progress(first: Batch, others: Iterator[Batch], bar: "tqdm[Any]") -> Iterator[Batch]:
    for batch in chain([first], others):
        yield batch
        bar.update(len(batch.vectors))
