"""The table of the demo's clothes, `shop/clothes/products.csv`: reading and checking it."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "clothes"
TABLE = "products.csv"
PHOTOS = "photos"

MOST_COLOURS = 3
COLOURS = (
    *("black", "white", "grey", "navy", "blue", "light blue", "turquoise", "green", "olive"),
    *("khaki", "yellow", "orange", "red", "burgundy", "pink", "purple", "brown", "beige"),
    *("cream", "gold", "silver"),
)
PATTERNS = (
    *("plain", "striped", "checked", "floral", "dotted", "printed", "animal print"),
    *("camouflage", "colour block", "embroidered", "lace", "knitted", "denim"),
)
CONDITIONS = ("as new", "very good", "good", "worn")
"""From the best to the worst."""


class TableError(Exception):
    """The table of clothes cannot be read; the text names the file, the row and the column."""


@dataclass(frozen=True, kw_only=True)
class Garment:
    """A row of the table; `photos` are file names below PHOTOS, the main one first."""

    slug: str
    name: str
    category: str
    colours: tuple[str, ...]
    pattern: str
    size: str
    condition: str
    price: Decimal
    stock: int
    published: bool
    description: str
    photos: tuple[str, ...]
    source: str


# --- reading ------------------------------------------------------------------------------


def read(folder: Path = FOLDER) -> list[Garment]:
    """The garments of `folder`, in the table's order; raises TableError."""
    path = folder / TABLE
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            _require_columns(path, rows.fieldnames or ())
            numbered = [(rows.line_num, row) for row in rows]
    except (OSError, UnicodeError, csv.Error) as error:
        raise TableError(f"{path} cannot be read: {error}") from error
    garments = {number: _garment(path, number, row) for number, row in numbered}
    _require_unique_slugs(path, garments)
    return list(garments.values())


def _require_columns(path: Path, found: Sequence[str]) -> None:
    if missing := [name for name in COLUMNS if name not in found]:
        names = ", ".join(missing)
        raise TableError(f"{path}, row 1: there is no column {names}; commas separate them.")


def _garment(path: Path, number: int, row: Mapping[str | None, str | None]) -> Garment:
    """The garment of one row; `number` is that of its line, from 1."""
    if None in row:
        raise TableError(f"{path}, row {number}: it has more cells than there are columns.")
    values: dict[str, Any] = {}
    for column, parse in COLUMNS.items():
        try:
            values[column] = parse((row[column] or "").strip())
            if column == "photos":
                _require_files(path.parent / PHOTOS, values[column])
        except ValueError as error:
            raise TableError(f'{path}, row {number}, column "{column}": {error}') from error
    return Garment(**values)


def _require_files(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        if not (folder / name).is_file():
            raise ValueError(f"there is no file {folder / name}.")


def _require_unique_slugs(path: Path, garments: Mapping[int, Garment]) -> None:
    rows: dict[str, int] = {}
    for number, garment in garments.items():
        if (first := rows.setdefault(garment.slug, number)) != number:
            reason = f"row {first} has the slug {garment.slug!r} already."
            raise TableError(f'{path}, row {number}, column "slug": {reason}')


# --- one cell -----------------------------------------------------------------------------


def _text(cell: str) -> str:
    return _up_to(10_000)(cell)


def _up_to(most: int) -> Callable[[str], str]:
    """Text of 1 to `most` characters, as many as the shop's field takes."""

    def parse(cell: str) -> str:
        if not cell:
            raise ValueError("it is empty.")
        if len(cell) > most:
            raise ValueError(f"it has {len(cell)} characters; at most {most}.")
        if "\0" in cell:
            raise ValueError("it has a NUL character.")
        return cell

    return parse


def _matching(pattern: str, example: str) -> Callable[[str], str]:
    def parse(cell: str) -> str:
        if not re.fullmatch(pattern, cell, re.ASCII):
            raise ValueError(f"{cell!r} is not like {example}.")
        return cell

    return parse


def _one_of(words: Sequence[str]) -> Callable[[str], str]:
    def parse(cell: str) -> str:
        if cell not in words:
            raise ValueError(f"{cell!r} is none of {', '.join(words)}.")
        return cell

    return parse


def _colours(cell: str) -> tuple[str, ...]:
    colours = cell.split(", ")
    if len(colours) > MOST_COLOURS or len(set(colours)) < len(colours):
        raise ValueError(f"{cell!r} is not one to {MOST_COLOURS} different colours.")
    return tuple(map(_one_of(COLOURS), colours))


def _photos(cell: str) -> tuple[str, ...]:
    return tuple(map(_matching(r"[a-z0-9-]+\.jpg", "straw-hat.jpg"), _text(cell).split(" ")))


_price = _matching(r"\d{1,4}\.\d\d", "12.50")
_stock = _matching(r"\d{1,3}", "1")
_published = _one_of(("0", "1"))

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "slug": _matching(r"(?=.{1,200}$)[a-z0-9]+(-[a-z0-9]+)*", "straw-hat"),
    "name": _up_to(200),
    "category": _up_to(100),
    "colours": _colours,
    "pattern": _one_of(PATTERNS),
    "size": _up_to(20),
    "condition": _one_of(CONDITIONS),
    "price": lambda cell: Decimal(_price(cell)),
    "stock": lambda cell: int(_stock(cell)),
    "published": lambda cell: _published(cell) == "1",
    "description": _text,
    "photos": _photos,
    "source": _text,
}
"""The table's columns, and what reads a cell of each; ValueError says what is wrong with it."""
