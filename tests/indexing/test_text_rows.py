"""The words that a worker notes of a product."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import get_language, override
from pytest_django import Settings

from shop.models import Category, Product
from vrs_app.catalogue import Catalogue, catalogue
from vrs_app.indexing import image_rows, text_document
from vrs_app.infra.text_search import MAX_LENGTH, plain
from vrs_app.models import Change, IndexedImage, ProductText
from vrs_app.receivers import paused
from vrs_app.testing import drain
from vrs_app.vision.colour_terms import words_of as words_in

from ..comparing import sync, sync_all
from ..conftest import MakeShown
from ..replicas import ReadsElsewhere
from ..shapes import shape

pytestmark = pytest.mark.django_db


def words_of(product: Product) -> str:
    """The words as PostgreSQL writes them, with positions and weights."""
    return str(ProductText.objects.get(product=product).words)


def writes(queries: list[dict[str, str]]) -> list[str]:
    """What was written to the words' table."""
    statements = [each["sql"] for each in queries if "producttext" in each["sql"]]
    return [statement for statement in statements if not statement.startswith("SELECT")]


def test_a_saved_product_has_its_words_by_weight(make_shown: MakeShown) -> None:
    product = make_shown(
        name="Summer dress", category="clothing", colour="blue", description="Light linens"
    )
    words = words_of(product)
    for word in ("'summer':1A", "'dress':2A", "'cloth':3B", "'blue':4B", "'linen':6"):
        assert word in words


def test_the_words_follow_each_text(make_shown: MakeShown) -> None:
    product = make_shown(name="Dress", description="linen", colour="red", pattern="floral")
    product.name, product.description = "Skirt", "silk"
    product.colour, product.category = "blue", Category.objects.create(name="sale", slug="sale")
    product.save()
    drain()
    words = words_of(product)
    assert all(word in words for word in ("'skirt'", "'silk'", "'blue'", "'sale'", "'floral'"))
    assert not any(word in words for word in ("'dress'", "'linen'", "'red'", "'thing'"))


def test_a_new_price_writes_no_words(make_shown: MakeShown) -> None:
    product = make_shown(shape())
    product.price += 1
    product.save()
    with CaptureQueriesContext(connection) as captured:
        assert drain() == 0
    assert writes(captured.captured_queries) == []


def test_a_deleted_picture_of_no_known_colour_writes_no_words(make_shown: MakeShown) -> None:
    make_shown(shape()).images.get().delete()
    with CaptureQueriesContext(connection) as captured:
        assert drain() == 1
    assert writes(captured.captured_queries) == []


def test_what_sent_no_signal_is_found_once(make_shown: MakeShown) -> None:
    with paused():
        product, other = make_shown(name="Dress"), make_shown(name="Coat")
    assert not ProductText.objects.exists()
    assert sync_all().words == 2
    Product.objects.filter(pk=product.pk).update(name="Skirt")
    assert sync_all().words == 1
    assert "'skirt'" in words_of(product)
    assert "'coat'" in words_of(other)
    assert sync_all().words == 0


def test_what_decides_what_is_written_is_not_read_from_a_replica(
    make_shown: MakeShown, settings: Settings
) -> None:
    product = make_shown(name="Dress")
    settings.DATABASE_ROUTERS = [ReadsElsewhere()]
    assert sync(product).words == sync_all().words == 0
    Product.objects.using("default").filter(pk=product.pk).update(name="Skirt")
    assert sync(product).words == 1


def test_another_language_reads_every_text_anew(make_shown: MakeShown, settings: Settings) -> None:
    product = make_shown(name="Kleider aus Seide")
    assert "'kleider'" in words_of(product)
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "german"}
    assert sync_all().words == 1
    assert "'kleid'" in words_of(product)
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "pg_catalog.simple"}
    assert sync_all().words == 1
    assert "'aus'" in words_of(product)


