"""Vectors with the keys of their products, for a shop's own machine learning.

Rows stream from the database into the file, so that 50,000 vectors take no gigabytes. NumPy
files hold no pickled objects: `numpy.load` reads them with its defaults.
"""

import csv
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray
from tqdm import tqdm

from . import spaces
from .catalogue import catalogue
from .embedders import Vectors
from .exceptions import NoActiveSpace
from .models import EmbeddingSpace, ImageEmbedding
from .outputs import require_place, whole_file
from .vectors import Packed, unpacked

CHUNK = 1000
SUFFIXES = (".npz", ".npy", ".csv")


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Some pictures: the keys of their products, names, positions, and unit vectors."""

    products: list[Any]
    names: list[str]
    positions: list[int]
    vectors: Vectors


def export(
    path: Path,
    *,
    space: EmbeddingSpace | None = None,
    visible: bool = False,
    main: bool = False,
    quiet: bool = True,
) -> int:
    """Write the vectors of `space`, else of the active one, to `path`; how many there are.

    `visible`: only of products that may be shown. `main`: one a product, of its first picture
    that has one. The suffix of `path` decides the format. Raises ValueError for another
    suffix, NoActiveSpace where nothing is embedded, OSError where no file can be written.
    """
    writers = dict(zip(SUFFIXES, (_write_npz, _write_npy, _write_csv), strict=True))
    write = writers.get(path.suffix.lower())
    if write is None:
        raise ValueError(f"{path.name}: the name has to end in {', '.join(SUFFIXES)}.")
    require_place(path)
    space = space or spaces.active()
    chunks = _chunks(_rows(space, visible=visible, main=main)) if space else iter(())
    first = next(chunks, None)
    if space is None or first is None:
        raise NoActiveSpace("There is no vector to export. Run: manage.py vrs_embed")
    with (
        whole_file(path) as file,
        tqdm(unit="vector", disable=quiet) as bar,
        tempfile.TemporaryFile(dir=path.parent) as vectors,
    ):
        return write(file, _counted(first, chunks, bar), space, vectors)


def _rows(
    space: EmbeddingSpace, *, visible: bool, main: bool
) -> QuerySet[ImageEmbedding, tuple[Any, ...]]:
    """Key of the product, name, position and packed vector, a product's first picture first."""
    found = ImageEmbedding.objects.filter(ImageEmbedding.is_servable(), space=space)
    if visible:
        found = found.filter(image__product__in=catalogue().visible().values("pk"))
    if main:
        found = found.distinct("image__product_id")
    return found.order_by("image__product_id", "image__position", "image_id").values_list(
        "image__product_id", "image__name", "image__position", Packed("vector")
    )


def _chunks(found: QuerySet[ImageEmbedding, tuple[Any, ...]]) -> Iterator[Chunk]:
    rows = found.iterator(chunk_size=CHUNK)
    while some := list(islice(rows, CHUNK)):
        products, names, positions, packed = zip(*some, strict=True)
        yield Chunk(
            products=list(products),
            names=list(names),
            positions=list(positions),
            vectors=unpacked(packed),
        )


def _counted(first: Chunk, others: Iterator[Chunk], bar: "tqdm[Any]") -> Iterator[Chunk]:
    yield first
    bar.update(len(first.vectors))
    for chunk in others:
        yield chunk
        bar.update(len(chunk.vectors))


def _write_csv(
    file: IO[bytes], chunks: Iterator[Chunk], space: EmbeddingSpace, spare: IO[bytes]
) -> int:
    """product, picture, position, v0 … vN; nine digits, with which a float32 comes back whole.

    Texts stand as they are in the database, also where a spreadsheet would take one for a
    formula: the file is for programs, which have to find the same names again.
    """
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    numbers = (f"v{number}" for number in range(space.dimensions))
    writer.writerow(["product", "picture", "position", *numbers])
    count = 0
    for chunk in chunks:
        rows = zip(chunk.products, chunk.names, chunk.positions, chunk.vectors, strict=True)
        for product, name, position, vector in rows:
            numbers = (f"{number:.9g}" for number in vector.tolist())
            writer.writerow([product, name, position, *numbers])
        count += len(chunk.vectors)
    text.detach()  # which flushes, and leaves the file open
    return count


def _write_npz(
    file: IO[bytes], chunks: Iterator[Chunk], space: EmbeddingSpace, spare: IO[bytes]
) -> int:
    """Arrays `vectors`, `products`, `names`, `positions`, and `space`, a description in JSON.

    How many vectors there are stands before them, so they wait in `spare` until that is known.
    """
    columns = _columns(chunks, spare)
    with ZipFile(file, "w") as archive:
        with archive.open("vectors.npy", "w", force_zip64=True) as entry:
            shape = (len(columns["products"]), space.dimensions)
            _write_header(entry, np.dtype(np.float32), shape)
            while some := spare.read(1 << 20):
                entry.write(some)
        for name, array in {**columns, "space": np.array(_described(space))}.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return len(columns["products"])


def _write_npy(
    file: IO[bytes], chunks: Iterator[Chunk], space: EmbeddingSpace, spare: IO[bytes]
) -> int:
    """One array of records: product, picture, position, vector."""
    columns = _columns(chunks, spare)
    record = np.dtype(
        [
            ("product", columns["products"].dtype),
            ("picture", columns["names"].dtype),
            ("position", np.int64),
            ("vector", np.float32, (space.dimensions,)),
        ]
    )
    count = len(columns["products"])
    _write_header(file, record, (count,))
    for start in range(0, count, CHUNK):
        part = slice(start, min(start + CHUNK, count))
        records = np.empty(part.stop - start, dtype=record)
        records["product"], records["picture"] = columns["products"][part], columns["names"][part]
        records["position"] = columns["positions"][part]
        raw = spare.read(records["vector"].nbytes)
        records["vector"] = np.frombuffer(raw, dtype=np.float32).reshape(len(records), -1)
        file.write(records.tobytes())
    return count


def _columns(chunks: Iterator[Chunk], spare: IO[bytes]) -> dict[str, NDArray[Any]]:
    """Everything but the vectors, which go to `spare`, ready to be read from its start."""
    products: list[Any] = []
    names: list[str] = []
    positions: list[int] = []
    for chunk in chunks:
        products += chunk.products
        names += chunk.names
        positions += chunk.positions
        spare.write(chunk.vectors.tobytes())
    spare.seek(0)
    return {
        "products": _keys(products),
        "names": np.array(names, dtype=np.str_),
        "positions": np.array(positions, dtype=np.int64),
    }


def _keys(products: list[Any]) -> NDArray[Any]:
    """int64 for whole numbers; any other key as text, of fixed width."""
    if all(isinstance(key, int) for key in products):
        return np.array(products, dtype=np.int64)
    return np.array([str(key) for key in products], dtype=np.str_)


def _described(space: EmbeddingSpace) -> str:
    described = {
        "space": space.pk,
        "embedder": space.embedder,
        "options": space.options,
        "weights_digest": space.weights_digest,
        "dimensions": space.dimensions,
    }
    return json.dumps(described)


def _write_header(file: IO[bytes], kind: "np.dtype[Any]", shape: tuple[int, ...]) -> None:
    header = {
        "descr": np.lib.format.dtype_to_descr(kind),
        "fortran_order": False,
        "shape": shape,
    }
    np.lib.format.write_array_header_2_0(file, header)
