import csv
from decimal import Decimal
from pathlib import Path

import pytest

from shop.loading.table import COLUMNS, PHOTOS, TABLE, TableError, read

from ..conftest import picture_bytes

ROW = {
    "slug": "straw-hat",
    "name": "Straw hat",
    "category": "Hats",
    "colours": "beige, light blue",
    "pattern": "plain",
    "size": "one size",
    "condition": "very good",
    "price": "12.50",
    "stock": "1",
    "published": "1",
    "description": "Round crown, ribbon of cotton.",
    "photos": "straw-hat.jpg straw-hat-detail.jpg",
    "source": "hat/one.jpg",
}


def written(folder: Path, *rows: dict[str, str]) -> Path:
    """A folder with a table of these rows, and every photo that ROW names."""
    (folder / PHOTOS).mkdir(exist_ok=True)
    for name in ROW["photos"].split():
        (folder / PHOTOS / name).write_bytes(picture_bytes())
    with (folder / TABLE).open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(ROW))
        table.writeheader()
        table.writerows(rows)
    return folder


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    [garment] = read(written(tmp_path, ROW))
    assert (garment.slug, garment.name, garment.category) == ("straw-hat", "Straw hat", "Hats")
    assert garment.colours == ("beige", "light blue")
    assert (garment.price, garment.stock, garment.published) == (Decimal("12.50"), 1, True)
    assert garment.photos == ("straw-hat.jpg", "straw-hat-detail.jpg")


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("slug", "Straw hat", "'Straw hat' is not like straw-hat."),
        ("name", "", "it is empty."),
        ("colours", "beige,pink", "'beige,pink' is none of black, white, "),
        ("colours", "", "'' is none of "),
        ("colours", "red, red", "'red, red' is not one to 3 different colours."),
        ("name", "x" * 201, "it has 201 characters; at most 200."),
        ("size", "x" * 21, "it has 21 characters; at most 20."),
        ("stock", "\u0661", "'\u0661' is not like 1."),
        ("pattern", "tartan", "'tartan' is none of plain, striped, "),
        ("condition", "ok", "'ok' is none of "),
        ("price", "12,50", "'12,50' is not like 12.50."),
        ("stock", "-1", "'-1' is not like 1."),
        ("published", "yes", "'yes' is none of 0, 1."),
        ("photos", "../settings.jpg", "'../settings.jpg' is not like straw-hat.jpg."),
        ("photos", "none.jpg", "there is no file "),
        ("photos", "", "it is empty."),
    ],
)
def test_a_wrong_cell_is_named_with_its_row_and_column(
    tmp_path: Path, column: str, cell: str, reason: str
) -> None:
    wrong = ROW | {"slug": "second-hat"} | {column: cell}
    with pytest.raises(TableError) as caught:
        read(written(tmp_path, ROW, wrong))
    place = f'{tmp_path / TABLE}, row 3, column "{column}": '
    assert str(caught.value).startswith(place + reason)


def test_a_slug_twice_is_named_with_both_rows(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r'row 3, column "slug": row 2 has the slug'):
        read(written(tmp_path, ROW, ROW))


def test_a_row_is_counted_by_its_line_and_a_byte_order_mark_is_no_column(tmp_path: Path) -> None:
    path = written(tmp_path, ROW, ROW) / TABLE
    path.write_text("\ufeff" + path.read_text().replace("\n", "\n\n"))
    with pytest.raises(TableError, match=r'row 5, column "slug": row 3 has the slug'):
        read(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, ROW) / TABLE
    path.write_text(path.read_text().replace("size,", "sizes,"))
    with pytest.raises(TableError, match=r"row 1: there is no column size;"):
        read(tmp_path)


def test_a_row_of_another_length_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, ROW) / TABLE
    whole = path.read_text()
    path.write_text(whole.replace("hat/one.jpg", "hat/one.jpg,more"))
    with pytest.raises(TableError, match="row 2: it has more cells"):
        read(tmp_path)
    path.write_text(whole.replace(",hat/one.jpg", ""))
    with pytest.raises(TableError, match=r'row 2, column "source": it is empty'):
        read(tmp_path)


@pytest.mark.parametrize("data", [None, b"\xff\xfe", b'slug,name\n"open'])
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / TABLE).write_bytes(data)
    with pytest.raises(TableError, match=str(tmp_path / TABLE)):
        read(tmp_path)


def test_the_columns_are_those_that_the_rows_here_have() -> None:
    assert list(COLUMNS) == list(ROW)
