"""The near-duplicates of the whole catalogue, hidden products too."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ... import spaces
from ...exceptions import NoActiveSpace
from . import photo_vectors
from .links import Joined, strongest
from .pairs import Pair, checked, presented


@dataclass(frozen=True, kw_only=True)
class Group:
    """Products that hang together by their pairs, in the order of their keys.

    `pairs` are the strongest that hold them together, one less than products.
    """

    products: Sequence[Any]
    pairs: Sequence[Pair]


def pairs(threshold: float | None = None, *, quiet: bool = True) -> list[Pair]:
    """Of every group the pairs that hold it together, the most similar first.

    Takes time with the square of the photos and memory for all of them in half precision.
    Raises ValueError for a `threshold` outside 0 to 1 and NoActiveSpace where nothing is
    embedded.
    """
    lowest = checked(threshold)
    space = spaces.active()
    known = photo_vectors.read(space) if space else None
    if known is None or not known.keys:
        raise NoActiveSpace("Nothing is embedded yet. Run: manage.py vrs_embed")
    return presented(strongest(known, lowest, quiet=quiet)) if lowest <= 1 else []


def groups(threshold: float | None = None, *, quiet: bool = True) -> list[Group]:
    """The groups of near-duplicates, the most similar first; raises what `pairs` raises."""
    found = pairs(threshold, quiet=quiet)
    joined = Joined()
    for pair in found:
        joined.join(pair.product.pk, pair.other.pk)
    together: dict[Any, list[Pair]] = defaultdict(list)
    for pair in found:
        together[joined.root(pair.product.pk)].append(pair)
    return [_group(some) for some in together.values()]


def _group(found: Sequence[Pair]) -> Group:
    products = {each.pk: each for pair in found for each in (pair.product, pair.other)}
    return Group(products=[products[key] for key in sorted(products)], pairs=found)
