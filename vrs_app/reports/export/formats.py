"""Writers of the export's formats: NumPy without pickled objects, and CSV."""

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
from .batches import ROWS_A_BATCH, Batch


def write_npz(file: IO[bytes], batches: Iterator[Batch], space: EmbeddingSpace) -> int:
    """Write arrays `vectors`, `products`, `names`, `positions`, and `space`, as JSON.

    Returns the number of vectors. The array's header, with that number, comes before the vectors,
    which are kept in a temporary file until it is known.
    """
    with _temporary_file(file) as spare, ZipFile(file, "w") as archive:
        columns = _columns(batches, spare)
        with archive.open("vectors.npy", "w", force_zip64=True) as entry:
            shape = (len(columns["products"]), space.dimensions)
            _write_header(entry, np.dtype(np.float32), shape)
            while some := spare.read(1 << 20):
                entry.write(some)
        for name, array in {**columns, "space": np.array(_described(space))}.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return len(columns["products"])


def write_npy(file: IO[bytes], batches: Iterator[Batch], space: EmbeddingSpace) -> int:
    """Write one array of records: product, picture, position, vector; returns how many."""
    with _temporary_file(file) as spare:
        columns = _columns(batches, spare)
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
        for start in range(0, count, ROWS_A_BATCH):
            part = slice(start, min(start + ROWS_A_BATCH, count))
            records = np.empty(part.stop - start, dtype=record)
            records["product"] = columns["products"][part]
            records["picture"] = columns["names"][part]
            records["position"] = columns["positions"][part]
            raw = spare.read(records["vector"].nbytes)
            records["vector"] = np.frombuffer(raw, dtype=np.float32).reshape(len(records), -1)
            file.write(records.tobytes())
        return count


def _temporary_file(file: IO[bytes]) -> IO[bytes]:
    """An anonymous file in the folder of `file`, whose disk has room for the export."""
    return tempfile.TemporaryFile(dir=Path(file.name).parent)


def _columns(batches: Iterator[Batch], spare: IO[bytes]) -> dict[str, NDArray[Any]]:
    """The columns but for the vectors, which are written to `spare`, rewound to its start."""
    products: list[Any] = []
    names: list[str] = []
    positions: list[int] = []
    for batch in batches:
        products += batch.products
        names += batch.names
        positions += batch.positions
        spare.write(batch.vectors.tobytes())
    spare.seek(0)
    return {
        "products": _keys(products),
        "names": np.array(names, dtype=np.str_),
        "positions": np.array(positions, dtype=np.int64),
    }


def _keys(products: list[Any]) -> NDArray[Any]:
    """The keys as int64 if all are integers, else as text of fixed width."""
    if all(isinstance(key, int) for key in products):
        return np.array(products, dtype=np.int64)
    return np.array([str(key) for key in products], dtype=np.str_)


def _described(space: EmbeddingSpace) -> str:
    """The space as JSON: everything that vectors must share to be comparable."""
    described = {
        "space": space.pk,
        "embedder": space.embedder,
        "options": space.options,
        "weights_digest": space.weights_digest,
        "dimensions": space.dimensions,
    }
    return json.dumps(described)


def _write_header(file: IO[bytes], kind: "np.dtype[Any]", shape: tuple[int, ...]) -> None:
    """The header of a .npy file, format version 2.0."""
    header = {
        "descr": np.lib.format.dtype_to_descr(kind),
        "fortran_order": False,
        "shape": shape,
    }
    np.lib.format.write_array_header_2_0(file, header)


def write_csv(file: IO[bytes], batches: Iterator[Batch], space: EmbeddingSpace) -> int:
    """Write the columns product, picture, position, v0 … vN; returns the number of rows.

    Numbers have nine digits, which round-trip a float32. Texts are not escaped against being
    taken for formulas by a spreadsheet: programs must find the same names again.
    """
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    numbers = (f"v{number}" for number in range(space.dimensions))
    writer.writerow(["product", "picture", "position", *numbers])
    count = 0
    for batch in batches:
        rows = zip(batch.products, batch.names, batch.positions, batch.vectors, strict=True)
        for product, name, position, vector in rows:
            numbers = (f"{number:.9g}" for number in vector.tolist())
            writer.writerow([product, name, position, *numbers])
        count += len(batch.vectors)
    text.detach()  # flushes, and leaves `file` open
    return count
