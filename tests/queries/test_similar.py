from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from shop.models import Category, Product
from vrs_app.catalogue import catalogue
from vrs_app.exceptions import CatalogueLacks
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.queries import Options, Source, similar_to

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


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


@pytest.mark.slow
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
    queryset = Product.objects.select_related("category")
    found = list(similar_to(look_alikes["disc"][0], queryset=queryset))
    with django_assert_num_queries(0):
        assert all(item.product.category.name for item in found)


def test_a_sliced_queryset_is_accepted(look_alikes: LookAlikes) -> None:
    cheapest = Product.objects.order_by("pk")[:3]
    assert len(similar_to(look_alikes["bars"][0], queryset=cheapest)) == 3


def test_a_queryset_filtered_by_a_window_keeps_its_ranks(look_alikes: LookAlikes) -> None:
    in_turn = Window(RowNumber(), partition_by="category", order_by="pk")
    from_the_third = Product.objects.annotate(turn=in_turn).filter(turn__gte=3)
    found = similar_to(look_alikes["bars"][0], queryset=from_the_third, limit=100)
    assert {item.product for item in found} == {
        product for kind in look_alikes.values() for product in kind[2:]
    }


@pytest.mark.django_db(transaction=True)
def test_a_queryset_that_would_lock_needs_no_transaction(look_alikes: LookAlikes) -> None:
    locking = Product.objects.select_for_update()
    assert len(similar_to(look_alikes["bars"][0], queryset=locking, limit=3)) == 3


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
        lambda: Product.objects.values_list(F("price") + 1),
        lambda: Product.objects.filter(images__position__gte=0),
        lambda: Product.objects.using("default"),
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


@pytest.mark.parametrize("product", [None, 5, "1", Category(pk=1)])
def test_only_a_product_can_be_asked_about(product: Any) -> None:
    with pytest.raises(TypeError, match="product takes a Product"):
        similar_to(product)


@pytest.mark.parametrize("options", [Options(limit=2**31), Options(offset=2**31)])
def test_numbers_beyond_the_databases_are_refused_by_name(
    look_alikes: LookAlikes, options: Options
) -> None:
    product = look_alikes["bars"][0]
    assert len(similar_to(product, limit=1_000_000_000)) == 23
    with pytest.raises(ValueError, match=f"{next(iter(options))} takes a whole number"):
        similar_to(product, **options)


def test_excluded_products_stay_away(look_alikes: LookAlikes) -> None:
    product, first, second, *_ = look_alikes["disc"]
    for excluded in ([first, second.pk], [str(first.pk), str(second.pk)]):
        found = {item.product for item in similar_to(product, exclude=excluded)}
        assert found
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


def test_prices_hold_inside_the_search(look_alikes: LookAlikes) -> None:
    product, *others = look_alikes["disc"]
    for price, other in enumerate(others, 20):
        Product.objects.filter(pk=other.pk).update(price=price)
    found = similar_to(product, price_min=21, price_max=Decimal("23.00"))
    assert sorted(item.product.price for item in found) == [21, 22, 23]


def test_a_price_may_be_relative_to_the_viewed_products(look_alikes: LookAlikes) -> None:
    product, cheaper, dearer, *_ = look_alikes["disc"]
    Product.objects.exclude(pk=product.pk).update(price=50)
    Product.objects.filter(pk=cheaper.pk).update(price=8)
    Product.objects.filter(pk=dearer.pk).update(price="12.01")
    assert {item.product for item in similar_to(product, price_within=0.2)} == {cheaper}


