"""What a shopper's doings say: how much each product counts, what they know, what they avoid."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vrs_app.catalogue import Interaction
from vrs_app.conf import conf

from .event_types import WEIGHTS, Kind

MOST_ITEMS = 100
"""Products that interests are made from."""

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Taste:
    """Of one shopper, all by products' keys.

    `weights`: how much each product they like counts, the most first; `kinds`: the strongest
    that they did with it; `known`: what they need not be shown, since they bought it, have it
    in the cart, liked or dismissed it; `refused`: what they dismissed or bought, the newest
    first, of which near-duplicates are not wanted either.
    """

    weights: Mapping[Any, float]
    kinds: Mapping[Any, Kind]
    known: frozenset[Any]
    dismissed: Sequence[Any]
    refused: Sequence[Any]


def taste(found: Sequence[Interaction], now: datetime.datetime) -> Taste:
    """The taste behind `found`, newest first."""
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
            weights[key] = weights.get(key, 0) + WEIGHTS[kind] * _freshness(now - at)
    heaviest = sorted(weights, key=lambda key: -weights[key])[:MOST_ITEMS]
    refused = [
        key
        for (key, kind), _ in _newest_first(latest)
        if kind == Kind.BOUGHT or (kind == Kind.DISMISSED and key in unwanted)
    ]
    return Taste(
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
    """Whether they liked or took what they had dismissed; looking at it says nothing."""
    said = (Kind.LIKED, Kind.CART, Kind.BOUGHT)
    return any((key, kind) in latest and latest[key, kind] > at for kind in said)


def _freshness(age: datetime.timedelta) -> float:
    """1 for what happened now, a half for what is `VRS["HALF_LIFE_DAYS"]` old."""
    return float(0.5 ** (max(age / DAY, 0) / conf.HALF_LIFE_DAYS))
