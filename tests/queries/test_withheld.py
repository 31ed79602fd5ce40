"""From the save that replaces a file until a worker drains, nothing uses the old picture."""

import pytest
from django.core.files.base import ContentFile

from shop.models import Product
from vrs_app.models import Change, IndexedImage
from vrs_app.queries import Source, more_like_these, newest_products, similar_products, similar_to
from vrs_app.reports.duplicates import duplicates_of, pairs
from vrs_app.reports.evaluation import by_photo
from vrs_app.testing import drain

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


def replace_file(product: Product) -> None:
    """A save that gives the product's one picture another file; no worker drains it."""
    picture = product.images.get()
    picture.image = ContentFile(shape("bars"), "other.jpg")
    picture.save()
    assert Change.objects.exists()
    assert not IndexedImage.objects.shown().filter(product=product.pk).exists()


def test_no_answer_has_a_product_by_its_old_picture(look_alikes: LookAlikes) -> None:
    product, replaced, *others = look_alikes["disc"]
    assert replaced in [item.product for item in similar_to(product)]
    replace_file(replaced)
    found = [item.product for item in similar_to(product)]
    assert replaced not in found
    assert {*others} <= {*found}


def test_nothing_is_searched_by_an_old_picture(look_alikes: LookAlikes) -> None:
    replaced = look_alikes["disc"][0]
    assert more_like_these([replaced])
    replace_file(replaced)
    assert not similar_to(replaced)
    assert not more_like_these([replaced])


def test_no_card_shows_an_old_picture(look_alikes: LookAlikes) -> None:
    product, replaced, *_ = look_alikes["disc"]
    replace_file(replaced)
    for found in (
        newest_products(limit=100),
        similar_products(product, sources=["category"], minimum=1),
    ):
        [card] = [item for item in found if item.product == replaced]
        assert card.source != Source.VISUAL
        assert card.picture is None


def test_no_twin_is_found_by_an_old_picture(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    product, replaced, third = (make_shown(shape()) for _ in range(3))
    embed_all()
    assert {pair.other for pair in duplicates_of(product)} == {replaced, third}
    replace_file(replaced)
    assert [pair.other for pair in duplicates_of(product)] == [third]
    assert duplicates_of(replaced) == []
    assert [{pair.product, pair.other} for pair in pairs()] == [{product, third}]
    [item] = similar_to(product)
    assert (item.product, item.duplicates) == (third, ())


def test_no_evaluation_reads_an_old_picture(look_alikes: LookAlikes) -> None:
    product, replaced, *_ = look_alikes["disc"]
    replace_file(replaced)
    asked = by_photo._main_pictures([product.pk, replaced.pk])
    assert [key for key, _ in asked] == [product.pk]


def test_the_new_picture_is_shown_once_a_worker_has_drained(look_alikes: LookAlikes) -> None:
    replaced = look_alikes["disc"][1]
    replace_file(replaced)
    drain()
    [card] = [item for item in newest_products(limit=100) if item.product == replaced]
    assert card.picture is not None
    assert card.picture.name == replaced.images.get().image.name


def test_a_picture_that_is_shown_all_the_same_comes_back_as_it_was(
    look_alikes: LookAlikes,
) -> None:
    product, other, *_ = look_alikes["disc"]
    IndexedImage.objects.filter(product=other.pk).update(withheld_at="2026-01-01T00:00Z")
    other.save()
    assert other not in [item.product for item in similar_to(product)]
    drain()
    assert other in [item.product for item in similar_to(product)]
