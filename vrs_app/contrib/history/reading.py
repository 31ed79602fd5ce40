"""What a shopper did, as it is known here or as the shop knows it by itself."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils import timezone

from vrs_app.catalogue import Interaction, catalogue
from vrs_app.queries.question import keys_of

from .guarding import database, kept_from_the_page
from .kinds import STATEMENTS, Kind, kind_of
from .models import InteractionRow
from .shopper import Shopper, Who, shopper_from

MOST_VIEWED, MOST_STATEMENTS = 100, 1_000
"""Of each shopper the newest so many are read: what they looked at, and what they said."""


def interactions(who: Who) -> list[Interaction]:
    """What a shopper did, newest first; none for somebody unknown, or where no row can be read.

    Where the Catalogue's `interactions` answers, that counts instead of our rows, but for those
    that our own buttons write: what was liked here, and what was dismissed.
    Raises TypeError for what is no shopper, ValueError for a kind or a key that cannot be.
    """
    shopper = shopper_from(who)
    if shopper is None:
        return []
    own = catalogue().interactions(shopper)
    if own is None:
        found = _noted(shopper, {(Kind.VIEWED,): MOST_VIEWED, STATEMENTS: MOST_STATEMENTS})
    else:
        said_here = _noted(shopper, {(Kind.LIKED, Kind.DISMISSED): MOST_STATEMENTS})
        found = _newest([*(_checked(each) for each in own), *said_here])
    return sorted(found, key=lambda each: each.at, reverse=True)


def _noted(shopper: Shopper, bounds: Mapping[tuple[Kind, ...], int]) -> list[Interaction]:
    found: list[Interaction] = []
    with kept_from_the_page("What a shopper did was not read"):
        rows = InteractionRow.objects.using(database()).filter(**shopper.columns)
        for kinds, most in bounds.items():
            newest = rows.filter(kind__in=kinds).order_by("-at", "-pk")[:most]
            found += [
                Interaction(product=row.product_id, kind=row.kind, at=row.at) for row in newest
            ]
    return found


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
