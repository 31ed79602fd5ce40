"""The public queries beside one product, with the fallback chain."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Unpack

from django.db.models import Model

from .candidates import Candidate
from .curation import with_pins
from .fallback import FINDERS, visual
from .hydrate import first_shown
from .options import Options, Query, build_query, require_product
from .results import Recommendation, Recommendations, Source
from .start import Start, start_of


def similar_to(product: Model, **options: Unpack[Options]) -> Recommendations:
    """The visible products that look most like `product`, nearest first, each once.

    Empty while the product's pictures are not embedded; pinned products stand at their
    positions all the same. Raises ValueError or TypeError naming the option that is wrong, and
    CatalogueLacks where an option needs a method that the shop's Catalogue lacks.
    """
    return similar_products(product, minimum=1, sources=(Source.VISUAL,), **options)


def similar_products(
    product: Model,
    *,
    minimum: int | None = None,
    sources: Iterable[str] | None = None,
    **options: Unpack[Options],
) -> Recommendations:
    """What a product page shows: look-alikes, filled up from the next sources, or nothing.

    While there are fewer than `minimum`, the next of `sources` fills up to `limit`. With fewer
    than `minimum` (or a smaller `limit`) in the end, the answer is empty: no page shows a
    near-empty row. Three round trips to PostgreSQL, with at most five statements; one or two
    more where there are pins, for each source that fills up, and where the index finds too few.
    """
    require_product(product)
    query = build_query(product, minimum=minimum, sources=sources, **options)
    fetch = partial(fetch_similar, query)
    return Recommendations(fetch, offset=query.offset, limit=query.limit)


def fetch_similar(query: Query, offset: int, limit: int) -> list[Recommendation]:
    """`limit` recommendations from `offset`, by the fallback chain, with pins."""
    least, end = min(query.limit, query.minimum), offset + limit
    start = start_of(query)
    found = _found(query, start, end)
    if len(found) < max(least, offset + 1):
        return []
    items = first_shown(found, query.products, max(end, least))
    if len(items) < least:  # some cannot be shown: without them another source may fill up
        odd = {one.key for one in found} - {item.product.pk for item in items}
        found = _found(replace(query, exclude={*query.exclude, *odd}), start, end)
        items = first_shown(found, query.products, max(end, least))
    return items[offset:end] if len(items) >= least else []


def _found(query: Query, start: Start, end: int) -> list[Candidate]:
    """The candidates up to `end`, and some to spare, with the pins at their places."""
    count = max(end, query.minimum)
    pins = _shown_pins(query, start.pins)
    if not pins:
        return _fill_up(query, start, count)
    # Over-fetch as many as pins may take away, so that pages do not overlap.
    reach = query.limit + len(pins)
    return with_pins(_fill_up(query, start, max(count + len(pins), reach)), pins, reach)


def _fill_up(query: Query, start: Start, count: int) -> list[Candidate]:
    """Candidates of one source after the other, until there are enough."""
    found: list[Candidate] = []
    for source in query.sources:
        known = {*query.exclude, *(key for one in found for key in one.keys)}
        find = partial(visual, start.vector) if source == Source.VISUAL else FINDERS[source]
        found += find(query, count - len(found), known)
        if len(found) >= max(1, query.minimum):
            break
    return found


def _shown_pins(query: Query, pins: Mapping[int, Any]) -> dict[int, Any]:
    """Those of the `pins` that may be shown, by position."""
    if not pins:
        return {}
    shown = query.products.filter(pk__in=pins.values()).exclude(pk__in=query.exclude)
    keys = set(shown.values_list("pk", flat=True))
    return {position: key for position, key in pins.items() if key in keys}
