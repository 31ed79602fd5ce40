import re
from typing import Any

import pytest
from django.db.models import Count
from pytest_django import Settings

from shop.models import Product
from vrs_app.catalogue import catalogue
from vrs_app.queries import Source, knn_sql, newest_products, similar_products, similar_to

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


def columns_of(select: str) -> set[str]:
    """The names under which a statement's columns travel."""
    while (flat := re.sub(r"\([^()]*\)", "", select)) != select:  # subqueries have their own
        select = flat
    columns = select.removeprefix("SELECT ").partition(" FROM ")[0].split(", ")
    return {column.replace(" AS ", ".").rpartition(".")[2].strip('"') for column in columns}


@pytest.fixture
def many(
    look_alikes: LookAlikes,
    make_shown: MakeShown,
    embed_all: EmbedAll,
    monkeypatch: pytest.MonkeyPatch,
) -> LookAlikes:
    """More pictures than a carousel looks at; of fewer, the exact scan has to make sure.

    In a small table, however many rows other tests have left dead in it.
    """
    monkeypatch.setattr(knn_sql, "SMALL_TABLE", 2**60)
    for seed in range(30, 35):
        make_shown(shape("triangle", seed=seed), category="triangle")
    embed_all()
    return look_alikes


@pytest.fixture
def no_curation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop without an app for its merchants."""
    monkeypatch.setattr("vrs_app.queries.curation._curations", [])


@pytest.mark.usefixtures("no_curation")
def test_a_carousel_takes_three_selects_and_opens_no_file(
    many: LookAlikes, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.open", None)
    with django_assert_num_queries(3) as captured:
        found = similar_products(many["disc"][0], limit=6)
        assert all((item.title, item.url, item.thumbnail_url, item.width) for item in found)
    assert all("SELECT" in query["sql"] for query in captured.captured_queries)


@pytest.mark.usefixtures("no_curation")
def test_no_vector_travels_that_is_not_asked_for(
    many: LookAlikes, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3) as captured:
        list(similar_products(many["disc"][0], limit=6))
    statements = [query["sql"] for query in captured.captured_queries]
    selects = [statement for statement in statements if statement.startswith("SELECT")]
    question, pictures, products = map(columns_of, selects)
    assert question == {"space_id", "dimensions", "embedding_id", "table_bytes"}
    file = {"name", "width", "height"}
    assert pictures == {"pk", "distance", "packed", "product_id", "digest", "image_digest"} | file
    assert products == {field.column for field in Product._meta.concrete_fields}


def test_too_few_look_alikes_are_filled_up_from_the_category(
    look_alikes: LookAlikes, make_shown: MakeShown
) -> None:
    product = make_shown(shape("disc"), category="bars")
    found = similar_products(product, limit=4, sources=["visual", "category"])
    assert {item.source for item in found} == {Source.CATEGORY}
    assert {item.product for item in found} <= set(look_alikes["bars"])
    assert all(item.thumbnail_url and item.width for item in found)


def test_filling_up_keeps_the_catalogues_order(
    look_alikes: LookAlikes, make_shown: MakeShown
) -> None:
    product = make_shown(shape("disc"), category="bars")
    newest = sorted(look_alikes["bars"], key=lambda each: each.created, reverse=True)
    found = similar_products(product, limit=4, sources=["category"])
    assert [item.product for item in found] == newest[:4]


def test_a_category_in_an_order_of_its_own_making_fills_up(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_pictures(product: Product, queryset: Any) -> Any:
        same = queryset.filter(category_id=product.category_id)
        return same.annotate(pictures=Count("images")).order_by("-pictures", "pk")

    monkeypatch.setattr(catalogue(), "same_category", by_pictures)
    product = look_alikes["disc"][0]
    assert len(similar_products(product, limit=5, sources=["category"])) == 5


def test_the_fallback_never_repeats_a_look_alike(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    similarity = similar_to(product)[1].similarity
    sources = ("visual", "category")
    found = similar_products(product, limit=5, minimum=3, threshold=similarity, sources=sources)
    assert [item.source for item in found] == ["visual"] * 2 + ["category"] * 3
    assert len({item.product for item in found} - {product}) == 5


def test_fewer_than_the_minimum_is_nothing_at_all(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product, _ = make_shown(shape(seed=1)), make_shown(shape(seed=2))
    embed_all()
    assert similar_products(product, minimum=2) == []
    assert len(similar_products(product, minimum=1)) == 1


def test_a_limit_below_the_minimum_is_still_answered(look_alikes: LookAlikes) -> None:
    assert len(similar_products(look_alikes["disc"][0], limit=2)) == 2


# --- the ladder ---------------------------------------------------------------------------


def sources_of(found: Any) -> list[str]:
    return [item.source.value for item in found]


def test_look_alikes_then_words_then_category_then_the_newest(
    look_alikes: LookAlikes, make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "category_name", lambda product: None)
    product = make_shown(name="Scarlet wrap", category="oddments")
    make_shown(name="Woollen wrap", category="shawls")
    make_shown(name="Silk throw", category="oddments")
    found = similar_products(product, limit=5)
    assert sources_of(found) == ["text", "category", "newest", "newest", "newest"]
    titles = [item.title for item in found]
    assert titles[:2] == ["Woollen wrap", "Silk throw"]


def test_a_source_is_asked_only_while_there_are_too_few(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    similarity = similar_to(product)[2].similarity
    found = similar_products(product, limit=8, minimum=3, threshold=similarity)
    assert sources_of(found) == ["visual"] * 3


@pytest.mark.parametrize("sources", [("newest",), ("category", "newest"), ("visual",)])
def test_the_shop_chooses_its_sources(
    look_alikes: LookAlikes, settings: Settings, sources: tuple[str, ...]
) -> None:
    settings.VRS = {**settings.VRS, "SOURCES": sources}
    found = similar_products(look_alikes["disc"][0], limit=4)
    assert set(sources_of(found)) == {sources[0]}


def test_a_second_page_goes_on_where_the_first_ended(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    options: dict[str, Any] = {"threshold": 0.999, "minimum": 4}
    whole = similar_products(product, limit=12, **options)
    first = similar_products(product, limit=6, **options)
    second = similar_products(product, limit=6, offset=6, **options)
    assert [item.product for item in [*first, *second]] == [item.product for item in whole]
    assert [item.position for item in second] == [7, 8, 9, 10, 11, 12]


def test_a_slice_of_an_answer_has_the_whole_answers_minimum(
    look_alikes: LookAlikes, make_shown: MakeShown
) -> None:
    product = look_alikes["disc"][0]
    found = similar_products(product, limit=6, minimum=4)
    assert [item.product for item in found[:2]] == [item.product for item in [*found][:2]]


def test_a_shop_that_knows_nothing_but_pictures_shows_nothing_else(
    look_alikes: LookAlikes, make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "same_category", lambda product, queryset: None)
    monkeypatch.setattr(catalogue(), "newest", lambda queryset: None)
    assert similar_products(make_shown(name="Unheard-of", category="none such"), minimum=1) == []


def test_every_source_keeps_to_the_filters(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    kept = {each.pk for each in [*look_alikes["disc"], *look_alikes["bars"]][::2]}
    for source in ("visual", "text", "category", "newest"):
        found = similar_products(
            product,
            queryset=Product.objects.filter(pk__in=kept),
            exclude=[look_alikes["disc"][2]],
            sources=[source],
            minimum=1,
        )
        keys = {item.product.pk for item in found}
        assert keys, source
        assert keys <= kept - {product.pk, look_alikes["disc"][2].pk}, source


def test_pages_of_three_are_the_page_of_twelve(
    look_alikes: LookAlikes, make_shown: MakeShown
) -> None:
    """However few look alike, and however few a page holds."""
    product = look_alikes["disc"][0]
    similarity = similar_to(product)[2].similarity
    for minimum in (2, 4):
        options: dict[str, Any] = {"threshold": similarity, "minimum": minimum}
        whole = [item.product for item in similar_products(product, limit=12, **options)]
        pages = [
            item.product
            for offset in range(0, 12, 3)
            for item in similar_products(product, limit=3, offset=offset, **options)
        ]
        assert pages == whole, minimum


def test_a_minimum_of_none_is_filled_up_all_the_same(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    assert len(similar_products(product, threshold=1, minimum=0, limit=5)) == 5
    assert similar_products(product, threshold=1, minimum=0, sources=["visual"]) == []


def test_the_fallback_repeats_no_twin(
    look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = look_alikes["disc"][0]
    twins = [make_shown(shape("disc", seed=1), category="disc") for _ in range(2)]
    embed_all()
    found = similar_products(product, limit=12, minimum=12)
    keys = [each.product.pk for item in found for each in (item, *item.duplicates)]
    assert len(keys) == len(set(keys))
    assert {twin.pk for twin in twins} <= set(keys)


@pytest.mark.parametrize("source", ["text", "category", "newest"])
def test_a_filter_that_joins_repeats_no_product(
    look_alikes: LookAlikes, make_shown: MakeShown, source: str
) -> None:
    several = make_shown(*(shape("bars", seed=seed) for seed in range(5)), category="disc")
    joined = Product.objects.filter(images__position__gte=0)
    found = similar_products(look_alikes["disc"][0], queryset=joined, sources=[source], limit=6)
    products = [item.product for item in found]
    assert several in products
    assert len(set(products)) == len(products) == 6


@pytest.mark.parametrize("sources", [["pinned"], ["visul"]])
def test_sources_that_cannot_be_are_named(look_alikes: LookAlikes, sources: list[str]) -> None:
    with pytest.raises(ValueError, match=f"visual, text, category, newest, not {sources[0]}"):
        similar_products(look_alikes["disc"][0], sources=sources)


def test_a_picture_that_failed_is_not_shown_as_a_broken_one(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    """What fills up has its first picture that can be looked at, or none."""
    both = make_shown(b"no picture", shape("bars"))
    bad = make_shown(b"no picture either")
    embed_all()
    shown = {item.product: item.picture for item in newest_products()}
    assert shown[bad] is None
    picture = shown[both]
    assert picture is not None and f"{both.slug}-1" in picture.name
