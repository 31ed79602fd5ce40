"""From candidates to recommendations: the shop's own rows, in one SELECT."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from ..catalogue import Picture
from ..display import SHOWN
from ..models import ImageEmbedding, IndexedImage
from .candidates import SPARE, Candidate
from .results import Recommendation, Source

MAX_DUPLICATES = 5
"""Near-duplicates listed under one item: hundreds of products may share a picture."""

NO_PRODUCTS: Mapping[Any, Any] = {}


def first_shown(
    found: Sequence[Candidate],
    shown: QuerySet[Any],
    count: int,
    *,
    reasons: Mapping[Any, Any] = NO_PRODUCTS,
) -> list[Recommendation]:
    """The first `count` of `found` that can be shown; positions count from 1.

    A page further down is the end of such a list, so that pages neither overlap nor leave gaps.
    One SELECT; a second where a spare candidate takes the place of one that cannot be shown.
    """
    items = to_recommendations(found[:count], shown, first_position=1, reasons=reasons)
    spare, missing = found[count : count + SPARE], count - len(items)
    if spare and missing:
        position = len(items) + 1
        more = to_recommendations(spare, shown, first_position=position, reasons=reasons)
        items += more[:missing]
    return items


def to_recommendations(
    found: Sequence[Candidate],
    shown: QuerySet[Any],
    *,
    first_position: int,
    reasons: Mapping[Any, Any] = NO_PRODUCTS,
) -> list[Recommendation]:
    """Load the products of `found` in one SELECT, and read what pages show of them.

    Left out are those hidden meanwhile, and those whose title, URL or price the Catalogue raises
    for. `reasons` are the products that `because` may name, by key. Positions count from
    `first_position`.
    """
    members = [_members(one) for one in found]
    keys = [each.key for group in members for each in group]
    needs_pictures = any(one.neighbour is None for one in found)
    products = (_pictured(shown) if needs_pictures else shown).in_bulk(keys)
    items: list[Recommendation] = []
    for group in members:
        position = first_position + len(items)
        if item := _recommendation(group, products, position):
            items.append(replace(item, because=reasons.get(group[0].because)))
    return items


def _members(one: Candidate) -> list[Candidate]:
    """The candidate and its near-duplicates, each as a candidate of its own."""
    if one.neighbour is None:
        return [one]
    members = one.neighbour.members[: MAX_DUPLICATES + 1]
    return [replace(one, key=each.key, neighbour=each) for each in members]


def _recommendation(
    group: Sequence[Candidate], products: Mapping[Any, Any], position: int
) -> Recommendation | None:
    """The first of the group that can be shown, with the others as its near-duplicates."""
    loaded = [_item(one, products[one.key], position) for one in group if one.key in products]
    items = [item for item in loaded if item.display.can_show(*SHOWN)]
    if not items:
        return None
    first, *twins = items
    is_other = first.source == Source.PINNED and first.product.pk != group[0].key
    return replace(
        first,
        source=Source.VISUAL if is_other else first.source,
        duplicates=tuple(twins),
        match_level=group[0].match_level,
    )


def _item(one: Candidate, product: Any, position: int) -> Recommendation:
    near = one.neighbour
    return Recommendation(
        product=product,
        source=one.source,
        picture=near.picture if near else _main_picture(product),
        position=position,
        similarity=near.similarity if near else None,
    )


def _main_picture(product: Any) -> Picture | None:
    """The picture that `_pictured` annotated."""
    return Picture(**product.vrs_picture) if product.vrs_picture else None


def _pictured(products: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate each product with its main picture's name and size: no page opens a file for it.

    Pictures that failed are passed over, since a browser would show them broken, and those that
    a save withheld.
    """
    shown = IndexedImage.objects.shown().filter(product=OuterRef("pk"))
    pictures = shown.exclude(embeddings__state=ImageEmbedding.State.FAILED)
    pictures = pictures.order_by("position", "pk")
    columns = JSONObject(name="name", width="width", height="height")
    pictured: QuerySet[Any] = products.annotate(
        vrs_picture=Subquery(pictures.values(json=columns)[:1])
    )
    return pictured
