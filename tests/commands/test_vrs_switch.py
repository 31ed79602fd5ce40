from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from shop.models import Product
from vrs_app import spaces
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.models import EmbeddingSpace, ImageEmbedding
from vrs_app.queries import similar_to

from ..conftest import EmbedAll

pytestmark = pytest.mark.django_db


class Other(HandcraftedEmbedder):
    """Another space of the same numbers."""

    weights_digest = "other"


@pytest.fixture
def former(look_alikes: dict[str, list[Product]]) -> EmbeddingSpace:
    space = spaces.active()
    assert space is not None
    return space


@pytest.fixture
def other(former: EmbeddingSpace) -> EmbeddingSpace:
    """A space with nothing in it yet, beside the one that answers."""
    connection.check_constraints()  # no index can be made while a constraint waits
    return spaces.space_of(f"{__name__}.Other", Other())


def switch(space: EmbeddingSpace, *words: str) -> str:
    out = StringIO()
    call_command("vrs_switch", str(space.pk), *words, stdout=out)
    return out.getvalue()


def fill(space: EmbeddingSpace, former: EmbeddingSpace) -> None:
    for row in ImageEmbedding.objects.filter(space=former):
        row.pk, row.space = None, space
        row.save()


def states() -> dict[int, str]:
    return dict(EmbeddingSpace.objects.values_list("pk", "state"))


def test_an_unknown_space_is_refused_and_the_known_ones_are_named(other: EmbeddingSpace) -> None:
    with pytest.raises(CommandError, match="There is no space 987654") as caught:
        call_command("vrs_switch", "987654")
    assert f"{other.pk} ({other})" in str(caught.value)


def test_where_there_is_no_space_at_all_it_says_so() -> None:
    with pytest.raises(CommandError, match="Known: none"):
        call_command("vrs_switch", "1")


def test_a_space_in_which_pictures_wait_is_refused(
    former: EmbeddingSpace, other: EmbeddingSpace
) -> None:
    with pytest.raises(CommandError, match=r"24 pictures still wait .* --incomplete"):
        switch(other)
    assert states() == {former.pk: "active", other.pk: "building"}


def test_even_an_incomplete_space_can_be_shown_on_request(
    former: EmbeddingSpace, other: EmbeddingSpace
) -> None:
    assert f"Shoppers now see space {other.pk}" in switch(other, "--incomplete")
    assert states() == {former.pk: "retired", other.pk: "active"}


def test_a_switch_and_a_switch_back_lose_no_vector(
    former: EmbeddingSpace, other: EmbeddingSpace, look_alikes: dict[str, list[Product]]
) -> None:
    product = look_alikes["disc"][0]
    before = [item.product for item in similar_to(product, limit=5)]
    fill(other, former)
    switch(other)
    assert similar_to(product, limit=5)
    assert states() == {former.pk: "retired", other.pk: "active"}
    switch(former)
    assert states() == {former.pk: "active", other.pk: "retired"}
    assert [item.product for item in similar_to(product, limit=5)] == before


def test_a_switch_to_what_is_shown_changes_nothing(
    former: EmbeddingSpace, embed_all: EmbedAll
) -> None:
    switch(former)
    assert states() == {former.pk: "active"}
