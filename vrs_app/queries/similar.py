"""The public questions about one product, and the ladder that answers them."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Unpack

from django.db.models import Model

from . import curation
from .candidates import Found
from .curation import with_pins
from .fallback import RUNGS
from .hydrate import presented
from .options import Options, Question, asked, require_product
from .results import Recommendation, Recommendations, Source


def similar_to(product: Model, **options: Unpack[Options]) -> Recommendations:
    """The visible products that look most like `product`, nearest first, each once.

    A product whose pictures are not embedded yet has no look-alikes. What a merchant pinned
    stands at its position all the same.
    Raises ValueError or TypeError, naming the option, for what cannot be, and CatalogueLacks
    for a question that the shop's Catalogue has no method for.
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
    question = asked(product, minimum=minimum, sources=sources, **options)
    find = partial(answer, question)
    return Recommendations(find, offset=question.offset, limit=question.limit)


def answer(question: Question, offset: int, limit: int) -> list[Recommendation]:
    """So many from `offset`, by the ladder of the question's sources."""
    count = max(offset + limit, question.minimum)
    pins = _pins(question)
    if not pins:
        found = _climb(question, count)
    else:  # as many more as pins may take away, so that a page goes on where the last one ended
        reach = question.limit + len(pins)
        found = with_pins(_climb(question, max(count + len(pins), reach)), pins, reach)
    if len(found) < min(question.limit, question.minimum):
        return []
    return presented(found[offset : offset + limit], question.shown, first_position=offset + 1)


def _climb(question: Question, count: int) -> list[Found]:
    """From one source to the next, until there are enough."""
    found: list[Found] = []
    for source in question.sources:
        known = {*question.exclude, *(key for one in found for key in one.keys)}
        found += RUNGS[source](question, count - len(found), known)
        if len(found) >= max(1, question.minimum):
            break
    return found


def _pins(question: Question) -> dict[int, Any]:
    """The merchant's pins that may be shown in this answer."""
    pins = curation.pins(question.product) if question.product else {}
    if not pins:
        return {}
    shown = question.shown.filter(pk__in=pins.values()).exclude(pk__in=question.exclude)
    keys = set(shown.values_list("pk", flat=True))
    return {position: key for position, key in pins.items() if key in keys}
