"""Measured colours among the words, and who need not wait for them."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from shop.models import Product
from vrs_app.catalogue import catalogue
from vrs_app.indexing import colour_text, text_rows
from vrs_app.models import IndexedImage, ProductText

from ..conftest import MakeShown
from ..shapes import shape


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    colour_text._deferred.clear()


def sync_every_picture() -> int:
    """What a worker does after a batch, in a connection of its own."""
    try:
        IndexedImage.objects.update(colours={"blue": 0.9})
        return colour_text.sync(list(IndexedImage.objects.values_list("pk", flat=True)))
    finally:
        connection.close()


def is_blue(product: Product) -> bool:
    return "'blue'" in str(ProductText.objects.get(product=product).words)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_a_second_for_a_long_save_and_the_next_batch_mends_it(
    make_shown: MakeShown, caplog: pytest.LogCaptureFixture
) -> None:
    held = [make_shown(shape(seed=seed), name="Dress") for seed in range(4)]
    free = make_shown(shape("bars"), name="Coat")
    with transaction.atomic(), ThreadPoolExecutor(1) as elsewhere:
        list(ProductText.objects.exclude(product=free).select_for_update())
        began = time.monotonic()
        assert elsewhere.submit(sync_every_picture).result(20) == 1
        assert 1 <= time.monotonic() - began < 4  # and not a second for each
    assert is_blue(free) and not any(map(is_blue, held))
    assert "colour_text_deferred products=4" in caplog.messages
    assert colour_text.sync([]) == 4
    assert all(map(is_blue, held))
    assert colour_text.sync([]) == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_is_not_misled_by_words_that_somebody_is_about_to_write(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words again look as if nothing were to be done, until the others are committed."""
    monkeypatch.setattr(colour_text, "LOCK_TIMEOUT", "20s")
    product = make_shown(shape(), name="Dress")
    assert sync_every_picture() == 1
    IndexedImage.objects.update(colours={})
    with ThreadPoolExecutor(1) as elsewhere:
        with transaction.atomic():
            assert text_rows.sync([product.pk]) == 1
            measuring = elsewhere.submit(sync_every_picture)
            with pytest.raises(TimeoutError):
                measuring.result(0.4)
        assert measuring.result(20) == 1
    assert is_blue(product)


@pytest.mark.django_db
def test_a_product_that_the_catalogue_fails_at_costs_no_other_its_colours(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad, also_good = (make_shown(shape(seed=seed)) for seed in range(3))
    IndexedImage.objects.update(colours={"blue": 0.9})

    def failing(product: Product) -> str:
        if product == bad:
            with connection.cursor() as cursor:
                cursor.execute("SELECT no_such_column")
        return "Dress"

    monkeypatch.setattr(catalogue(), "title", failing)
    images = list(IndexedImage.objects.values_list("pk", flat=True))
    assert colour_text.sync(images) == 2
    assert is_blue(good) and is_blue(also_good) and not is_blue(bad)
    assert f"words_not_written product={bad.pk}" in caplog.text
