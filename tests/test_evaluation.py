from typing import Any

import pytest
from django.db import connection

from shop.models import Category, Product
from vrs_app import evaluation
from vrs_app.evaluation import evaluate
from vrs_app.exceptions import NoActiveSpace
from vrs_app.models import EmbeddingSpace
from vrs_app.queries import nearest, similar_to
from vrs_app.spaces import active, index_name

from .conftest import EmbedAll, MakeShown
from .shapes import shape

pytestmark = pytest.mark.django_db


@pytest.fixture
def worse(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lets the named calls of the search forget the nearest product."""
    calls: list[int] = []
    forgetful: list[int] = []

    def search(*args: Any, **options: Any) -> list[Any]:
        calls.append(len(calls))
        found = similar_to(*args, **options)
        return found[1:] if calls[-1] in forgetful else found

    monkeypatch.setattr(evaluation, "similar_to", search)
    return forgetful


@pytest.mark.usefixtures("look_alikes")
def test_precision_is_the_share_of_the_same_category() -> None:
    found = evaluate(k=5)
    assert (found.products, found.categories, found.k) == (24, 4, 5)
    assert found.precision == 1
    assert evaluate(k=10).precision == pytest.approx(5 / 10)
    assert 0 < found.milliseconds_median <= found.milliseconds_95


@pytest.mark.usefixtures("look_alikes")
def test_chance_is_that_of_another_product_drawn_blindly() -> None:
    assert evaluate(k=5).chance == pytest.approx(5 / 23)


def test_products_on_the_wrong_shelf_lower_precision(
    look_alikes: dict[str, list[Product]],
) -> None:
    moved = look_alikes["disc"][0]
    moved.category = Category.objects.get(slug="bars")
    moved.save()
    # It finds no disc on its shelf, and each of the five other discs finds it among five.
    assert evaluate(k=5).precision == pytest.approx(1 - (5 + 5 * 1) / (24 * 5))


@pytest.mark.usefixtures("look_alikes")
def test_the_index_finds_what_an_exact_scan_finds() -> None:
    assert evaluate(k=5).recall == 1


@pytest.mark.usefixtures("look_alikes")
def test_recall_falls_when_the_index_forgets_a_neighbour(worse: list[int]) -> None:
    worse += range(24, 48)  # the second round of 24 questions, with the index forced
    found = evaluate(k=5)
    assert found.recall == pytest.approx(4 / 5)
    assert found.precision == 1


@pytest.mark.usefixtures("look_alikes")
def test_the_index_is_what_recall_is_measured_of(look_alikes: dict[str, list[Product]]) -> None:
    space = active()
    query = nearest.main_vector(look_alikes["disc"][0])
    assert space is not None
    assert query is not None
    pictures = nearest.pictures_by_distance(query, Product.objects.all(), [])[:5]
    with evaluation._index_forced():
        assert index_name(space) in pictures.explain()


def test_a_forced_index_is_forced_no_longer_than_asked() -> None:
    with evaluation._index_forced():
        assert setting("enable_sort") == "off"
    assert setting("enable_sort") == "on"


def test_only_what_shoppers_see_is_asked_and_answered(
    look_alikes: dict[str, list[Product]],
) -> None:
    Product.objects.filter(category__slug="bars").update(stock=0)
    found = evaluate(k=5)
    assert (found.products, found.categories) == (18, 3)
    assert (found.precision, found.recall) == (1, 1)


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
    assert (alone.products, alone.precision, alone.chance, alone.recall) == (1, 0, 0, 1)
    make_shown(shape(seed=1))
    embed_all()
    pair = evaluate(k=10)
    assert (pair.products, pair.precision, pair.chance, pair.recall) == (2, 1, 1, 1)


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
