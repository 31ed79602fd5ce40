from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Count
from pytest_django import DjangoAssertNumQueries, Settings

from shop.models import Category, Product, ProductImage
from vrs_app import spaces
from vrs_app.catalogue import catalogue
from vrs_app.conf import Settings as VrsSettings
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.queries import Source, nearest, same_category, similar_products, similar_to

from .conftest import EmbedAll, MakeShown
from .shapes import shape
from .vectors import fill

pytestmark = pytest.mark.django_db
LookAlikes = dict[str, list[Product]]


def show(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        value: str = cursor.fetchone()[0]
    return value


def columns_of(select: str) -> set[str]:
    """The names under which a statement's columns travel."""
    columns = select.removeprefix("SELECT ").partition(" FROM ")[0].split(", ")
    return {column.replace(" AS ", ".").rpartition(".")[2].strip('"') for column in columns}


# --- similar_to --------------------------------------------------------------------------


def test_the_nearest_are_those_that_look_alike(look_alikes: LookAlikes) -> None:
    for kind, products in look_alikes.items():
        found = {item.product for item in similar_to(products[0], limit=5)}
        assert found == set(products[1:]), kind


def test_answers_come_nearest_first_with_their_similarity(look_alikes: LookAlikes) -> None:
    found = similar_to(look_alikes["disc"][0])
    similarities = [item.similarity or 0 for item in found]
    assert similarities == sorted(similarities, reverse=True)
    assert all(-1 <= similarity <= 1 for similarity in similarities)
    assert {item.source for item in found} == {Source.VISUAL}


def test_the_product_itself_is_never_among_them(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    assert product not in {item.product for item in similar_to(product, limit=100)}


def test_a_product_appears_once_with_its_best_picture(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(shape("disc"))
    many = make_shown(*(shape("disc", seed=seed) for seed in range(1, 30)))
    others = [make_shown(shape("disc", seed=seed)) for seed in range(40, 45)]
    embed_all()
    found = similar_to(product, limit=6)
    assert {item.product for item in found} == {many, *others}
    assert len(found) == 6


def test_hidden_products_are_never_shown_and_shown_again_at_once(look_alikes: LookAlikes) -> None:
    product, twin, *_ = look_alikes["disc"]
    for hide, show_again in (
        ({"published": False}, {"published": True}),
        ({"stock": 0}, {"stock": 3}),
    ):
        Product.objects.filter(pk=twin.pk).update(**hide)
        assert twin not in {item.product for item in similar_to(product)}
        assert len(similar_to(product, limit=5)) == 5
        Product.objects.filter(pk=twin.pk).update(**show_again)
        assert twin in {item.product for item in similar_to(product, limit=5)}


def test_any_queryset_of_the_shops_products_holds_inside_the_search(
    look_alikes: LookAlikes,
) -> None:
    product = look_alikes["disc"][0]
    bars = Product.objects.filter(category__slug="bars").select_related("category")
    found = similar_to(product, queryset=bars, limit=4)
    assert {item.product.category.slug for item in found} == {"bars"}
    assert len(found) == 4


def test_the_shops_own_queryset_keeps_what_it_fetched(
    look_alikes: LookAlikes, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = similar_to(look_alikes["disc"][0], queryset=Product.objects.select_related("category"))
    with django_assert_num_queries(0):
        assert all(item.product.category.name for item in found)


def test_a_sliced_queryset_is_accepted(look_alikes: LookAlikes) -> None:
    cheapest = Product.objects.order_by("pk")[:3]
    assert len(similar_to(look_alikes["bars"][0], queryset=cheapest)) == 3


@pytest.mark.parametrize(
    "chosen",
    [
        lambda: Product.objects.values("name"),
        lambda: Product.objects.values_list("pk", flat=True),
        lambda: Product.objects.distinct(),
        lambda: Product.objects.order_by("stock", "price", "pk").distinct("stock", "price", "pk"),
        lambda: Product.objects.filter(price=10).union(Product.objects.filter(price=11)),
        lambda: Product.objects.annotate(pictures=Count("images")),
        lambda: Product.objects.defer("name"),
    ],
)
def test_whatever_a_queryset_does_products_come_of_it(
    look_alikes: LookAlikes, chosen: Callable[[], Any]
) -> None:
    found = similar_to(look_alikes["bars"][0], queryset=chosen(), limit=3)
    assert len(found) == 3
    assert all(isinstance(item.product, Product) for item in found)


@pytest.mark.parametrize("chosen", [Category.objects, [1, 2]])
def test_anything_but_the_shops_products_is_refused_by_name(
    look_alikes: LookAlikes, chosen: Any
) -> None:
    with pytest.raises(TypeError, match="takes a QuerySet of Product"):
        similar_to(look_alikes["bars"][0], queryset=chosen)


def test_excluded_products_stay_away(look_alikes: LookAlikes) -> None:
    product, first, second, *_ = look_alikes["disc"]
    found = {item.product for item in similar_to(product, exclude=[first, second.pk])}
    assert not found & {first, second}


def test_the_threshold_cuts_what_is_less_similar(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    everything = similar_to(product, limit=23)
    middle = everything[10].similarity or 0
    kept = similar_to(product, limit=23, threshold=middle)
    assert len(kept) == 11
    assert similar_to(product, threshold=1.01) == []


def test_a_product_that_is_not_embedded_yet_has_no_look_alikes(
    look_alikes: LookAlikes, make_shown: MakeShown
) -> None:
    assert similar_to(make_shown(shape("disc"))) == []
    assert similar_to(make_shown()) == []


def test_a_failed_main_picture_leaves_the_question_to_the_next(
    look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(b"no picture", shape("stripes", seed=99))
    embed_all()
    assert {item.product for item in similar_to(product, limit=6)} == set(look_alikes["stripes"])


# --- similar_products ----------------------------------------------------------------------


def test_a_carousel_takes_three_selects_and_opens_no_file(
    look_alikes: LookAlikes, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.open", None)
    with django_assert_num_queries(7) as captured:
        found = similar_products(look_alikes["disc"][0])
        assert all((item.title, item.url, item.thumbnail_url, item.width) for item in found)
    statements = [query["sql"] for query in captured.captured_queries]
    assert sum("SELECT" in statement for statement in statements) == 3


def test_no_vector_travels_that_is_not_asked_for(
    look_alikes: LookAlikes, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(7) as captured:
        similar_products(look_alikes["disc"][0])
    statements = [query["sql"] for query in captured.captured_queries]
    selects = [statement for statement in statements if statement.startswith("SELECT")]
    question, pictures, products = map(columns_of, selects)
    assert question == {"space_id", "dimensions", "text"}
    file = {"name", "width", "height"}
    assert pictures == {"distance", "product_id", "digest", "image_digest"} | file
    assert products == {field.column for field in Product._meta.concrete_fields}


def test_too_few_look_alikes_are_filled_up_from_the_category(
    look_alikes: LookAlikes, make_shown: MakeShown
) -> None:
    product = make_shown(shape("disc"), category="bars")
    found = similar_products(product, limit=4)
    assert {item.source for item in found} == {Source.CATEGORY}
    assert {item.product for item in found} <= set(look_alikes["bars"])
    assert all(item.thumbnail_url and item.width for item in found)


def test_filling_up_takes_no_more_selects(
    look_alikes: LookAlikes, django_assert_num_queries: Any
) -> None:
    product = look_alikes["disc"][0]
    similarity = similar_to(product)[1].similarity
    with django_assert_num_queries(7) as captured:
        found = similar_products(product, limit=5, minimum=3, threshold=similarity)
    assert {item.source for item in found} == {Source.VISUAL, Source.CATEGORY}
    statements = [query["sql"] for query in captured.captured_queries]
    assert sum(statement.startswith("SELECT") for statement in statements) == 3


def test_filling_up_keeps_the_catalogues_order(
    look_alikes: LookAlikes, make_shown: MakeShown
) -> None:
    product = make_shown(shape("disc"), category="bars")
    newest = sorted(look_alikes["bars"], key=lambda each: each.created, reverse=True)
    assert [item.product for item in similar_products(product, limit=4)] == newest[:4]


def test_a_page_looks_once_however_many_pictures_its_products_have(
    make_shown: MakeShown, embed_all: EmbedAll, django_assert_num_queries: Any
) -> None:
    product = make_shown(shape("disc"))
    make_shown(*(shape("disc", seed=seed) for seed in range(1, 30)))
    make_shown(*(shape("bars", seed=seed) for seed in range(3)))
    embed_all()
    with django_assert_num_queries(7):
        similar_products(product, limit=3)


def test_a_category_in_an_order_of_its_own_making_fills_up(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_pictures(product: Product, queryset: Any) -> Any:
        same = queryset.filter(category_id=product.category_id)
        return same.annotate(pictures=Count("images")).order_by("-pictures", "pk")

    monkeypatch.setattr(catalogue(), "same_category", by_pictures)
    product = look_alikes["disc"][0]
    assert len(similar_products(product, limit=5, threshold=0.99999)) == 5


def test_the_fallback_never_repeats_a_look_alike(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    similarity = similar_to(product)[1].similarity
    found = similar_products(product, limit=5, minimum=3, threshold=similarity)
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


def test_a_shop_without_categories_has_no_fallback(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "same_category", lambda product, queryset: None)
    assert same_category(look_alikes["disc"][0]) == []


# --- the core ---------------------------------------------------------------------------------


@pytest.fixture
def hundreds(embed_all: EmbedAll, make_shown: MakeShown) -> Product:
    """A product among a thousand with realistic vectors."""
    product = make_shown(shape())
    embed_all()
    fill(1000, category=Category.objects.get())
    return product


def plan(product: Product, limit: int = 36) -> str:
    query = nearest.main_vector(product)
    assert query is not None
    with nearest.index_settings("default"):
        pictures = nearest.pictures_by_distance(query, catalogue().visible(), [product.pk])
        return pictures[:limit].explain()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_query_takes_the_index_of_its_space(hundreds: Product) -> None:
    fill(2000, category=Category.objects.get(), prefix="More")
    space = spaces.active()
    assert space is not None
    assert f"Index Scan using {spaces.index_name(space)}" in plan(hundreds)


def test_a_filter_inside_the_search_shortens_no_answer(hundreds: Product) -> None:
    few = Product.objects.filter(price__lt=3)
    assert few.count() < 40
    assert len(similar_to(hundreds, queryset=few, limit=12)) == 12


def test_dead_neighbours_shorten_no_answer(hundreds: Product) -> None:
    near = [item.product.pk for item in similar_to(hundreds, limit=60)]
    IndexedImage.objects.filter(product__in=near).delete()
    assert len(similar_to(hundreds, limit=12)) == 12


def test_more_rows_than_the_index_looks_at_are_found(
    hundreds: Product, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "EF_SEARCH": 10}
    assert len(similar_to(hundreds, limit=200)) == 200


def test_the_search_looks_on_until_the_filters_have_their_rows(
    look_alikes: LookAlikes,
) -> None:
    with nearest.index_settings("default"):
        assert show("hnsw.iterative_scan") == "strict_order"
        assert show("hnsw.ef_search") == "100"


def test_the_index_may_look_at_as_many_as_pgvector_lets_it(look_alikes: LookAlikes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min_val, max_val FROM pg_settings WHERE name = 'hnsw.ef_search'")
        least, most = map(int, cursor.fetchone())
    assert (VrsSettings.EF_SEARCH.minimum, VrsSettings.EF_SEARCH.maximum) == (least, most)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("inside_transaction", [True, False])
def test_a_search_leaves_no_setting_behind(
    look_alikes: LookAlikes, inside_transaction: bool
) -> None:
    before = show("hnsw.iterative_scan"), show("hnsw.ef_search")
    if inside_transaction:
        with transaction.atomic():
            assert similar_to(look_alikes["disc"][0])
            assert (show("hnsw.iterative_scan"), show("hnsw.ef_search")) == before
    else:
        assert similar_to(look_alikes["disc"][0])
    assert (show("hnsw.iterative_scan"), show("hnsw.ef_search")) == before


def test_a_search_inside_a_transaction_undoes_nothing_of_it(look_alikes: LookAlikes) -> None:
    with transaction.atomic():
        Category.objects.create(name="Kept", slug="kept")
        similar_to(look_alikes["disc"][0])
    assert Category.objects.filter(slug="kept").exists()


def test_an_error_in_a_search_leaves_the_callers_transaction_usable(
    look_alikes: LookAlikes,
) -> None:
    query = nearest.main_vector(look_alikes["disc"][0])
    assert query is not None
    with pytest.raises(DatabaseError), nearest.index_settings("default"):
        ImageEmbedding.objects.extra(where=["no_such_column"]).first()
    assert Product.objects.exists()


def test_pictures_deleted_in_sql_still_answer_until_the_sweep(look_alikes: LookAlikes) -> None:
    ProductImage.objects.all()._raw_delete(using="default")
    assert similar_to(look_alikes["disc"][0])
