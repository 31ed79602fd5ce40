from io import BytesIO

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction
from PIL import Image
from pytest_django import Settings
from pytest_django.fixtures import DjangoAssertNumQueries

from shop.models import Category, Product
from vrs_app.exceptions import NoActiveSpace
from vrs_app.models import IndexedImage
from vrs_app.reports.duplicates import Group, duplicates_of, groups, links, pairs
from vrs_app.reports.duplicates.pairs import Link

from ..comparing import invalidate_files
from ..conftest import EmbedAll, MakeShown
from ..shapes import shape
from ..vectors import fill

pytestmark = pytest.mark.django_db

DISC, BARS, STRIPES, TRIANGLE = map(shape, ("disc", "bars", "stripes", "triangle"))


def encoded_again(data: bytes) -> bytes:
    """The same photo as another system writes it, in other bytes."""
    file = BytesIO()
    Image.open(BytesIO(data)).save(file, "JPEG", quality=88)
    return file.getvalue()


def keys(group: Group) -> list[int]:
    return [product.pk for product in group.products]


def others(product: Product, threshold: float | None = None) -> list[Product]:
    return [pair.other for pair in duplicates_of(product, threshold)]


def test_the_same_file_under_two_products_is_a_pair(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    one, other, _ = make_shown(DISC), make_shown(DISC), make_shown(BARS)
    embed_all()
    (pair,) = pairs()
    assert {pair.product, pair.other} == {one, other}
    assert pair.similarity == pytest.approx(1)
    assert pair.same_photo
    assert {pair.picture.name, pair.other_picture.name} == {
        each.images.get().image.name for each in (one, other)
    }
    assert pair.picture.width == 128


def test_the_same_photo_in_other_bytes_is_a_pair_and_not_the_same_file(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    one, other = make_shown(DISC), make_shown(encoded_again(DISC))
    embed_all()
    (pair,) = pairs()
    assert {pair.product, pair.other} == {one, other}
    assert not pair.same_photo
    assert 0.99 < pair.similarity < 1
    assert [found.similarity for found in duplicates_of(one)] == pytest.approx([pair.similarity])


def test_products_of_the_same_kind_are_no_duplicates(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(shape("triangle", "teal"))
    make_shown(shape("triangle", "red", seed=3))
    embed_all()
    assert pairs() == duplicates_of(product) == []
    assert groups() == []


@pytest.mark.parametrize("fields", [{"published": False}, {"stock": 0}])
def test_products_that_shoppers_do_not_see_are_told_too(
    make_shown: MakeShown, embed_all: EmbedAll, fields: dict[str, object]
) -> None:
    one, hidden = make_shown(DISC), make_shown(DISC, **fields)
    embed_all()
    assert len(pairs()) == 1
    assert others(one) == [hidden]
    assert others(hidden) == [one]


def test_a_main_picture_is_looked_for_in_all_galleries(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    one, other = make_shown(DISC), make_shown(BARS, STRIPES, DISC)
    embed_all()
    (pair,) = pairs()
    assert {pair.product, pair.other} == {one, other}
    assert pair.same_photo
    assert others(one) == [other]
    assert others(other) == [one]


def test_a_size_chart_that_all_show_makes_no_duplicates(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    chart = TRIANGLE
    one = make_shown(DISC, chart)
    make_shown(BARS, chart)
    make_shown(STRIPES, encoded_again(chart))
    embed_all()
    assert pairs() == duplicates_of(one) == []


def test_a_product_is_no_duplicate_of_itself(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    product = make_shown(DISC, DISC, encoded_again(DISC))
    embed_all()
    assert pairs() == duplicates_of(product) == []


def test_products_hang_together_by_their_pairs(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    discs = [make_shown(DISC), make_shown(encoded_again(DISC)), make_shown(DISC)]
    bars = [make_shown(BARS), make_shown(BARS)]
    make_shown(TRIANGLE)
    embed_all()
    found = groups()
    assert sorted(map(keys, found)) == [[each.pk for each in discs], [each.pk for each in bars]]
    assert [len(group.pairs) for group in found if len(group.products) == 3] == [2]
    for group in found:
        strengths = [pair.similarity for pair in group.pairs]
        assert strengths == sorted(strengths, reverse=True)


def test_a_pair_is_told_with_its_nearest_pictures(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    one, _ = make_shown(DISC), make_shown(encoded_again(DISC), DISC)
    embed_all()
    for (pair,) in (pairs(), duplicates_of(one)):
        assert pair.same_photo
        assert pair.similarity == pytest.approx(1, abs=1e-4)


def test_the_threshold_is_the_settings_or_the_callers(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    one = make_shown(DISC)
    make_shown(shape("disc", seed=5))
    embed_all()
    assert pairs(1) == pairs() == duplicates_of(one) == []
    assert len(pairs(0.5)) == len(duplicates_of(one, 0.5)) == 1
    settings.VRS = settings.VRS | {"DUPLICATE_THRESHOLD": 0.5}
    assert len(pairs()) == len(duplicates_of(one)) == 1
    settings.VRS = settings.VRS | {"DUPLICATE_THRESHOLD": 1.5}
    assert pairs() == duplicates_of(one) == []


@pytest.mark.parametrize("threshold", [-0.1, 1.01, float("nan"), "0.9", True])
def test_a_threshold_that_cannot_be_is_named(
    make_shown: MakeShown, embed_all: EmbedAll, threshold: float
) -> None:
    product = make_shown(DISC)
    embed_all()
    refusal = "threshold takes a number from 0 to 1, not"
    with pytest.raises(ValueError, match=refusal):
        pairs(threshold)
    with pytest.raises(ValueError, match=refusal):
        duplicates_of(product, threshold)


def test_nothing_embedded_is_said_and_no_product_has_duplicates(make_shown: MakeShown) -> None:
    with pytest.raises(NoActiveSpace, match="vrs_embed"):
        pairs()
    assert duplicates_of(make_shown(DISC)) == []


def test_a_picture_whose_bytes_changed_is_no_duplicate_any_more(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    one, other = make_shown(DISC), make_shown(DISC)
    embed_all()
    invalidate_files([other], [IndexedImage.objects.get(product=other).name])
    assert pairs() == duplicates_of(one) == []


def test_a_product_that_is_gone_by_now_is_left_out(
    make_shown: MakeShown, embed_all: EmbedAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, gone = make_shown(DISC), make_shown(DISC)
    embed_all()
    whole = links._forest

    def deleting(found: list[Link]) -> list[Link]:
        gone.delete()
        return whole(found)

    monkeypatch.setattr(links, "_forest", deleting)
    assert pairs() == []


@pytest.mark.slow
def test_one_products_duplicates_cost_few_queries(
    make_shown: MakeShown,
    embed_all: EmbedAll,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    product = make_shown(DISC)
    for _ in range(20):
        make_shown(DISC)
    embed_all()
    with django_assert_max_num_queries(10):  # four are the search's transaction and settings
        assert len(duplicates_of(product)) == 20


def test_an_error_in_the_search_leaves_the_callers_transaction_whole(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(DISC)
    embed_all()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_imageembedding RENAME COLUMN digest TO away")
    with pytest.raises(DatabaseError), transaction.atomic():
        duplicates_of(product)
    assert Product.objects.exists()


@pytest.mark.slow
def test_blocks_of_any_size_find_what_one_block_finds(
    make_shown: MakeShown, embed_all: EmbedAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(DISC, BARS)
    embed_all()
    fill(300, category=Category.objects.get())
    twins = list(IndexedImage.objects.filter(product__name__startswith="P").order_by("pk"))
    for one, other in ((0, 250), (250, 120), (7, 8)):
        _copy_vector(twins[one], twins[other])
    whole = [sorted(map(keys, groups(threshold))) for threshold in (0.8, 0.99)]
    assert len(whole[1]) == 2
    assert len(whole[0]) < 100
    monkeypatch.setattr(links, "ROWS", 37)
    monkeypatch.setattr(links, "COLUMNS", 23)
    monkeypatch.setattr(links, "LINKS_A_BATCH", 5)
    assert [sorted(map(keys, groups(threshold))) for threshold in (0.8, 0.99)] == whole
    assert np.mean([len(found) for found in whole[0]]) > 1


def _copy_vector(source: IndexedImage, target: IndexedImage) -> None:
    vector = source.embeddings.get().vector
    target.embeddings.update(vector=vector)
