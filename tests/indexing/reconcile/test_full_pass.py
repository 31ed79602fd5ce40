"""What no signal told of is found and mended, and a second run finds nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from shop.models import Category, Product, ProductImage
from vrs_app import spaces
from vrs_app.catalogue import catalogue
from vrs_app.indexing import claims, image_rows
from vrs_app.indexing.reconcile import Findings, reconcile
from vrs_app.infra import heartbeats
from vrs_app.models import Heartbeat, ImageEmbedding, IndexedImage, ProductText
from vrs_app.queries import search
from vrs_app.testing import drain
from vrs_app.vision import digest

from ...conftest import EmbedAll, MakeShown
from ...shapes import shape
from .conftest import Fail, file_of, is_served, let_second_looks_come

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(make_shown: MakeShown, embed_all: EmbedAll) -> list[IndexedImage]:
    """Three products of one picture each, embedded; their rows in this order."""
    for seed in range(3):
        make_shown(shape(seed=seed))
    assert embed_all() == 3
    return list(IndexedImage.objects.order_by("pk"))


def found_wrong() -> Findings:
    """What one run finds, without how many files it read."""
    return replace(reconcile(), files_read=0)


def finds_nothing(embed_all: EmbedAll) -> bool:
    """Whether nothing is left, neither now nor when the worker is done."""
    before = found_wrong()
    embed_all()
    return before == found_wrong() == Findings()


def test_a_shop_in_order_has_nothing_wrong(shop: list[IndexedImage]) -> None:
    assert reconcile() == Findings(files_read=3)


def test_bulk_created_products_are_found(shop: list[IndexedImage], embed_all: EmbedAll) -> None:
    shelf = Category.objects.get()
    made = Product.objects.bulk_create(
        Product(category=shelf, name=f"Bulk {n}", slug=f"bulk-{n}", price=10, stock=5)
        for n in range(4)
    )
    names = [default_storage.save(f"b{n}.jpg", ContentFile(shape("bars"))) for n in range(4)]
    ProductImage.objects.bulk_create(
        ProductImage(product=product, image=name)
        for product, name in zip(made, names, strict=True)
    )
    assert found_wrong() == Findings(pictures=4, words=4)
    assert embed_all() == 4
    assert finds_nothing(embed_all)
    assert all(map(is_served, IndexedImage.objects.filter(product__in=made)))


def test_queryset_updates_are_found(shop: list[IndexedImage], embed_all: EmbedAll) -> None:
    product = shop[0].product_id
    name = default_storage.save("other.jpg", ContentFile(shape("triangle")))
    ProductImage.objects.filter(product=product).update(image=name)
    Product.objects.filter(pk=product).update(name="Umbrella")
    found = found_wrong()
    assert (found.pictures, found.words) == (2, 1), "one row to make, one to remove"
    assert embed_all() == 1
    assert finds_nothing(embed_all)
    assert list(IndexedImage.objects.filter(product=product).values_list("name")) == [(name,)]
    assert [each.product.pk for each in search("umbrella", expand=False)] == [product]


def test_rows_deleted_without_a_signal_are_found(
    shop: list[IndexedImage], embed_all: EmbedAll
) -> None:
    ProductImage.objects.filter(product=shop[0].product_id)._raw_delete(using="default")
    ProductText.objects.filter(pk=shop[1].product_id).delete()
    assert found_wrong().pictures == 1
    assert finds_nothing(embed_all)
    assert not IndexedImage.objects.filter(pk=shop[0].pk).exists()
    assert ProductText.objects.count() == 3


def test_bytes_overwritten_behind_django_are_found_and_the_old_vector_is_shown_no_more(
    shop: list[IndexedImage], embed_all: EmbedAll
) -> None:
    file_of(shop[0]).write_bytes(shape("bars"))
    assert found_wrong() == Findings(files_changed=1)
    drain()  # its words do not tell the old colours either
    assert found_wrong() == Findings()
    assert not is_served(shop[0])
    assert is_served(shop[1])
    assert embed_all() == 1
    assert IndexedImage.objects.get(pk=shop[0].pk).digest == digest(shape("bars"))
    assert is_served(shop[0])
    assert finds_nothing(embed_all)


@pytest.mark.usefixtures("shop")
def test_bytes_that_a_file_field_saved_over_the_old_ones_need_no_finding(
    embed_all: EmbedAll, settings: Settings
) -> None:
    overwriting = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    overwriting |= {"OPTIONS": {"allow_overwrite": True}}  # type: ignore[dict-item]
    settings.STORAGES = {**settings.STORAGES, "default": overwriting}
    picture = ProductImage.objects.order_by("pk")[0]
    name = Path(str(picture.image.name)).name
    picture.image.save(name, ContentFile(shape("bars")))  # committed before the save
    drain()
    assert found_wrong() == Findings()
    assert embed_all() == 1
    assert digest(shape("bars")) in IndexedImage.objects.values_list("digest", flat=True)
    assert finds_nothing(embed_all)


def test_a_file_that_is_gone_is_found_and_fails_in_the_worker_and_is_shown_no_more(
    shop: list[IndexedImage], embed_all: EmbedAll
) -> None:
    file_of(shop[0]).unlink()
    assert found_wrong() == Findings(files_gone=1)
    assert is_served(shop[0]), "until the worker has seen it too"
    assert found_wrong() == Findings(), "the worker looks at it next"
    assert embed_all() == 0
    assert ImageEmbedding.objects.get(image=shop[0]).error_code == "missing"
    assert not is_served(shop[0])
    assert finds_nothing(embed_all)


def test_a_file_that_comes_back_is_found(shop: list[IndexedImage], embed_all: EmbedAll) -> None:
    file = file_of(shop[0])
    data = file.read_bytes()
    file.unlink()
    reconcile()
    embed_all()
    file.write_bytes(data)
    assert found_wrong() == Findings(files_changed=1)
    assert embed_all() == 1
    assert is_served(shop[0])
    assert finds_nothing(embed_all)


def test_a_bad_file_that_was_mended_behind_django_is_found(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape()[:300])
    assert embed_all() == 0
    assert finds_nothing(embed_all)
    image = IndexedImage.objects.get()
    file_of(image).write_bytes(shape())
    assert found_wrong() == Findings(files_changed=1)
    assert embed_all() == 1
    assert is_served(image)


def test_good_bytes_overwritten_by_bad_ones_fail_and_are_shown_no_more(
    shop: list[IndexedImage], embed_all: EmbedAll
) -> None:
    file_of(shop[0]).write_bytes(b"<html>")
    first = found_wrong()
    assert (first.wrong, shop[0].name in first.problems[0]) == (0, True)
    let_second_looks_come()
    assert found_wrong() == Findings(files_changed=1)
    assert embed_all() == 0
    let_second_looks_come()
    assert embed_all() == 0
    assert not is_served(shop[0])
    assert finds_nothing(embed_all)


def test_bad_bytes_that_are_found_by_embedding_again_are_shown_no_more(
    shop: list[IndexedImage], embed_all: EmbedAll
) -> None:
    file_of(shop[0]).write_bytes(b"<html>")
    image_rows.requeue(IndexedImage.objects.filter(pk=shop[0].pk))
    embed_all()
    let_second_looks_come()
    embed_all()
    assert not is_served(shop[0])
    assert finds_nothing(embed_all)


def test_expired_leases_are_found_and_their_pictures_are_still_tried_alone(
    make_shown: MakeShown, shop: list[IndexedImage], embed_all: EmbedAll
) -> None:
    make_shown(shape("bars"), shape("stripes"))
    space = spaces.active()
    assert space is not None
    assert len(claims.claim_batch(space)) == 2
    assert found_wrong() == Findings(), "a worker may be at it"
    ImageEmbedding.objects.exclude(lease_token=None).update(lease_until=timezone.now())
    assert found_wrong() == Findings(leases_expired=2)
    assert found_wrong() == Findings()
    [alone] = claims.claim_batch(space)
    claims.begin_decoding([alone])
    ImageEmbedding.objects.exclude(lease_until=None).update(lease_until=timezone.now())
    assert embed_all() == 2
    assert finds_nothing(embed_all)


def test_a_ready_picture_whose_vector_is_of_other_bytes_is_made_again(
    shop: list[IndexedImage], embed_all: EmbedAll
) -> None:
    """As after a backup of which only some tables were restored."""
    ImageEmbedding.objects.filter(image=shop[0]).update(digest="0" * 64)
    ImageEmbedding.objects.filter(image=shop[1]).update(vector=None)
    assert found_wrong() == Findings(vectors=2)
    assert embed_all() == 2
    assert all(map(is_served, shop))
    assert finds_nothing(embed_all)


def everything() -> list[Any]:
    tables = (IndexedImage, ImageEmbedding, ProductText, Heartbeat)
    return [list(table._base_manager.order_by("pk").values()) for table in tables]


def test_finding_only_changes_nothing(make_shown: MakeShown, shop: list[IndexedImage]) -> None:
    make_shown(shape("bars"))
    space = spaces.active()
    assert space is not None
    claims.claim_batch(space)
    ImageEmbedding.objects.exclude(lease_token=None).update(lease_until=timezone.now())
    product = shop[2].product_id
    ProductImage.objects.filter(product=product)._raw_delete(using="default")
    Product.objects.filter(pk=product).update(name="Umbrella")
    file_of(shop[0]).write_bytes(shape("bars"))
    file_of(shop[1]).unlink()
    before = everything()
    found = reconcile(find_only=True)
    assert everything() == before
    assert replace(found, files_read=0) == found_wrong()
    assert found.wrong == 5


def test_without_files_none_is_read(shop: list[IndexedImage], refused: list[str]) -> None:
    refused += [image.name for image in shop]
    assert reconcile(with_files=False) == Findings()


# --- what stands in the way ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ["pictures", "title"])
def test_a_product_that_the_catalogue_fails_at_costs_no_other_and_is_told_once(
    make_shown: MakeShown, shop: list[IndexedImage], fail_at: Fail, method: str
) -> None:
    bad, good = shop[0].product_id, shop[1].product_id
    Product.objects.update(name="Umbrella")
    IndexedImage.objects.all().delete()
    fail_at(method, bad)
    found = reconcile()
    assert found.faults == (f"Product {bad}: ZeroDivisionError: in the shop",)
    assert IndexedImage.objects.filter(product=good).exists()
    assert [each.product.pk for each in search("umbrella", expand=False)].count(good) == 1
    told = heartbeats.last(heartbeats.Part.RECONCILE)
    assert told is not None
    assert told.problem == f"Not compared: {found.faults[0]}."


def test_it_is_mended_once_the_catalogue_is(
    shop: list[IndexedImage], monkeypatch: pytest.MonkeyPatch, embed_all: EmbedAll
) -> None:
    IndexedImage.objects.all().delete()
    with monkeypatch.context() as broken:
        broken.setattr(catalogue(), "pictures", lambda product: 1 / 0)
        assert len(reconcile().faults) == 3
    found = found_wrong()
    assert (found.pictures, found.faults) == (3, ())
    told = heartbeats.last(heartbeats.Part.RECONCILE)
    assert told is not None
    assert told.problem == ""
    embed_all()
    assert finds_nothing(embed_all)


def test_words_that_the_database_refuses_hold_up_no_picture(
    shop: list[IndexedImage], settings: Settings
) -> None:
    IndexedImage.objects.all().delete()
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "klingon"}
    found = found_wrong()
    assert (found.pictures, found.faults) == (3, ())
    assert ["klingon" in problem for problem in found.problems] == [True]


def test_a_storage_that_is_away_is_told_and_harms_nothing(
    shop: list[IndexedImage], media: Path
) -> None:
    before = everything()[:3]
    media.rename(media.with_name("unmounted"))
    found = reconcile()
    assert (found.wrong, found.files_read) == (0, 0)
    assert "Mount it" in found.problems[0]
    assert everything()[:3] == before
    told = heartbeats.last(heartbeats.Part.FILES)
    assert told is not None
    assert "Mount it" in told.problem
    media.with_name("unmounted").rename(media)
    assert reconcile() == Findings(files_read=3)
