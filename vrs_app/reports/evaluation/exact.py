"""Every product compared with every other, exactly, by matrix products of bounded size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ...embedders import Vectors
from ...spaces.vectors import nearly_same_from
from ..duplicates.photo_vectors import Photos
from .blocks import Block, blocks

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The nearest products of some, nearest first: products × count.

    A product is as near as its nearest picture is to the asking product's first one. Where
    there are fewer, `places` is -1 and `similarities` minus infinity.
    """

    places: Places
    similarities: Floats

    def merged(self, similarities: Floats, first: int) -> "Nearest":
        """With products from place `first` on, by their `similarities`: products × others."""
        rows, count = self.places.shape
        kept = min(count, similarities.shape[1])
        floor = np.partition(similarities, -kept, axis=1)[:, -kept]
        floor = np.maximum(floor, self.similarities[:, -1])
        # An infinite floor would let in the product itself, which is at minus infinity.
        row, column = np.nonzero(
            (similarities >= floor[:, np.newaxis]) & np.isfinite(similarities)
        )
        all_rows = np.concatenate([np.repeat(np.arange(rows), count), row])
        all_places = np.concatenate([self.places.ravel(), first + column])
        all_similarities = np.concatenate([self.similarities.ravel(), similarities[row, column]])
        order = np.lexsort((all_places, -all_similarities, all_rows))
        begins = np.searchsorted(all_rows[order], np.arange(rows))
        best = order[begins[:, np.newaxis] + np.arange(count)]
        return Nearest(places=all_places[best], similarities=all_similarities[best])


@dataclass(frozen=True, kw_only=True)
class Comparison:
    nearest: Nearest
    duplicate_pairs: int
    is_duplicated: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class _Gallery:
    """A block with its vectors; `starts` says where in it each product begins."""

    block: Block
    starts: Places
    vectors: Vectors

    def nearness(self, other: "_Gallery") -> Floats:
        """How near the main pictures of these are to those of `other`: products × products."""
        similarities: Floats = self.vectors[self.starts] @ other.vectors.T
        if len(other.starts) == len(other.vectors):  # one picture a product
            return similarities
        best: Floats = np.maximum.reduceat(similarities, other.starts, axis=1)
        return best


def compare(
    photos: Photos, *, count: int, duplicates_from: float, quiet: bool = True
) -> Comparison:
    """The `count` nearest of every product, and the pairs at `duplicates_from` or above.

    What a pair is, `vrs_app.reports.duplicates` says. Takes time with the square of the
    pictures and memory for one pair of blocks.
    """
    every = list(blocks(photos))
    nearest = [_none(block, count) for block in every]
    pairs, is_duplicated = 0, np.zeros(len(photos.keys), dtype=bool)
    meetings = len(every) * (len(every) + 1) // 2
    with tqdm(total=meetings, unit="block", disable=quiet, desc="exactly") as bar:
        for number, block in enumerate(every):
            mine = _gallery(photos, block)
            for place, other in enumerate(every[number:], number):
                theirs = mine if other is block else _gallery(photos, other)
                there, back = _both_ways(mine, theirs)
                left, right = _pairs(there, back, duplicates_from)
                pairs += len(left)
                is_duplicated[left + block.first] = is_duplicated[right + other.first] = True
                nearest[number] = nearest[number].merged(there, other.first)
                if other is not block:
                    nearest[place] = nearest[place].merged(back, block.first)
                bar.update()
    return Comparison(
        nearest=Nearest(
            places=np.concatenate([each.places for each in nearest]),
            similarities=np.concatenate([each.similarities for each in nearest]),
        ),
        duplicate_pairs=pairs,
        is_duplicated=is_duplicated,
    )


def _none(block: Block, count: int) -> Nearest:
    shape = (block.last - block.first, count)
    return Nearest(
        places=np.full(shape, -1), similarities=np.full(shape, -np.inf, dtype=np.float32)
    )


def _gallery(photos: Photos, block: Block) -> _Gallery:
    return _Gallery(
        block=block,
        starts=photos.starts[block.first : block.last] - block.start,
        vectors=photos.vectors(slice(block.start, block.stop)),
    )


def _both_ways(one: _Gallery, other: _Gallery) -> tuple[Floats, Floats]:
    """How near the products of one are to the other's, and back; none is near to itself."""
    there = one.nearness(other)
    if other is one:
        np.fill_diagonal(there, -np.inf)
        return there, there
    if len(one.starts) == len(one.vectors) and len(other.starts) == len(other.vectors):
        return there, there.T
    return there, other.nearness(one)


def _pairs(there: Floats, back: Floats, threshold: float) -> tuple[Places, Places]:
    """Which products of the one block and of the other are a pair, each pair once."""
    lowest = nearly_same_from(threshold)
    alike = (there >= lowest) | (back.T >= lowest)
    left, right = np.nonzero(np.triu(alike) if back is there else alike)
    return left, right
