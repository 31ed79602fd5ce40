from itertools import pairwise

import numpy as np
import pytest

from vrs_app.embedders import Vectors, unit_length
from vrs_app.reports.duplicates.photo_vectors import Photos
from vrs_app.reports.evaluation import blocks as evaluation_blocks
from vrs_app.reports.evaluation import exact


def some(*galleries: int, seed: int = 0, dimensions: int = 16) -> Photos:
    """Products of so many pictures each."""
    count = sum(galleries)
    vectors = np.random.default_rng(seed).normal(size=(count, dimensions))
    return Photos(
        keys=[f"P{place}" for place in range(len(galleries))],
        starts=np.concatenate([[0], np.cumsum(galleries)]),
        rows=np.arange(count),
        images=np.arange(count),
        halves=unit_length(vectors).astype(np.float16),
    )


def by_loops(known: Photos) -> Vectors:
    """How near each product's first picture is to each product: products × products."""
    vectors = known.vectors(slice(None))
    products = range(len(known.keys))
    near = np.full((len(known.keys), len(known.keys)), -np.inf, dtype=np.float32)
    for asking in products:
        for other in products:
            if asking != other:
                gallery = vectors[known.starts[other] : known.starts[other + 1]]
                near[asking, other] = max(gallery @ vectors[known.starts[asking]])
    return near


@pytest.fixture(params=[4, 7, 4096])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Pictures a block, so that there are many blocks, odd ones, and one."""
    size: int = request.param
    monkeypatch.setattr(evaluation_blocks.blocks, "__defaults__", (size,))
    return size


GALLERIES = (1, 3, 2, 9, 1, 1, 4, 2, 1, 1, 5, 1)


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize("galleries", [GALLERIES, (1,) * 30])
def test_the_nearest_are_those_that_a_loop_finds(galleries: tuple[int, ...]) -> None:
    known = some(*galleries)
    found = exact.compare(known, count=5, duplicates_from=2).nearest
    near = by_loops(known)
    np.testing.assert_array_equal(found.places, np.argsort(-near, axis=1)[:, :5])
    np.testing.assert_allclose(found.similarities, -np.sort(-near, axis=1)[:, :5], atol=1e-6)


@pytest.mark.usefixtures("block")
def test_where_there_are_fewer_it_says_which_are_missing() -> None:
    found = exact.compare(some(1, 2, 1), count=4, duplicates_from=2).nearest
    assert (np.sort(found.places, axis=1)[:, :2] == -1).all()
    assert np.isneginf(found.similarities[:, 2:]).all()
    assert exact.compare(some(3), count=2, duplicates_from=2).nearest.places.tolist() == [[-1, -1]]


@pytest.mark.usefixtures("block")
def test_a_pair_counts_once_however_many_pictures_it_shares() -> None:
    known = some(*GALLERIES)
    known.halves[1:3] = known.halves[-6], known.halves[-5]  # product 1 begins like product 10
    known.halves[3] = known.halves[-5]
    known.halves[14] = known.halves[1]  # within product 3, whose first picture is another
    found = exact.compare(known, count=3, duplicates_from=1)
    assert found.duplicate_pairs == 3
    assert np.flatnonzero(found.is_duplicated).tolist() == [1, 3, 10]


@pytest.mark.usefixtures("block")
def test_a_picture_that_is_nobodys_first_makes_no_pair() -> None:
    known = some(*[3] * 20)
    known.halves[2::3] = known.halves[2]  # a size chart
    assert exact.compare(known, count=1, duplicates_from=0.99).duplicate_pairs == 0


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize("galleries", [GALLERIES, (1,) * 30])
def test_pairs_are_those_that_a_loop_finds(galleries: tuple[int, ...]) -> None:
    known = some(*galleries, dimensions=3)
    near = by_loops(known)
    alike = np.triu((near >= 0.9) | (near.T >= 0.9), 1)
    found = exact.compare(known, count=2, duplicates_from=0.9)
    assert found.duplicate_pairs == alike.sum() > 0
    np.testing.assert_array_equal(found.is_duplicated, alike.any(axis=0) | alike.any(axis=1))


@pytest.mark.usefixtures("block")
def test_pictures_of_one_product_are_no_pair() -> None:
    known = some(4, 4)
    known.halves[1] = known.halves[0]
    assert exact.compare(known, count=1, duplicates_from=0.999).duplicate_pairs == 0


@pytest.mark.usefixtures("block")
def test_one_picture_for_all_products_is_every_pair() -> None:
    known = some(*[1] * 12)
    known.halves[:] = known.halves[0]
    found = exact.compare(known, count=3, duplicates_from=0.99)
    assert found.duplicate_pairs == 12 * 11 / 2
    assert all(place not in row for place, row in enumerate(found.nearest.places.tolist()))


def test_a_block_divides_no_product_and_leaves_none_out() -> None:
    known = some(*GALLERIES)
    blocks = list(evaluation_blocks.blocks(known, 4))
    assert (blocks[0].start, blocks[0].stop) == (0, 4)
    assert blocks[0].first == blocks[0].start == 0
    assert (blocks[-1].last, blocks[-1].stop) == (len(GALLERIES), sum(GALLERIES))
    for one, next_one in pairwise(blocks):
        assert (one.last, one.stop) == (next_one.first, next_one.start)
    assert {int(known.starts[block.first]) - block.start for block in blocks} == {0}
