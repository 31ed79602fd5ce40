from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template

from vrs_app.catalogue import Picture
from vrs_app.queries import Recommendation, Recommendations, Source

Asked = list[tuple[int, int]]


def item(number: int) -> Recommendation:
    return Recommendation(
        product=number, source=Source.VISUAL, picture=Picture(name="a.jpg"), position=number + 1
    )


@pytest.fixture
def asked() -> Asked:
    return []


@pytest.fixture
def answer(asked: Asked) -> Recommendations:
    """Twenty items, of which thirty were asked for."""

    def find(offset: int, limit: int) -> list[Recommendation]:
        asked.append((offset, limit))
        return [item(number) for number in range(20)][offset : offset + limit]

    return Recommendations(find, offset=0, limit=30)


def numbers(found: Any) -> list[int]:
    return [each.product for each in found]


def test_nothing_is_asked_before_anything_is_needed(answer: Recommendations, asked: Asked) -> None:
    narrower = answer[5:10][1:]
    assert asked == []
    assert numbers(narrower) == [6, 7, 8, 9]
    assert asked == [(6, 4)]


def test_it_asks_once_however_often_it_is_read(answer: Recommendations, asked: Asked) -> None:
    assert len(answer) == 20
    assert bool(answer)
    assert numbers(answer) == list(range(20))
    assert answer[3] == item(3)
    assert numbers(answer[18:]) == [18, 19]
    assert len(asked) == 1


def test_slices_are_those_of_a_list(answer: Recommendations) -> None:
    whole = [item(number) for number in range(20)]
    for cut in (slice(None), slice(3), slice(2, 4), slice(4, 2), slice(25, 40), slice(-3, None)):
        assert list(answer[cut]) == whole[cut], cut
    assert list(answer[::3]) == whole[::3]
    assert answer[-1] == whole[-1]


def test_an_index_beyond_the_end_is_an_index_error(answer: Recommendations) -> None:
    with pytest.raises(IndexError):
        answer[20]


def test_an_empty_slice_asks_nothing(answer: Recommendations, asked: Asked) -> None:
    assert list(answer[4:4]) == []
    assert asked == []


def test_djangos_paginator_cuts_it_into_pages(answer: Recommendations, asked: Asked) -> None:
    paginator = Paginator(answer, 12)
    assert (paginator.count, paginator.num_pages) == (20, 2)
    assert numbers(paginator.page(2)) == list(range(12, 20))
    assert len(asked) == 1


def test_templates_slice_and_loop(answer: Recommendations, asked: Asked) -> None:
    template = Template("{% for each in found|slice:':3' %}{{ each.product }} {% endfor %}")
    assert template.render(Context({"found": answer})) == "0 1 2 "
    assert asked == [(0, 3)]


def test_it_equals_a_list_of_the_same(answer: Recommendations) -> None:
    assert answer == [item(number) for number in range(20)]
    assert answer != [item(0)]
    assert item(3) in answer
