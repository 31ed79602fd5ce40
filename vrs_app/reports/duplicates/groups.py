"""The near-duplicates of the whole catalogue, hidden products included."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ... import spaces
from ...exceptions import NoActiveSpace
from . import photo_vectors
from .links import DisjointSets, strongest_links
from .pairs import Pair, pairs_of, valid_threshold


@dataclass(frozen=True, kw_only=True)
class Group:
    """Products connected by their pairs, in the order of their keys.

    `pairs` are the most similar that connect them, one less than products.
    """

    products: Sequence[Any]
    pairs: Sequence[Pair]


def pairs(threshold: float | None = None, *, quiet: bool = True) -> list[Pair]:
    """The pairs that connect each group, the most similar first.

    `threshold` is a cosine similarity, by default `VRS["DUPLICATE_THRESHOLD"]`; `quiet` hides the
    progress bar. Time is quadratic in the number of photos; memory holds all vectors in half
    precision. Raises ValueError for a `threshold` outside 0 to 1, and NoActiveSpace where nothing
    is embedded.
    """
    lowest = valid_threshold(threshold)
    space = spaces.active()
    photos = photo_vectors.load(space) if space else None
    if photos is None or not photos.keys:
        raise NoActiveSpace("Nothing is embedded yet. Run: manage.py vrs_embed")
    return pairs_of(strongest_links(photos, lowest, quiet=quiet)) if lowest <= 1 else []


def groups(threshold: float | None = None, *, quiet: bool = True) -> list[Group]:
    """The groups of near-duplicates, the most similar first; arguments and errors as `pairs`."""
    found = pairs(threshold, quiet=quiet)
    sets = DisjointSets()
    for pair in found:
        sets.union(pair.product.pk, pair.other.pk)
    pairs_by_root: dict[Any, list[Pair]] = defaultdict(list)
    for pair in found:
        pairs_by_root[sets.find(pair.product.pk)].append(pair)
    return [_group(some) for some in pairs_by_root.values()]


def _group(found: Sequence[Pair]) -> Group:
    products = {each.pk: each for pair in found for each in (pair.product, pair.other)}
    return Group(products=[products[key] for key in sorted(products)], pairs=found)