@pytest.mark.parametrize("option", ["price_min", "price_max", "price_within"])
def test_a_catalogue_without_prices_says_which_method_is_missing(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr(catalogue(), "price", lambda product: None)
    monkeypatch.setattr(catalogue(), "priced", lambda queryset, least, most: None)
    asked: dict[str, Any] = {option: 1}
    with pytest.raises(CatalogueLacks, match="`priced`"):
        similar_to(look_alikes["disc"][0], **asked)


def test_a_product_without_a_price_sets_no_bounds(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "price", lambda product: None)
    assert len(similar_to(look_alikes["disc"][0], price_within=0.1, limit=5)) == 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"limit": -1}, "limit takes a whole number from 0"),
        ({"limit": 2.5}, "limit takes"),
        ({"offset": "3"}, "offset takes"),
        ({"threshold": float("nan")}, "threshold takes a number"),
        ({"diversity": 1.1}, "diversity takes a number from 0 to 1"),
        ({"price_min": -1}, "price_min takes a number from 0"),
        ({"price_max": float("inf")}, "price_max takes"),
        ({"price_within": "half"}, "price_within takes a number"),
        ({"exclude": "12"}, "exclude takes products or primary keys"),
        ({"exclude": None}, "exclude takes products or primary keys"),
        ({"exclude": ["abc"]}, "exclude takes products or primary keys"),
        ({"price_min": 3, "price_max": 2}, "price_min, 3, is above price_max, 2"),
    ],
)
def test_an_option_that_cannot_be_is_named(
    look_alikes: LookAlikes, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        similar_to(look_alikes["disc"][0], **options)


def test_out_of_stock_is_the_shops_to_show(look_alikes: LookAlikes, settings: Settings) -> None:
    product, twin, *_ = look_alikes["disc"]
    Product.objects.filter(pk=twin.pk).update(stock=0)
    settings.VRS = {**settings.VRS, "HIDE_OUT_OF_STOCK": False}
    assert twin in {item.product for item in similar_to(product, limit=5)}


def test_what_a_request_may_not_see_is_not_shown(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch, rf: RequestFactory
) -> None:
    product, twin, *_ = look_alikes["disc"]

    def visible(request: HttpRequest | None = None) -> QuerySet[Product]:
        abroad = request is not None and request.GET.get("country") == "abroad"
        return Product.objects.exclude(pk=twin.pk) if abroad else Product.objects.all()

    monkeypatch.setattr(catalogue(), "visible", visible)
    abroad = rf.get("/", {"country": "abroad"})
    assert twin not in {item.product for item in similar_to(product, request=abroad)}
    assert twin in {item.product for item in similar_to(product, request=rf.get("/"))}


def test_a_deleted_product_is_gone_at_once(look_alikes: LookAlikes) -> None:
    product, twin, *_ = look_alikes["disc"]
    key = twin.pk
    twin.delete()
    assert key not in {item.product.pk for item in similar_to(product)}


# --- near-duplicates -------------------------------------------------------------------------


def test_one_photo_sold_twice_is_one_item(
    look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product, first, *_ = look_alikes["disc"]
    again = [make_shown(shape("disc", seed=1), category="disc") for _ in range(2)]
    embed_all()
    found = similar_to(product, limit=5)
    assert {item.product for item in found} <= set(look_alikes["disc"]) | set(again)
    grouped = next(item for item in found if item.duplicates)
    twins = {grouped.product, *(twin.product for twin in grouped.duplicates)}
    assert twins == {first, *again}
    assert len(found) == 5


@pytest.mark.parametrize("limit", [1, 2, 3, 12])
def test_a_group_is_the_same_whatever_the_limit(
    look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll, limit: int
) -> None:
    product = look_alikes["disc"][0]
    nearest = make_shown(shape("disc", seed=0), category="disc")
    twins = [make_shown(shape("disc", seed=0), category="disc") for _ in range(3)]
    embed_all()
    item = similar_to(product, limit=limit)[0]
    assert item.product == nearest
    assert [twin.product for twin in item.duplicates] == twins


def test_grouping_can_be_switched_off(
    look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    again = [make_shown(shape("disc", seed=1), category="disc") for _ in range(2)]
    embed_all()
    settings.VRS = {**settings.VRS, "DUPLICATE_THRESHOLD": 1.1}
    found = similar_to(look_alikes["disc"][0], limit=7)
    assert {item.product for item in found} == {*look_alikes["disc"][1:], *again}


@pytest.mark.slow
def test_products_of_one_photo_are_all_found_wherever_a_look_ends(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "DUPLICATE_THRESHOLD": 1.1}
    product = make_shown(shape("disc"))
    make_shown(*(shape("disc", seed=seed) for seed in range(1, 11)))
    for _ in range(6):
        make_shown(shape("bars"))
    make_shown(shape("triangle"))
    embed_all()
    for limit in (4, 6, 7, 8):
        assert len(similar_to(product, limit=limit)) == limit


@pytest.mark.slow
def test_a_picture_that_all_products_share_makes_no_endless_answer(
    look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    """ "Coming soon", a thousand times."""
    product = make_shown(shape("triangle", seed=70))
    shelf = Category.objects.get(slug="triangle")
    fill_with_one(200, shelf, like=look_alikes["triangle"][0])
    embed_all()
    found = similar_to(product, limit=12)
    assert len(found) == 12
    assert max(len(item.duplicates) for item in found) == 5


def fill_with_one(count: int, category: Category, *, like: Product) -> None:
    """Products of the very same picture as another, its vector included."""
    (noted,) = ImageEmbedding.objects.filter(image__product=like)
    products = Product.objects.bulk_create(
        Product(name=f"Soon {i}", slug=f"soon-{i}", category=category, price=1)
        for i in range(count)
    )
    images = IndexedImage.objects.bulk_create(
        IndexedImage(product=each, name="soon.jpg", digest=noted.digest) for each in products
    )
    ImageEmbedding.objects.bulk_create(
        ImageEmbedding(
            image=image,
            space_id=noted.space_id,
            state=noted.state,
            revision=image.revision,
            digest=noted.digest,
            vector=noted.vector,
        )
        for image in images
    )


def test_a_hidden_twin_is_in_no_group(
    look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape("disc", seed=1), category="disc", published=False)
    embed_all()
    assert not any(item.duplicates for item in similar_to(look_alikes["disc"][0]))


# --- variety ---------------------------------------------------------------------------------


def test_diversity_brings_other_kinds_forward(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    kinds = {item.product.category.slug for item in similar_to(product, limit=5)}
    varied = {item.product.category.slug for item in similar_to(product, limit=5, diversity=0.9)}
    assert kinds == {"disc"}
    assert len(varied) > 1


def test_diversity_pages_go_on_where_they_ended(look_alikes: LookAlikes) -> None:
    product = look_alikes["disc"][0]
    whole = [item.product for item in similar_to(product, limit=10, diversity=0.5)]
    pages = [
        item.product
        for offset in (0, 5)
        for item in similar_to(product, limit=5, offset=offset, diversity=0.5)
    ]
    assert pages == whole


def test_diversity_chooses_among_so_many_candidates(
    look_alikes: LookAlikes, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "CANDIDATES": 5}
    found = similar_to(look_alikes["disc"][0], limit=5, diversity=0.9)
    assert {item.product for item in found} == set(look_alikes["disc"][1:])
