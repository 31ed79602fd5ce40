"""The public queries by words, photos and examples."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Unpack

from django.db.models import Model, QuerySet

from ..catalogue import catalogue
from ..conf import conf
from ..spaces.vectors import SpaceVector
from . import curation, similar
from .candidates import Candidate
from .fulltext import SearchTerms
from .hybrid import HybridQuery, hybrid_search
from .hydrate import first_shown
from .options import Options, as_list, build_query, fraction, keys_of
from .results import Recommendation, Recommendations, Source


def search(
    words: str = "",
    *,
    photo: SpaceVector | None = None,
    positive: Iterable[Any] = (),
    negative: Iterable[Any] = (),
    alpha: float | None = None,
    expand: bool | None = None,
    **options: Unpack[Options],
) -> Recommendations:
    """Products by `words`, by a `photo` or `positive` examples, or by both rankings fused.

    `photo` comes from `vrs_app.photos.look`; `positive` and `negative` are products or keys,
    which the answer leaves out. `alpha` is the weight of the image: 1 is image only, 0 words
    only. `expand` fills up a search by words with look-alikes of its best matches.
    An item's source is "text" where it has the words, else "visual"; its `match_level` is "full"
    where it has all of them, "partial" where no product has all. `threshold` cuts what was found
    by its looks alone. Empty without words and without an image that has a vector. Raises
    ValueError or TypeError naming the option that is wrong.
    """
    if not isinstance(words, str):
        raise TypeError(f"words takes a text, not {words!r}.")
    positive = as_list("positive", positive)
    wanted, unwanted = keys_of("positive", positive), keys_of("negative", negative)
    if unwanted and not wanted and photo is None:
        raise ValueError("negative takes products beside a photo or positive ones, not alone.")
    options["exclude"] = [*keys_of("exclude", options.get("exclude", ())), *wanted, *unwanted]
    query = build_query(_only(positive, wanted), minimum=0, sources=(), **options)
    hybrid = HybridQuery(
        query=query,
        wording=SearchTerms(words),
        photo=photo,
        positive=wanted,
        negative=unwanted,
        alpha=fraction("alpha", conf.ALPHA if alpha is None else alpha),
        expand=conf.EXPAND if expand is None else expand,
    )
    fetch = partial(_fetch, hybrid, options.get("request"))
    return Recommendations(fetch, offset=query.offset, limit=query.limit)


def more_like_these(
    positive: Iterable[Any], negative: Iterable[Any] = (), **options: Unpack[Options]
) -> Recommendations:
    """Products that look like the `positive` examples and unlike the `negative` ones.

    Each names by `because` the positive example that it is most like.
    """
    return search(positive=positive, negative=negative, **options)


def newest_products(**options: Unpack[Options]) -> Recommendations:
    """The newest products; empty where the Catalogue has no `newest`."""
    query = build_query(None, minimum=1, sources=[Source.NEWEST], **options)
    fetch = partial(similar.fetch_similar, query)
    return Recommendations(fetch, offset=query.offset, limit=query.limit)


def because_products(found: Iterable[Candidate], using: str, request: Any) -> dict[Any, Any]:
    """The products named by `because`, by key, in one SELECT; hidden ones are left out."""
    because = {one.because for one in found if one.because is not None}
    if not because:
        return {}
    visible: QuerySet[Any] = catalogue().visible(request).using(using)
    return curation.without_hidden(None, visible).in_bulk(because)


def _only(positive: Sequence[Any], keys: Sequence[Any]) -> Model | None:
    """The only positive example, for options relative to its price; None where there are more.

    A product given by its key is loaded now; one given as an object costs no query.
    """
    if len(positive) != 1:
        return None
    model = catalogue().model
    product: Model | None = positive[0]
    if not isinstance(product, model._meta.concrete_model or model):
        product = model._base_manager.filter(pk=keys[0]).first()
    return product


def _fetch(hybrid: HybridQuery, request: Any, offset: int, limit: int) -> list[Recommendation]:
    found = hybrid_search(hybrid, offset + limit)
    if offset >= len(found):
        return []
    shown = hybrid.query.products
    named = because_products(found, shown.db, request)
    return first_shown(found, shown, offset + limit, reasons=named)[offset:]
