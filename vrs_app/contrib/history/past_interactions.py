"""Reading a shopper's interactions, from our table or from the shop's Catalogue."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils import timezone

from vrs_app.catalogue import Catalogue, Interaction, catalogue
from vrs_app.display import tolerate
from vrs_app.infra.transactions import SuppressErrors, savepoint_if_needed
from vrs_app.queries import keys_of

from .event_types import EXPLICIT_KINDS, Kind, parse_kind
from .fail_safe import database, fail_safe, log_once
from .models import InteractionRow
from .shopper import Shopper, Who, shopper_from

MOST_VIEWED, MOST_EXPLICIT = 100, 1_000
"""Interactions that are read of each shopper, the newest: views, and explicit feedback."""


def interactions(who: Who, *, product: Model | None = None) -> list[Interaction]:
    """The interactions of a shopper, newest first; with `product`, only those with it.

    Empty for an unknown shopper and on a database error, which is logged. If the Catalogue's
    `interactions` returns any iterable, it replaces our rows, except likes and dismissals, which
    our own buttons record; if it raises, which is logged, it counts as empty, and so does one
    of its interactions with an invalid kind or key. Raises TypeError for what is no shopper.
    """
    shopper = fail_safe("The shopper could not be identified", partial(shopper_from, who), None)
    if shopper is None:
        return []
    columns = shopper.columns | ({} if product is None else {"product": product})
    own = _from_catalogue(shopper)
    if own is None:
        found = _stored(columns, {(Kind.VIEWED,): MOST_VIEWED, EXPLICIT_KINDS: MOST_EXPLICIT})
    else:
        ours = _stored(columns, {(Kind.LIKED, Kind.DISMISSED): MOST_EXPLICIT})
        theirs = [each for each in own if product is None or each.product == product.pk]
        found = _newest([*theirs, *ours])
    return sorted(found, key=lambda each: each.at, reverse=True)


def _from_catalogue(shopper: Shopper) -> list[Interaction] | None:
    """What the Catalogue knows of the shopper; None where the shop does not override the method.

    It runs in a savepoint where a transaction is open, which leaves the page's own intact.
    """
    method = catalogue().interactions
    if getattr(method, "__func__", None) is Catalogue.interactions:
        return None
    what = "The Catalogue's interactions could not be read"
    with SuppressErrors(partial(log_once, what)), savepoint_if_needed(database()):
        own = method(shopper)
        return None if own is None else _valid_ones(own)
    return []


def _valid_ones(own: Iterable[Interaction]) -> list[Interaction]:
    read = (tolerate("interactions", partial(_validated, each), None) for each in own)
    return [each for each in read if each is not None]


def _stored(
    columns: Mapping[str, Any], limits: Mapping[tuple[Kind, ...], int]
) -> list[Interaction]:
    """The newest rows of each tuple of kinds, at most its limit; none on a database error."""
    what = "Interactions could not be read"
    return fail_safe(what, partial(_select, columns, limits), [])


def _select(
    columns: Mapping[str, Any], limits: Mapping[tuple[Kind, ...], int]
) -> list[Interaction]:
    rows = InteractionRow.objects.using(database()).filter(**columns)
    return [
        Interaction(product=row.product_id, kind=row.kind, at=row.at)
        for kinds, most in limits.items()
        for row in rows.filter(kind__in=kinds).order_by("-at", "-pk")[:most]
    ]


def _newest(found: Iterable[Interaction]) -> list[Interaction]:
    """The newest of `found`, limited as our own rows are."""
    ordered = sorted(found, key=lambda each: each.at, reverse=True)
    viewed = [each for each in ordered if each.kind == Kind.VIEWED]
    explicit = [each for each in ordered if each.kind != Kind.VIEWED]
    return viewed[:MOST_VIEWED] + explicit[:MOST_EXPLICIT]


def _validated(one: Interaction) -> Interaction:
    """An interaction of the Catalogue, with its key, kind and time converted to our types."""
    (key,) = keys_of("Catalogue.interactions", [one.product])
    return replace(one, product=key, kind=parse_kind(one.kind), at=_aware(one.at))


def _aware(at: datetime.datetime) -> datetime.datetime:
    return timezone.make_aware(at) if timezone.is_naive(at) else at
