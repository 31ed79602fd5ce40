from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.models import Model, QuerySet
from pytest_django import Settings

from shop.models import Category, Product
from shop.visual import ShopCatalogue
from vrs_app.conf import conf
from vrs_app.exceptions import NoActiveSpace
from vrs_app.models import EmbeddingSpace, ImageEmbedding
from vrs_app.queries import curation, similar_to
from vrs_app.reports.duplicates import groups
from vrs_app.reports.evaluation import blocks, evaluate, index_recall, page_answers, summary
from vrs_app.spaces import active, index_name

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape
from ..vectors import fill, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("few_pairs")]


class Half(ShopCatalogue):
    """A shop that sorts only some of its products into categories."""

    def category(self, product: Product) -> Any | None:
        return product.category_id if product.category.slug in ("disc", "bars") else None


class Plain(ShopCatalogue):
    """A shop that sorts nothing."""

    def category(self, product: Product) -> None:
        return None


@pytest.mark.slow
@pytest.mark.usefixtures("look_alikes")
def test_precision_is_the_share_of_the_same_category() -> None:
    found = evaluate(k=5)
    assert (found.products, found.categories, found.k) == (24, 4, 5)
    assert found.precision == 1
    assert evaluate(k=10, sample=6).precision == pytest.approx(5 / 10)
    assert 0 < found.milliseconds_median <= found.milliseconds_95


@pytest.mark.usefixtures("look_alikes")
def test_chance_is_that_of_another_product_drawn_blindly() -> None:
    assert evaluate(k=5, sample=1).chance == pytest.approx(5 / 23)


@pytest.mark.slow
def test_products_on_the_wrong_shelf_lower_precision(
    look_alikes: LookAlikes,
) -> None:
    moved = look_alikes["disc"][0]
    moved.category = Category.objects.get(slug="bars")
    moved.save()
    # It finds no disc on its shelf, and each of the five other discs finds it among five.
    assert evaluate(k=5).precision == pytest.approx(1 - (5 + 5 * 1) / (24 * 5))


@pytest.mark.slow
@pytest.mark.usefixtures("look_alikes")
def test_the_index_finds_what_an_exact_scan_finds() -> None:
    assert evaluate(k=5).recall == 1


@pytest.mark.usefixtures("look_alikes")
def test_recall_falls_when_the_index_forgets_a_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = index_recall._nearest
    monkeypatch.setattr(index_recall, "_nearest", lambda question: whole(question)[1:6])
    found = evaluate(k=5, sample=6)
    assert found.recall == pytest.approx(4 / 5)
    assert found.precision == 1


@pytest.mark.parametrize("harm", ["DROP INDEX {}", "UPDATE pg_index SET indisvalid = false {}"])
@pytest.mark.usefixtures("look_alikes")
def test_without_an_index_that_answers_there_is_no_recall(harm: str) -> None:
    space = active()
    assert space is not None
    name = index_name(space)
    where = name if harm.startswith("DROP") else f"WHERE indexrelid = '{name}'::regclass"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(harm.format(where))
    found = evaluate(k=5, sample=4)
    assert (found.recall, found.recall_by_ef_search) == (None, {})
    assert found.precision == 1
    assert dict(summary.lines(found))["Recall@5"].endswith("Run: manage.py vrs_embed --index")


@pytest.mark.usefixtures("look_alikes")
def test_recall_is_told_for_each_ef_search_and_for_the_setting(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"EF_SEARCH": 77}
    found = evaluate(k=5, sample=4)
    assert list(found.recall_by_ef_search) == [40, 77, 100, 200, 400]
    assert (found.ef_search, found.recall) == (77, found.recall_by_ef_search[77])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("look_alikes")
def test_the_index_is_what_recall_is_measured_of() -> None:
    fill(1000, category=Category.objects.order_by("pk")[0])
    space = active()
    assert space is not None
    (question,) = index_recall._queries({0: Product.objects.all()[0]}, 5).values()
    with index_recall.forced_index(40, using="default"):
        assert index_name(space) in question.explain()
        assert setting("hnsw.ef_search") == "40"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("look_alikes")
def test_an_index_that_looks_at_more_finds_no_less() -> None:
    fill(1000, category=Category.objects.order_by("pk")[0])
    recalls = list(evaluate(k=10, sample=100).recall_by_ef_search.values())
    assert recalls[-1] >= recalls[0] - 0.005
    assert recalls[-1] >= 0.98


