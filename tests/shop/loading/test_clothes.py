from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from shop.loading import clothes, table
from shop.models import Category, Product, ProductImage

from .test_table import ROW, written

pytestmark = pytest.mark.django_db

Fill = Callable[..., list[Product]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five garments, of which the last three are shirts; one is sold out and one hidden."""
    rows = [
        ROW | {"slug": f"garment-{number}", "category": "Hats" if number < 2 else "Shirts"}
        for number in range(5)
    ]
    rows[3]["stock"] = "0"
    rows[4]["published"] = "0"
    return written(tmp_path, *rows)


@pytest.fixture
def fill(folder: Path) -> Fill:
    def fill(limit: int | None = None) -> list[Product]:
        return list(clothes.fill(clothes.missing(limit, folder), folder))

    return fill


def test_every_row_becomes_a_product_with_its_photos(fill: Fill, folder: Path) -> None:
    assert len(fill()) == 5
    product = Product.objects.get(slug="garment-1")
    assert (product.category.name, product.colour) == ("Hats", "beige, light blue")
    assert (product.size, product.condition) == ("one size", "very good")
    assert product.images.count() == 2


def test_a_photo_keeps_its_name_and_its_bytes(fill: Fill, folder: Path) -> None:
    [product] = fill(limit=1)
    row, detail = product.images.all()
    assert row.image.name == "products/straw-hat.jpg"
    assert detail.image.name == "products/straw-hat-detail.jpg"
    with row.image.open() as file:
        assert file.read() == (folder / table.PHOTOS / "straw-hat.jpg").read_bytes()


def test_sold_out_and_hidden_rows_are_not_on_sale(fill: Fill) -> None:
    fill()
    on_sale = Product.objects.on_sale().values_list("slug", flat=True)
    assert set(on_sale) == {"garment-0", "garment-1", "garment-2"}


def test_a_second_filling_has_nothing_to_do(fill: Fill) -> None:
    fill()
    assert fill() == []


def test_only_what_is_missing_is_loaded(fill: Fill) -> None:
    fill()
    Product.objects.filter(slug="garment-2").delete()
    assert [product.slug for product in fill()] == ["garment-2"]


def test_a_limit_takes_some_of_every_category(fill: Fill) -> None:
    fill(limit=2)
    assert Category.objects.filter(products__isnull=False).distinct().count() == 2
    assert fill(limit=2) == []


def test_the_first_rows_of_each_category_are_the_first_that_the_shop_shows(fill: Fill) -> None:
    fill()
    on_sale = Product.objects.on_sale().values_list("slug", flat=True)
    assert list(on_sale) == ["garment-0", "garment-2", "garment-1"]


def test_a_broken_off_filling_leaves_whole_products_only(
    fill: Fill, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.loading.products.BATCH_SIZE", 2)
    saving = clothes.fill(clothes.missing(folder=folder), folder)
    next(saving)
    saving.close()
    assert Product.objects.count() == 2
    assert ProductImage.objects.count() == 4
    assert len(fill()) == 3


def test_the_command_says_what_it_did() -> None:
    out = StringIO()
    call_command("fill_shop", limit=3, stdout=out)
    assert "3 products loaded" in out.getvalue()
    call_command("fill_shop", limit=3, stdout=out)
    assert "in the shop already" in out.getvalue()


def test_the_command_names_what_is_wrong_with_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = table.read
    monkeypatch.setattr(clothes, "read", lambda _folder: read(tmp_path / "none"))
    with pytest.raises(CommandError, match=r"none/products\.csv cannot be read"):
        call_command("fill_shop")
