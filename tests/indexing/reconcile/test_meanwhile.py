"""Reconciling amidst a shop that goes on saving, deleting and embedding."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Event

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from shop.models import Category, Product, ProductImage
from vrs_app.indexing import catalogue_batches, worker
from vrs_app.indexing.reconcile import Findings, reconcile
from vrs_app.models import ImageEmbedding, IndexedImage, ProductText
from vrs_app.vision import digest

from ...conftest import EmbedAll, MakeShown
from ...shapes import shape
from .conftest import file_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KINDS = ("disc", "stripes", "bars", "triangle")
ACTIONS = 25
"""Of each of the two who keep the shop."""


def picture(chance: random.Random) -> bytes:
    return shape(chance.choice(KINDS), seed=chance.randrange(1000))


def act(chance: random.Random, shelf: Category, number: int) -> None:
    """One thing that somebody does with the products of a shelf, half of it without a signal."""
    products = list(Product.objects.filter(category=shelf).order_by("pk"))
    images = list(ProductImage.objects.filter(product__in=products).order_by("pk"))
    product = chance.choice(products)
    image = chance.choice(images) if images else None
    file = ContentFile(picture(chance), f"p{number}.jpg")
    match chance.randrange(8):
        case 0:
            made = Product.objects.create(category=shelf, name=f"New {number}", price=1, stock=5)
            ProductImage.objects.create(product=made, image=file)
        case 1:
            name = default_storage.save(f"bulk{number}.jpg", file)
            ProductImage.objects.bulk_create([ProductImage(product=product, image=name)])
        case 2:
            Product.objects.filter(pk=product.pk).update(name=f"Renamed {number}")
        case 3 if len(products) > 3:
            product.delete()
        case 4 if image:
            image.delete()
        case 5 if image:
            image.image = file
            image.save()
        case 6 if image:
            default_storage.delete(str(image.image.name))
            default_storage.save(str(image.image.name), file)
        case 7 if image:
            with transaction.atomic():
                image.position += 1
                image.save()


def in_a_connection_of_its_own(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        connection.close()


def keep_shelf(number: int) -> None:
    chance = random.Random(number)
    shelf = Category.objects.get(slug=f"shelf-{number}")
    for action in range(ACTIONS):
        act(chance, shelf, 1000 * number + action)


def go_on(work: Callable[[], object], over: Event) -> None:
    while not over.is_set():
        work()


def test_no_save_fails_and_all_agrees_once_the_shop_is_quiet(
    make_shown: MakeShown, embed_all: EmbedAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_batches, "PRODUCTS_PER_BATCH", 7)
    for seed in range(12):
        make_shown(shape(KINDS[seed % 4], seed=seed), category=f"shelf-{seed % 2}")
    over = Event()
    with ThreadPoolExecutor(4) as people:
        background = [
            people.submit(in_a_connection_of_its_own, partial(go_on, work, over))
            for work in (reconcile, worker.embed_batch)
        ]
        keepers = [
            people.submit(in_a_connection_of_its_own, partial(keep_shelf, number))
            for number in range(2)
        ]
        try:
            for keeper in keepers:
                keeper.result(120)
        finally:
            over.set()
        for each in background:
            each.result(60)
    reconcile()
    embed_all()
    reconcile()
    embed_all()
    assert replace(reconcile(), files_read=0) == Findings()
    assert_all_agrees()


def assert_all_agrees() -> None:
    shown = {(image.product_id, image.image.name) for image in ProductImage.objects.all()}
    assert set(IndexedImage.objects.values_list("product_id", "name")) == shown
    assert set(ProductText.objects.values_list("pk", flat=True)) == set(
        Product.objects.values_list("pk", flat=True)
    )
    for image in IndexedImage.objects.all():
        present = digest(file_of(image).read_bytes())
        row = ImageEmbedding.objects.get(image=image)
        assert (row.state, row.digest, image.digest) == ("ready", present, present)


def test_a_product_deleted_amidst_the_walk_is_no_error(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    products = [make_shown(shape(seed=seed)) for seed in range(8)]
    embed_all()
    over = Event()
    with ThreadPoolExecutor(1) as elsewhere:
        walking = elsewhere.submit(in_a_connection_of_its_own, partial(go_on, reconcile, over))
        for product in products:
            product.delete()
        over.set()
        walking.result(60)
    assert reconcile() == Findings()
    assert not IndexedImage.objects.exists()