def test_every_text_is_read_in_the_shops_own_language(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in ("title", "text", "category_name"):
        monkeypatch.setattr(catalogue(), method, lambda product: get_language())
    monkeypatch.setattr(catalogue(), "attributes", lambda product: {"in": get_language()})
    with paused():
        product = make_shown()
    with override("de"):
        sync(product)
    read = text_document.texts_of(product, "english", {})
    assert {read.title, read.description, read.labels} == {"en", "en en"}
    assert ProductText.objects.get().digest == read.digest


def test_a_product_without_any_text_has_a_row_without_words(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in ("title", "text", "category_name"):
        monkeypatch.setattr(catalogue(), method, lambda product: None)
    assert words_of(make_shown()) == ""


def test_what_a_word_is_found_by_when_it_is_begun_is_noted_as_it_is_written(
    make_shown: MakeShown,
) -> None:
    product = make_shown(shape(), name="Leggings", category="clothing", description="Woollen")
    colour(product, 0, burgundy=0.9)
    sync(product)
    begun = str(ProductText.objects.get().begun)
    for word in ("'leggings':1A", "'clothing':2B", "'burgundy':"):
        assert word in begun
    assert "'woollen'" not in begun


def test_what_an_earlier_version_noted_is_written_anew_once(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vrs_app.indexing.text_document.FORMAT_VERSION", "1")
    make_shown(name="Leggings")
    monkeypatch.undo()
    ProductText.objects.update(begun="")
    assert sync_all().words == 1
    assert "'leggings'" in str(ProductText.objects.get().begun)
    assert sync_all().words == 0


def test_a_category_that_is_a_text_is_its_own_name(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_shown()
    shop = Catalogue[Product]()
    assert shop.category_name(product) is None
    monkeypatch.setattr(shop, "category", lambda product: 7)
    assert shop.category_name(product) is None
    monkeypatch.setattr(shop, "category", lambda product: "shoes")
    assert shop.category_name(product) == "shoes"


# --- what is read of a text --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<p>Red</p><p class='warm'>shoe</p>", "Red shoe"),
        ("caf&eacute; &amp; more", "café & more"),
        ("silk/cotton", "silk cotton"),
        ("very soft.Warm, 2.5 cm", "very soft Warm, 2.5 cm"),
        ("5 < 6", "5 < 6"),
        ("a\0b", "a b"),
        ("\ud800lone", "?lone"),
        (None, ""),
        (7, "7"),
    ],
)
def test_a_text_is_read_as_a_shopper_sees_it(text: object, read: str) -> None:
    assert plain(text) == read


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "\0",
        "\ud800",
        "<a><b>" * 10_000,
        "<!--" * 10_000,
        "' | \\ & ! ( ) : * <->",
        "x" * 3_000_000,
        " ".join(f"{number:x}" for number in range(400_000)),
        "\u202e" + "🧥" * 100_000,
    ],
)
def test_no_text_is_too_odd_to_be_noted(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    with paused():
        product = make_shown()
    for method in ("title", "text", "category_name"):  # the shop's table would not take them all
        monkeypatch.setattr(catalogue(), method, lambda product: text)
    assert sync(product).words == 1
    assert len(plain(text)) <= 2 * MAX_LENGTH


# --- faults ------------------------------------------------------------------------------------


@contextmanager
def not_migrated(table: str) -> Iterator[None]:
    """The table is not there."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO not_yet")
        yield
        cursor.execute(f"ALTER TABLE not_yet RENAME TO {table}")


def test_without_our_table_saves_and_deletions_go_through_and_are_compared_later(
    make_shown: MakeShown,
) -> None:
    with not_migrated("vrs_app_producttext"):
        kept, gone = make_shown(shape(), name="Dress"), make_shown(shape("bars"))
        gone.delete()
    assert set(Product.objects.all()) == {kept}
    Change.objects.update(not_before=None)
    drain()
    assert "'dress'" in words_of(kept)
    assert IndexedImage.objects.get(product=kept)


def failing(product: Product) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column")


def test_a_fault_in_a_text_loses_no_picture(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "text", failing)
    product = make_shown(shape())
    assert IndexedImage.objects.get().product_id == product.pk
    assert not ProductText.objects.exists()


def test_a_fault_in_the_pictures_loses_no_word(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "pictures", failing)
    product = make_shown(name="Dress")
    assert "'dress'" in words_of(product)


def test_a_configuration_that_is_not_there_breaks_no_save(
    make_shown: MakeShown, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "klingon"}
    product = make_shown(shape())
    assert IndexedImage.objects.get().product_id == product.pk
    assert not ProductText.objects.exists()


def test_labels_that_are_no_texts_are_read_as_they_are_written(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def attributes(product: Product) -> Mapping[str, Any]:
        return {"size": 42, "material": None, "weight": 0.5}

    monkeypatch.setattr(catalogue(), "attributes", attributes)
    assert "'42'" in words_of(make_shown())


# --- deletes -----------------------------------------------------------------------------------


def test_a_deleted_product_takes_its_words_along_at_no_query(
    make_shown: MakeShown, django_assert_max_num_queries: Any
) -> None:
    product, other = make_shown(), make_shown()
    with django_assert_max_num_queries(20) as captured:
        product.delete()
        connection.check_constraints()  # as a commit does
    assert not any("producttext" in each["sql"] for each in captured.captured_queries)
    assert ProductText.objects.get().pk == other.pk
    Product.objects.all().delete()
    connection.check_constraints()
    assert not ProductText.objects.exists()


def test_words_that_no_constraint_deleted_are_forgotten(make_shown: MakeShown) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_producttext DROP CONSTRAINT vrs_goes_with_its_product")
    product, other = make_shown(), make_shown()
    product.delete()
    connection.check_constraints()
    assert ProductText.objects.count() == 2
    assert sync_all().words == 1
    assert ProductText.objects.get().pk == other.pk


# --- colours -----------------------------------------------------------------------------------


def colour(product: Product, position: int, **colours: float) -> None:
    """As a worker notes what it measured."""
    rows = IndexedImage.objects.filter(product=product, position=position)
    assert rows.update(colours=colours) == 1


def test_the_main_pictures_colours_are_words_of_their_own_weight(make_shown: MakeShown) -> None:
    product = make_shown(shape(), shape("bars"), name="Dress", description="linen")
    colour(product, 0, blue=0.4, white=0.3)
    colour(product, 1, red=0.9)
    assert sync(product).words == 1
    words = words_of(product)
    assert "'blue':3C,4C,5C,6C" in words and "'white':7C,8C,9C" in words
    assert "'red'" not in words
    assert sync(product).words == sync_all().words == 0


def test_a_main_picture_not_measured_yet_leaves_it_to_the_next(make_shown: MakeShown) -> None:
    product = make_shown(shape(), shape("bars"))
    colour(product, 1, red=0.9)
    assert sync_all().words == 1
    assert "'red'" in words_of(product)


def test_a_deleted_picture_takes_its_colours_along(make_shown: MakeShown) -> None:
    product = make_shown(shape(), shape("bars"))
    colour(product, 0, blue=0.9)
    colour(product, 1, red=0.9)
    sync(product)
    product.images.all()[0].delete()
    drain()
    assert "'red'" in words_of(product) and "'blue'" not in words_of(product)
    product.images.get().delete()
    drain()
    assert "'red'" not in words_of(product)


def test_another_order_of_the_pictures_is_another_colour(make_shown: MakeShown) -> None:
    product = make_shown(shape(), shape("bars"))
    colour(product, 0, blue=0.9)
    colour(product, 1, red=0.9)
    sync(product)
    first = product.images.all()[0]
    first.position = 7
    first.save()
    drain()
    assert "'red'" in words_of(product) and "'blue'" not in words_of(product)


def test_a_new_file_has_no_colour_until_it_is_measured(make_shown: MakeShown) -> None:
    product = make_shown(shape())
    colour(product, 0, blue=0.9)
    sync(product)
    picture = product.images.get()
    image_rows.invalidate(IndexedImage.objects.filter(name=picture.image.name))
    assert sync(product).words == 1
    assert "'blue'" not in words_of(product)


def test_a_shop_may_call_colours_otherwise_or_not_at_all(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_wine(product: Product, colours: Mapping[str, float]) -> str | None:
        if product.name == "Glass":
            return ""
        return words_in(colours).replace("wine", "cherry") if colours else None

    monkeypatch.setattr(catalogue(), "colour_words", without_wine)
    glass, dress = make_shown(shape(), name="Glass"), make_shown(shape("bars"), name="Dress")
    for product in (glass, dress):
        colour(product, 0, burgundy=0.9)
    assert sync(glass, dress).words == 1
    assert "'burgundi'" not in words_of(glass)
    assert "'burgundi'" in words_of(dress) and "'cherri'" in words_of(dress)
    assert "'wine'" not in words_of(dress)


def test_colours_are_named_in_the_language_of_the_texts(
    make_shown: MakeShown, settings: Settings
) -> None:
    product = make_shown(shape(), name="Kleid")
    colour(product, 0, blue=0.9)
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "german"}
    sync(product)
    assert "'blau'" in words_of(product) and "'blue'" not in words_of(product)
