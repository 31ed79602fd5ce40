"""A shopper's profile, from their interactions: what they like, know and refuse."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vrs_app.catalogue import Interaction
from vrs_app.conf import conf

from .event_types import WEIGHTS, Kind

MOST_ITEMS = 100
"""Products that interests are clustered from, the heaviest."""

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The profile of one shopper; everything by product key.

    `weights`: of each product they like, the heaviest first. `kinds`: the strongest interaction
    with each of those. `known`: what not to recommend: bought, in the cart, liked or dismissed.
    `dismissed`: the newest first. `refused`: dismissed or bought, the newest first; their
    near-duplicates are not recommended either.
    """

    weights: Mapping[Any, float]
    kinds: Mapping[Any, Kind]
    known: frozenset[Any]
    dismissed: Sequence[Any]
    refused: Sequence[Any]


def profile_of(found: Sequence[Interaction], now: datetime.datetime) -> Profile:
    """The profile of a shopper with the interactions `found`, newest first.

    A weight is the sum of `event_types.WEIGHTS`, each decayed by its age at `now`.
    """
    latest = {(each.product, Kind(each.kind)): each.at for each in reversed(found)}
    dismissed = [
        key
        for (key, kind), at in _newest_first(latest)
        if kind == Kind.DISMISSED and not _changed_their_mind(key, at, latest)
    ]
    unwanted = set(dismissed)
    weights: dict[Any, float] = {}
    for (key, kind), at in latest.items():
        if kind in WEIGHTS and key not in unwanted:
            weights[key] = weights.get(key, 0) + WEIGHTS[kind] * _decay(now - at)
    heaviest = sorted(weights, key=lambda key: -weights[key])[:MOST_ITEMS]
    refused = [
        key
        for (key, kind), _ in _newest_first(latest)
        if kind == Kind.BOUGHT or (kind == Kind.DISMISSED and key in unwanted)
    ]
    return Profile(
        weights={key: weights[key] for key in heaviest},
        kinds={key: next(kind for kind in WEIGHTS if (key, kind) in latest) for key in heaviest},
        known=frozenset(key for key, kind in latest if kind != Kind.VIEWED),
        dismissed=dismissed,
        refused=list(dict.fromkeys(refused)),
    )


def _newest_first(
    latest: Mapping[tuple[Any, Kind], datetime.datetime],
) -> list[tuple[tuple[Any, Kind], datetime.datetime]]:
    return sorted(latest.items(), key=lambda item: item[1], reverse=True)


def _changed_their_mind(
    key: Any, at: datetime.datetime, latest: Mapping[tuple[Any, Kind], datetime.datetime]
) -> bool:
    """Whether they liked, chose or bought the product after dismissing it; views do not count."""
    positive = (Kind.LIKED, Kind.CART, Kind.BOUGHT)
    return any((key, kind) in latest and latest[key, kind] > at for kind in positive)


def _decay(age: datetime.timedelta) -> float:
    """Exponential decay: 1 for a new interaction, 0.5 at the age of `VRS["HALF_LIFE_DAYS"]`."""
    return float(0.5 ** (max(age / DAY, 0) / conf.HALF_LIFE_DAYS))