def test_a_forced_index_is_forced_no_longer_than_asked() -> None:
    with index_recall.forced_index(40, using="default"):
        assert setting("enable_sort") == "off"
    assert setting("enable_sort") == "on"


@pytest.mark.slow
def test_only_what_shoppers_see_is_asked_and_answered(
    look_alikes: LookAlikes,
) -> None:
    Product.objects.filter(category__slug="bars").update(stock=0)
    found = evaluate(k=5)
    assert (found.products, found.categories) == (18, 3)
    assert (found.precision, found.recall) == (1, 1)


@pytest.mark.slow
def test_a_product_of_many_pictures_is_one_product(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    for kind in ("disc", "bars"):
        for seed in range(3):
            many = (shape(kind, seed=10 * seed + extra) for extra in range(4))
            make_shown(*many, category=kind)
    assert embed_all() == 24
    found = evaluate(k=2)
    assert found.products == 6
    assert (found.precision, found.recall) == (1, 1)


def test_more_neighbours_than_products_are_no_error(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape())
    embed_all()
    alone = evaluate(k=10)
    assert (alone.products, alone.precision, alone.chance, alone.recall) == (1, None, 0, 1)
    assert (alone.coverage.never, alone.cuts, alone.similarities) == (1, [], {})
    make_shown(shape(seed=1))
    embed_all()
    pair = evaluate(k=10)
    assert (pair.products, pair.precision, pair.chance, pair.recall) == (2, 1, 1, 1)


@pytest.mark.slow
def test_a_sample_is_the_same_each_time_and_the_rest_is_of_all(look_alikes: LookAlikes) -> None:
    found = evaluate(k=5, sample=7)
    assert (found.asked, found.products, len(found.answers)) == (7, 24, 7)
    assert [answer.key for answer in evaluate(k=5, sample=7).answers] == [
        answer.key for answer in found.answers
    ]
    whole = evaluate(k=5)
    assert (found.coverage, found.similarities) == (whole.coverage, whole.similarities)
    assert {answer.key for answer in whole.answers} == {
        each.pk for kind in look_alikes.values() for each in kind
    }


# --- categories ------------------------------------------------------------------------------


@pytest.mark.slow
def test_categories_are_told_by_name_and_the_worst_first(look_alikes: LookAlikes) -> None:
    moved = look_alikes["disc"][0]
    moved.category = Category.objects.get(slug="bars")
    moved.save()
    told = evaluate(k=5).by_category
    asked = [(each.name, each.asked) for each in told]
    assert asked == [("disc", 5), ("bars", 7), ("stripes", 6), ("triangle", 6)]
    precisions = [each.precision for each in told]
    assert precisions == pytest.approx([4 / 5, 6 / 7, 1, 1])


@pytest.mark.slow
@pytest.mark.usefixtures("look_alikes")
def test_a_product_without_a_category_asks_nothing_and_is_nobodys(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"CATALOGUE": f"{__name__}.Half"}
    found = evaluate(k=10)
    assert found.categories == 2
    assert found.precision == pytest.approx(5 / 10)
    assert found.chance == pytest.approx(5 / 23)
    assert sum(each.asked for each in found.by_category) == 12


@pytest.mark.usefixtures("look_alikes")
def test_a_shop_without_categories_is_told_all_the_rest(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"CATALOGUE": f"{__name__}.Plain"}
    found = evaluate(k=5, sample=4)
    assert (found.precision, found.chance, found.by_category) == (None, None, [])
    assert (found.categories, found.recall) == (0, 1)
    assert list(found.similarities) == ["random pairs", "neighbours"]
    assert found.suggestion is not None


# --- coverage, duplicates, threshold -----------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("look_alikes")
def test_coverage_counts_who_is_among_the_answers() -> None:
    whole = evaluate(k=23, sample=1).coverage
    assert (whole.share, whole.never) == (1, 0)
    assert [each.answers for each in whole.most] == [23] * 5
    found = evaluate(k=1)
    named = {key for answer in found.answers for key in (answer.neighbours[0].key,)}
    assert found.coverage.never == 24 - len(named)
    assert found.coverage.share == pytest.approx(len(named) / 24)
    most = found.coverage.most[0]
    assert most.answers == sum(answer.neighbours[0].key == most.key for answer in found.answers)
    assert most.title == str(Product.objects.get(pk=most.key))


def test_the_same_photo_of_two_products_is_a_pair(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    twin = shape(seed=1)
    make_shown(shape("bars"), twin)
    make_shown(twin, shape("stripes"))
    make_shown(shape("triangle"))
    embed_all()
    found = evaluate(k=2).duplicates
    assert (found.threshold, found.pairs, found.products) == (conf.DUPLICATE_THRESHOLD, 1, 2)


def test_what_it_counts_as_duplicates_is_what_vrs_duplicates_lists(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    chart = shape("bars", seed=1)
    for seed in range(4):
        make_shown(shape("disc", seed=seed), chart)
    make_shown(shape("disc", seed=0), chart)
    embed_all()
    (group,) = groups()
    found = evaluate(k=2).duplicates
    assert (found.pairs, found.products) == (len(group.pairs), len(group.products)) == (1, 2)


def test_the_setting_says_what_is_nearly_the_same(
    look_alikes: LookAlikes, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"DUPLICATE_THRESHOLD": 0.01}
    assert evaluate(k=2, sample=1).duplicates.pairs == 24 * 23 / 2
    settings.VRS = settings.VRS | {"DUPLICATE_THRESHOLD": 1.1}
    assert evaluate(k=2, sample=1).duplicates.pairs == 0


@pytest.mark.slow
@pytest.mark.usefixtures("look_alikes")
def test_the_suggested_threshold_keeps_the_shapes_apart() -> None:
    found = evaluate(k=10)
    assert found.suggestion is not None
    for answer in found.answers:
        kept = [
            each.same
            for each in answer.neighbours
            if (each.similarity or -1) >= found.suggestion.threshold
        ]
        assert kept == [True] * 5
    assert (found.suggestion.precision, found.suggestion.kept) == (1, 0.5)
    assert found.suggestion.filled == 1


# --- whom it asks --------------------------------------------------------------------------


@pytest.fixture
def hidden(look_alikes: LookAlikes) -> Iterator[list[Any]]:
    """Primary keys that a merchant has hidden everywhere."""
    keys: list[Any] = []

    class Hiding:
        def without_hidden(self, product: Model | None, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.exclude(pk__in=keys)

        def pins(self, product: Model) -> dict[int, Any]:
            return {}

    before = list(curation._curations)
    curation.use_curation(Hiding())
    yield keys
    curation._curations[:] = before


@pytest.mark.slow
def test_what_a_merchant_hides_everywhere_is_not_missed(
    hidden: list[Any], look_alikes: LookAlikes
) -> None:
    hidden += [each.pk for each in look_alikes["bars"]]
    found = evaluate(k=5)
    assert (found.products, found.coverage.never) == (18, 0)
    assert (found.precision, found.recall) == (1, 1)


def test_what_is_measured_is_what_pages_get(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def search(product: Product, **options: Any) -> Any:
        asked.append(options)
        return similar_to(product, **options)[1:]

    monkeypatch.setattr(page_answers, "similar_to", search)
    assert all(len(answer.neighbours) == 4 for answer in evaluate(k=5, sample=6).answers)
    assert asked == [{"limit": 5, "threshold": -1}] * 6


def test_a_picture_that_has_changed_since_is_left_out(look_alikes: LookAlikes) -> None:
    row = ImageEmbedding.objects.get(image__product=look_alikes["disc"][0])
    row.digest = "another"
    row.save()
    assert evaluate(k=5, sample=1).products == 23


def test_a_gallery_asks_with_its_first_picture(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    make_shown(shape("disc"), shape("bars"))
    embed_all()
    space = active()
    assert space is not None
    known = blocks.load(space)
    assert known is not None
    first = ImageEmbedding.objects.get(image__position=0)
    assert (known.images[known.starts[0]], known.starts.tolist()) == (first.image_id, [0, 2])
    np.testing.assert_allclose(known.vectors(slice(0, 1))[0], stored(first), atol=1e-3)


def test_before_anything_is_embedded_it_says_what_to_run(make_shown: MakeShown) -> None:
    with pytest.raises(NoActiveSpace, match="vrs_embed"):
        evaluate()
    make_shown(shape())
    EmbeddingSpace.objects.create(embedder="x.Y", dimensions=3, state="active")
    with pytest.raises(NoActiveSpace, match="vrs_embed"):
        evaluate()


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])
