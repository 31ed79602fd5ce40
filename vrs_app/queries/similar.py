"""The public questions about one product, and the ladder that answers them."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Unpack

from django.db.models import Model

from . import curation
from .candidates import Candidate
from .curation import with_pins
from .fallback import FINDERS
from .hydrate import to_recommendations
from .options import Options, Query, build_query, require_product
from .results import Recommendation, Recommendations, Source


def similar_to(product: Model, **options: Unpack[Options]) -> Recommendations:
    """The visible products that look most like `product`, nearest first, each once.

    A product whose pictures are not embedded yet has no look-alikes. What a merchant pinned
    stands at its position all the same.
    Raises ValueError or TypeError, naming the option, for what cannot be, and CatalogueLacks
    for a query that the shop's Catalogue has no method for.
    """
    return similar_products(product, minimum=1, sources=(Source.VISUAL,), **options)


def similar_products(
    product: Model,
    *,
    minimum: int | None = None,
    sources: Iterable[str] | None = None,
    **options: Unpack[Options],
) -> Recommendations:
    """What a product page shows: look-alikes, else what comes near, or nothing at all.

    While there are fewer than `minimum`, the next of `sources` fills up to `limit`; fewer
    than `minimum` even so (or than a smaller `limit`), and the answer is empty, so that no
    page shows a sad row.
    Three SELECTs, and one or two more for each source that has to fill up.
    """
    require_product(product)
    query = build_query(product, minimum=minimum, sources=sources, **options)
    find = partial(fetch_similar, query)
    return Recommendations(find, offset=query.offset, limit=query.limit)


def fetch_similar(query: Query, offset: int, limit: int) -> list[Recommendation]:
    """So many from `offset`, by the ladder of the query's sources."""
    count = max(offset + limit, query.minimum)
    pins = _pins(query)
    if not pins:
        found = _fill_up(query, count)
    else:  # as many more as pins may take away, so that a page goes on where the last one ended
        reach = query.limit + len(pins)
        found = with_pins(_fill_up(query, max(count + len(pins), reach)), pins, reach)
    if len(found) < min(query.limit, query.minimum):
        return []
    return to_recommendations(
        found[offset : offset + limit], query.products, first_position=offset + 1
    )


def _fill_up(query: Query, count: int) -> list[Candidate]:
    """From one source to the next, until there are enough."""
    found: list[Candidate] = []
    for source in query.sources:
        known = {*query.exclude, *(key for one in found for key in one.keys)}
        found += FINDERS[source](query, count - len(found), known)
        if len(found) >= max(1, query.minimum):
            break
    return found


def _pins(query: Query) -> dict[int, Any]:
    """The merchant's pins that may be shown in this answer."""
    pins = curation.pins(query.product) if query.product else {}
    if not pins:
        return {}
    shown = query.products.filter(pk__in=pins.values()).exclude(pk__in=query.exclude)
    keys = set(shown.values_list("pk", flat=True))
    return {position: key for position, key in pins.items() if key in keys}
