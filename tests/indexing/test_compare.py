"""Products are compared as they are committed, beside saves, deletions and other workers.

Two savers at once stand in `tests.faults.test_simultaneous`.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from shop.models import Product, ProductImage
from vrs_app.catalogue import catalogue
from vrs_app.indexing import compare
from vrs_app.indexing.catalogue_batches import Changes
from vrs_app.models import ImageEmbedding, IndexedImage, ProductText
from vrs_app.receivers import paused
from vrs_app.testing import drain

from ..at_once import at_once
from ..comparing import sync, sync_all
from ..conftest import EmbedAll, MakeShown
from ..shapes import shape

Between = Callable[[Callable[[], Any]], None]


def add(product: Product, name: str, position: int) -> ProductImage:
    file = ContentFile(shape(), f"{name}.jpg")
    return ProductImage.objects.create(product=product, image=file, position=position)


def rename(product: Product, name: str) -> None:
    product.name = name
    product.save()


def noted(product: Product) -> list[tuple[str, int]]:
    found = IndexedImage.objects.filter(product=product, withheld_at=None).order_by("position")
    return list(found.values_list("name", "position"))


def shown(product: Product) -> list[tuple[str, int]]:
    pictures = product.images.order_by("position")
    return [(str(picture.image.name), place) for place, picture in enumerate(pictures)]


def words_of(product: Product) -> str:
    return str(ProductText.objects.get(product=product).words)


# --- a save and a worker, two workers ----------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_wait_for_a_save_and_writes_nothing_of_it_before_its_commit(
    make_shown: MakeShown,
) -> None:
    product = make_shown(shape(), name="Dress")
    IndexedImage.objects.update(colours={"blue": 0.9})

    def compare_meanwhile() -> str:
        sync(product.pk)
        return words_of(product)

    meanwhile = at_once(lambda: rename(product, "Skirt"), compare_meanwhile)
    assert "'dress'" in meanwhile and "'blue'" in meanwhile
    drain()
    assert "'skirt'" in words_of(product) and "'blue'" in words_of(product)
    assert "'dress'" not in words_of(product)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_the_later_reads_the_product_when_the_earlier_has_committed(
    make_shown: MakeShown,
) -> None:
    product = make_shown(name="Dress")
    Product.objects.update(name="Skirt")

    def earlier() -> None:
        assert sync(product.pk).words == 1

    assert at_once(earlier, lambda: sync(product.pk)) == Changes()


@pytest.mark.django_db(transaction=True)
def test_two_first_writers_of_a_product_agree(make_shown: MakeShown) -> None:
    with paused():
        product = make_shown(shape(), name="Dress")
    first = Changes(pictures=1, words=1)

    def earlier() -> None:
        assert sync(product.pk) == first

    assert at_once(earlier, lambda: sync(product.pk)) == Changes()
    assert noted(product) == shown(product)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_take_the_same_products_in_any_order(make_shown: MakeShown) -> None:
    with paused():
        keys = [make_shown(shape()).pk for _ in range(6)]

    def earlier() -> None:
        sync(*keys)

    assert at_once(earlier, lambda: sync(*keys[::-1])) == Changes()
    assert ProductText.objects.count() == IndexedImage.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_nothing_had_noted_is_deleted_while_another_save_notes_it(
    save_shown: MakeShown,
) -> None:
    product = save_shown(shape())
    with paused():
        unnoted = add(product, "unnoted", 3)
    at_once(lambda: unnoted.delete(), lambda: (add(product, "b", 7), drain()))
    drain()
    assert noted(product) == shown(product)


# --- what happens between reading and writing --------------------------------------------------


@pytest.fixture
def between_reading_and_writing(monkeypatch: pytest.MonkeyPatch) -> Between:
    """Lets something happen once, when a worker has read the products and writes nothing yet."""

    def let(happen: Callable[[], Any]) -> None:
        real = compare._differences

        def differences(*arguments: Any) -> Any:
            found = real(*arguments)
            monkeypatch.undo()
            at_once(lambda: None, happen)
            return found

        monkeypatch.setattr(compare, "_differences", differences)

    return let


@pytest.mark.django_db(transaction=True)
def test_a_product_deleted_while_it_is_compared_is_no_error(
    make_shown: MakeShown, between_reading_and_writing: Between
) -> None:
    with paused():
        kept, gone = make_shown(shape("disc")), make_shown(shape("bars"))
    between_reading_and_writing(gone.delete)
    assert sync_all() == Changes(pictures=1, words=1)
    assert IndexedImage.objects.get().product_id == ProductText.objects.get().pk == kept.pk


@pytest.mark.django_db(transaction=True)
def test_a_picture_deleted_while_it_is_compared_is_gone_after_the_next_drain(
    make_shown: MakeShown, between_reading_and_writing: Between
) -> None:
    with paused():
        product = make_shown(shape())
    between_reading_and_writing(product.images.get().delete)
    sync(product)
    drain()
    assert noted(product) == []
    assert sync_all() == Changes()


@pytest.mark.django_db(transaction=True)
def test_a_picture_added_while_it_is_compared_is_there_after_the_next_drain(
    make_shown: MakeShown, between_reading_and_writing: Between
) -> None:
    product = make_shown(shape())
    between_reading_and_writing(lambda: add(product, "b", 7))
    sync(product)
    drain()
    assert noted(product) == shown(product)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_withheld_while_it_is_compared_is_shown_no_more(
    make_shown: MakeShown, embed_all: EmbedAll, between_reading_and_writing: Between
) -> None:
    product = make_shown(shape())
    embed_all()
    between_reading_and_writing(product.images.get().delete)
    ProductImage.objects.update(position=3)
    sync(product)
    assert not ImageEmbedding.objects.filter(ImageEmbedding.is_servable()).exists()


# --- what it costs and who it costs ------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("products", [1, 8])
def test_a_batch_takes_the_same_few_statements_however_many_products_it_has(
    make_shown: MakeShown, products: int
) -> None:
    with paused():
        keys = [make_shown(shape(seed=seed)).pk for seed in range(products)]
    with CaptureQueriesContext(connection) as queries:
        assert sync(*keys) == Changes(pictures=products, words=products)
    assert len(queries) <= 18


@pytest.mark.django_db
def test_where_nothing_differs_nothing_is_written(
    make_shown: MakeShown, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    product = make_shown(shape())
    with django_assert_max_num_queries(12) as captured:
        assert sync(product) == Changes()
    starts = ("INSERT", "UPDATE", "DELETE")
    assert not any(query["sql"].startswith(starts) for query in captured.captured_queries)


@pytest.mark.django_db
def test_a_product_whose_pictures_raise_keeps_its_rows_and_its_words_follow(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    products = [make_shown(shape(seed=seed), name="Dress") for seed in range(3)]
    Product.objects.update(name="Skirt")
    ProductImage.objects.all()._raw_delete("default")
    real = catalogue().pictures

    def pictures(product: Product) -> Any:
        if product == products[1]:
            raise LookupError("odd")
        return real(product)

    monkeypatch.setattr(catalogue(), "pictures", pictures)
    errors: dict[Any, Exception] = {}
    changes = compare.sync([product.pk for product in products], errors)
    assert changes == Changes(pictures=2, words=3)
    assert [*errors] == [products[1].pk]
    assert IndexedImage.objects.get().product_id == products[1].pk


@pytest.mark.slow
@pytest.mark.django_db
def test_words_that_the_database_refuses_cost_no_other_product(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    products = [make_shown(name="Dress") for _ in range(5)]
    too_long = " ".join(f"{number:x}{'y' * 40}" for number in range(30_000))

    def title(product: Product) -> str:
        return too_long if product == products[2] else "Skirt"

    monkeypatch.setattr(catalogue(), "title", title)
    monkeypatch.setattr("vrs_app.indexing.text_document.plain", str)
    errors: dict[Any, Exception] = {}
    compare.sync([product.pk for product in products], errors)
    assert [*errors] == [products[2].pk]
    assert ["'skirt'" in words_of(product) for product in products] == [True] * 2 + [False] + [
        True
    ] * 2


@pytest.mark.django_db
def test_a_dry_run_tells_what_differs_and_writes_nothing(make_shown: MakeShown) -> None:
    with paused():
        make_shown(shape())
    found = compare.sync_catalogue(find_only=True).changes
    assert found == Changes(pictures=1, words=1)
    assert not IndexedImage.objects.exists()
    assert not ProductText.objects.exists()


@pytest.mark.django_db
def test_a_product_that_the_catalogue_leaves_out_has_no_rows(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product, other = make_shown(shape()), make_shown(shape("bars"))
    products = catalogue().products
    monkeypatch.setattr(catalogue(), "products", lambda: products().exclude(pk=product.pk))
    assert compare.find([product.pk, other.pk], {}) == Changes(pictures=1, words=1)
    assert compare.sync([product.pk, other.pk], {}) == Changes(pictures=1, words=1)
    assert IndexedImage.objects.get().product_id == ProductText.objects.get().pk == other.pk
