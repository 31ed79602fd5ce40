"""Writers: vectors as NumPy files, without pickled objects, and as CSV."""

import csv
import json
import tempfile
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from ...models import EmbeddingSpace
from .batches import CHUNK, Chunk


def write_npz(file: IO[bytes], chunks: Iterator[Chunk], space: EmbeddingSpace) -> int:
    """Arrays `vectors`, `products`, `names`, `positions`, and `space`, a description in JSON.

    How many vectors there are stands before them, so they wait in a spare file until then.
    """
    with _spare(file) as spare, ZipFile(file, "w") as archive:
        columns = _columns(chunks, spare)
        with archive.open("vectors.npy", "w", force_zip64=True) as entry:
            shape = (len(columns["products"]), space.dimensions)
            _write_header(entry, np.dtype(np.float32), shape)
            while some := spare.read(1 << 20):
                entry.write(some)
        for name, array in {**columns, "space": np.array(_described(space))}.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return len(columns["products"])


def write_npy(file: IO[bytes], chunks: Iterator[Chunk], space: EmbeddingSpace) -> int:
    """One array of records: product, picture, position, vector."""
    with _spare(file) as spare:
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
            records["product"] = columns["products"][part]
            records["picture"] = columns["names"][part]
            records["position"] = columns["positions"][part]
            raw = spare.read(records["vector"].nbytes)
            records["vector"] = np.frombuffer(raw, dtype=np.float32).reshape(len(records), -1)
            file.write(records.tobytes())
        return count


def _spare(file: IO[bytes]) -> IO[bytes]:
    """A nameless file beside `file`, where there is room for it too."""
    return tempfile.TemporaryFile(dir=Path(file.name).parent)


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


def write_csv(file: IO[bytes], chunks: Iterator[Chunk], space: EmbeddingSpace) -> int:
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
