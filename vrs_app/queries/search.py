"""The public questions that begin with what somebody looks for."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Unpack

from django.db.models import Model, QuerySet

from ..catalogue import catalogue
from ..conf import conf
from ..spaces.vectors import SpaceVector
from . import curation, similar
from .candidates import Found
from .fulltext import Wording
from .hybrid import Wish, found_for
from .hydrate import presented
from .options import Options, asked, keys_of, listed, share
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
    """The products that fit `words`, that look like `photo` or like `positive`, or both.

    `photo` comes from `vrs_app.photos.look`; `positive` and `negative` are products or keys,
    which the answer leaves out. Of both, `alpha` is the weight of the image: 1 is image only,
    0 words only. `expand` fills up what the words alone found with its look-alikes.
    An item's source is "text" where it has the words and they count, else "visual"; its
    `match_level` is "full" where it has all of them, and "partial" where no product has, so that
    some were enough. `threshold` cuts what was found by its looks alone. [] for no words and no
    image that has a vector. Raises ValueError or TypeError, naming the option, for what cannot be.
    """
    if not isinstance(words, str):
        raise TypeError(f"words takes a text, not {words!r}.")
    positive = listed("positive", positive)
    wanted, unwanted = keys_of("positive", positive), keys_of("negative", negative)
    if unwanted and not wanted and photo is None:
        raise ValueError("negative takes products beside a photo or positive ones, not alone.")
    options["exclude"] = [*keys_of("exclude", options.get("exclude", ())), *wanted, *unwanted]
    question = asked(_only(positive, wanted), minimum=0, sources=(), **options)
    wish = Wish(
        question=question,
        wording=Wording(words),
        photo=photo,
        positive=wanted,
        negative=unwanted,
        alpha=share("alpha", conf.ALPHA if alpha is None else alpha),
        expand=conf.EXPAND if expand is None else expand,
    )
    find = partial(_answer, wish, options.get("request"))
    return Recommendations(find, offset=question.offset, limit=question.limit)


def more_like_these(
    positive: Iterable[Any], negative: Iterable[Any] = (), **options: Unpack[Options]
) -> Recommendations:
    """The products that look like `positive` ones and unlike `negative` ones.

    Each says by `because` which of `positive` it is most like.
    """
    return search(positive=positive, negative=negative, **options)


def newest_products(**options: Unpack[Options]) -> Recommendations:
    """What came into the shop last; nothing where the Catalogue does not know."""
    question = asked(None, minimum=1, sources=[Source.NEWEST], **options)
    find = partial(similar.answer, question)
    return Recommendations(find, offset=question.offset, limit=question.limit)


def reasons(found: Iterable[Found], using: str, request: Any) -> dict[Any, Any]:
    """The products that `found` may name, by key: sold out perhaps, never hidden. One SELECT."""
    because = {one.because for one in found if one.because is not None}
    if not because:
        return {}
    visible: QuerySet[Any] = catalogue().visible(request).using(using)
    return curation.shown(None, visible).in_bulk(because)


def _only(positive: Sequence[Any], keys: Sequence[Any]) -> Model | None:
    """The product that is asked about where it is just one: a price may be relative to its.

    One that is named by its key is read now; whoever has the product asks nothing until the
    answer is read.
    """
    if len(positive) != 1:
        return None
    model = catalogue().model
    product: Model | None = positive[0]
    if not isinstance(product, model._meta.concrete_model or model):
        product = model._base_manager.filter(pk=keys[0]).first()
    return product


def _answer(wish: Wish, request: Any, offset: int, limit: int) -> list[Recommendation]:
    page = found_for(wish, offset + limit)[offset:]
    shown = wish.question.shown
    named = reasons(page, shown.db, request)
    return presented(page, shown, first_position=offset + 1, reasons=named)
