from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from shop import drawing
from shop.drawing import Garment
from shop.loading import drawn_catalogue
from shop.loading.rendering import render_views
from shop.models import Category, Product, ProductImage


def garment(number: int) -> Garment:
    return Garment(
        slug=f"garment-{number}",
        name=f"Garment {number}",
        description="Drawn.",
        category=("Dresses", "Hats")[number % 2],
        kind="dress",
        colour="red",
        pattern="plain",
        price=Decimal("19.90"),
        stock=3,
        views=("front", "back"),
    )


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> list[Garment]:
    """Five garments that are drawn in no time."""
    catalogue = [garment(number) for number in range(5)]
    monkeypatch.setattr(drawn_catalogue, "garments", lambda: catalogue)
    monkeypatch.setattr("shop.loading.rendering.draw", lambda *_: Image.new("RGB", (8, 10), "red"))
    return catalogue


def fill(limit: int | None = None) -> list[Product]:
    return list(drawn_catalogue.fill(drawn_catalogue.missing(limit), processes=1))


@pytest.mark.django_db
@pytest.mark.usefixtures("catalogue")
class TestFilling:
    def test_every_garment_becomes_a_product_with_its_views(self) -> None:
        assert len(fill()) == Product.objects.on_sale().count() == 5
        product = Product.objects.get(slug="garment-1")
        assert (product.category.name, product.price) == ("Hats", Decimal("19.90"))
        assert (product.colour, product.pattern, product.stock) == ("red", "plain", 3)
        assert [row.image.name for row in product.images.all()] == [
            "products/garment-1-front.jpg",
            "products/garment-1-back.jpg",
        ]

    def test_a_second_filling_has_nothing_to_do(self) -> None:
        fill()
        assert drawn_catalogue.missing() == []

    def test_only_what_is_missing_is_drawn(self) -> None:
        fill()
        Product.objects.filter(slug="garment-2").delete()
        assert [product.slug for product in fill()] == ["garment-2"]

    def test_a_limit_takes_some_of_every_category(self) -> None:
        fill(limit=2)
        assert Category.objects.filter(products__isnull=False).distinct().count() == 2
        assert drawn_catalogue.missing(limit=2) == []

    def test_products_are_saved_while_others_are_still_drawn(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shop.loading.products.BATCH_SIZE", 2)
        saving = drawn_catalogue.fill(drawn_catalogue.missing(), processes=1)
        next(saving)
        assert Product.objects.count() == 2

    def test_a_broken_off_filling_leaves_whole_products_only(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shop.loading.products.BATCH_SIZE", 2)
        saving = drawn_catalogue.fill(drawn_catalogue.missing(), processes=1)
        next(saving)
        saving.close()
        assert ProductImage.objects.count() == 2 * Product.objects.count()
        assert len(fill()) == 3

    def test_the_command_says_what_it_did(self) -> None:
        out = StringIO()
        call_command("fill_shop", limit=3, processes=1, stdout=out)
        assert "3 products drawn" in out.getvalue()
        call_command("fill_shop", limit=3, processes=1, stdout=out)
        assert "in the shop already" in out.getvalue()


@pytest.mark.slow
@pytest.mark.django_db
def test_the_real_catalogue_is_drawn_by_processes_of_its_own() -> None:
    first, second = drawn_catalogue.fill(drawn_catalogue.missing(limit=2), processes=2)
    assert first.slug != second.slug
    for row in ProductImage.objects.all():
        with default_storage.open(str(row.image)) as file:
            assert Image.open(BytesIO(file.read())).size == (720, 900)


def test_a_drawing_is_the_same_each_time() -> None:
    garment = drawing.garments()[0]
    assert render_views(garment) == render_views(garment)


def test_every_garment_has_an_address_and_a_view_of_its_own() -> None:
    garments = drawing.garments()
    assert len({garment.slug for garment in garments}) == len(garments)
    assert all(garment.views for garment in garments)
