from collections.abc import Sequence

import numpy as np

from vrs_app.queries.grouping import grouped
from vrs_app.queries.neighbour import Neighbour

from .neighbours import neighbour, unit

AT_FIVE_DEGREES = 0.9961


def groups(found: Sequence[Neighbour]) -> list[str]:
    return [one.key + "".join(twin.key for twin in one.duplicates) for one in found]


def near(*degrees: float) -> list[Neighbour]:
    return [
        neighbour(key, 1 - place / 100, unit(angle))
        for place, (key, angle) in enumerate(zip("abcdef", degrees, strict=False))
    ]


def test_twins_join_the_first_of_them_in_order() -> None:
    assert groups(grouped(near(0, 40, 1, 41, 80), AT_FIVE_DEGREES)) == ["ac", "bd", "e"]


def test_a_chain_is_no_group() -> None:
    """b is nearly a and c nearly b, yet c is not nearly a."""
    assert groups(grouped(near(0, 4, 8), AT_FIVE_DEGREES)) == ["ab", "c"]


def test_a_longer_answer_begins_like_a_shorter_one() -> None:
    degrees = (0, 40, 1, 41, 80, 2)
    for length in range(1, 6):
        firsts = [one.key for one in grouped(near(*degrees)[:length], AT_FIVE_DEGREES)]
        longer = [one.key for one in grouped(near(*degrees), AT_FIVE_DEGREES)]
        assert longer[: len(firsts)] == firsts


def test_above_one_nothing_is_grouped() -> None:
    assert groups(grouped(near(0, 0, 0), 1.01)) == ["a", "b", "c"]
    assert grouped([], 0.9) == []


def test_the_same_vector_is_the_same_though_its_square_is_a_rounding_below_one() -> None:
    nearly = np.nextafter(unit(0), np.float32(0))
    twins = [neighbour(key, 0.9, nearly) for key in "ab"]
    assert nearly @ nearly < 1
    assert groups(grouped(twins, 1.0)) == ["ab"]
