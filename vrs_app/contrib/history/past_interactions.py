"""What a shopper did, as it is known here or as the shop knows it by itself."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils import timezone

from vrs_app.catalogue import Interaction, catalogue
from vrs_app.queries.options import keys_of

from .event_types import STATEMENTS, Kind, kind_of
from .fail_safe import database, kept_from_the_page
from .models import InteractionRow
from .shopper import Who, shopper_from

MOST_VIEWED, MOST_STATEMENTS = 100, 1_000
"""Of each shopper the newest so many are read: what they looked at, and what they said."""


def interactions(who: Who, *, product: Model | None = None) -> list[Interaction]:
    """What a shopper did, newest first; none for somebody unknown, or where no row can be read.

    With `product`, only what they did with that one.

    Where the Catalogue's `interactions` answers, that counts instead of our rows, but for those
    that our own buttons write: what was liked here, and what was dismissed.
    Raises TypeError for what is no shopper, ValueError for a kind or a key that cannot be.
    """
    shopper = kept_from_the_page("Nobody knows who asks", partial(shopper_from, who), None)
    if shopper is None:
        return []
    columns = shopper.columns | ({} if product is None else {"product": product})
    own = catalogue().interactions(shopper)
    if own is None:
        found = _noted(columns, {(Kind.VIEWED,): MOST_VIEWED, STATEMENTS: MOST_STATEMENTS})
    else:
        said_here = _noted(columns, {(Kind.LIKED, Kind.DISMISSED): MOST_STATEMENTS})
        checked = [_checked(each) for each in own]
        theirs = [each for each in checked if product is None or each.product == product.pk]
        found = _newest([*theirs, *said_here])
    return sorted(found, key=lambda each: each.at, reverse=True)


def _noted(
    columns: Mapping[str, Any], bounds: Mapping[tuple[Kind, ...], int]
) -> list[Interaction]:
    what = "What a shopper did was not read"
    return kept_from_the_page(what, partial(_read, columns, bounds), [])


def _read(columns: Mapping[str, Any], bounds: Mapping[tuple[Kind, ...], int]) -> list[Interaction]:
    rows = InteractionRow.objects.using(database()).filter(**columns)
    return [
        Interaction(product=row.product_id, kind=row.kind, at=row.at)
        for kinds, most in bounds.items()
        for row in rows.filter(kind__in=kinds).order_by("-at", "-pk")[:most]
    ]


def _newest(found: Iterable[Interaction]) -> list[Interaction]:
    """Bounded as our own rows are."""
    ordered = sorted(found, key=lambda each: each.at, reverse=True)
    viewed = [each for each in ordered if each.kind == Kind.VIEWED]
    said = [each for each in ordered if each.kind != Kind.VIEWED]
    return viewed[:MOST_VIEWED] + said[:MOST_STATEMENTS]


def _checked(one: Interaction) -> Interaction:
    """A shop's own, with a key and a time as ours have them."""
    (key,) = keys_of("Catalogue.interactions", [one.product])
    return replace(one, product=key, kind=kind_of(one.kind), at=_aware(one.at))


def _aware(at: datetime.datetime) -> datetime.datetime:
    return timezone.make_aware(at) if timezone.is_naive(at) else at
