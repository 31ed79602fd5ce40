"""Comparing every product with every other, exactly, by matrix products of bounded size."""

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
    """The nearest other products of some products, nearest first: products × count.

    `places` are indices into `Photos.keys`. The similarity of two products is that of the query's
    first picture and the other's nearest picture. Where there are fewer than `count`, `places` is
    -1 and `similarities` minus infinity.
    """

    places: Places
    similarities: Floats

    def merged(self, similarities: Floats, first: int) -> "Nearest":
        """This, merged with the products from place `first` on.

        `similarities`: queries × those products.
        """
        rows, count = self.places.shape
        kept = min(count, similarities.shape[1])
        floor = np.partition(similarities, -kept, axis=1)[:, -kept]
        floor = np.maximum(floor, self.similarities[:, -1])
        # The query itself is at minus infinity, and so may be the floor.
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
    """The nearest of every product; how many duplicate pairs there are, and who is in one."""

    nearest: Nearest
    duplicate_pairs: int
    is_duplicated: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class _BlockVectors:
    """A block with its vectors; `starts` are the indices of each product's first picture."""

    block: Block
    starts: Places
    vectors: Vectors

    def similarities_to(self, other: "_BlockVectors") -> Floats:
        """The similarities of these products' main pictures to the others: products × products."""
        similarities: Floats = self.vectors[self.starts] @ other.vectors.T
        if len(other.starts) == len(other.vectors):  # one picture a product
            return similarities
        best: Floats = np.maximum.reduceat(similarities, other.starts, axis=1)
        return best


def compare(
    photos: Photos, *, count: int, duplicates_from: float, quiet: bool = True
) -> Comparison:
    """The `count` nearest of every product, and its near-duplicates.

    Those are the pairs, as in `vrs_app.reports.duplicates`, whose similarity is at least
    `duplicates_from`. Time is quadratic in the number of pictures; memory holds two blocks.
    """
    every = list(blocks(photos))
    nearest = [_empty(block, count) for block in every]
    pairs, is_duplicated = 0, np.zeros(len(photos.keys), dtype=bool)
    steps = len(every) * (len(every) + 1) // 2
    with tqdm(total=steps, unit="block", disable=quiet, desc="exactly") as bar:
        for number, block in enumerate(every):
            ours = _with_vectors(photos, block)
            for place, other in enumerate(every[number:], number):
                theirs = ours if other is block else _with_vectors(photos, other)
                forth, back = _both_ways(ours, theirs)
                left, right = _duplicate_pairs(forth, back, duplicates_from)
                pairs += len(left)
                is_duplicated[left + block.first] = is_duplicated[right + other.first] = True
                nearest[number] = nearest[number].merged(forth, other.first)
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


def _empty(block: Block, count: int) -> Nearest:
    """No neighbours yet of the products of `block`."""
    shape = (block.last - block.first, count)
    return Nearest(
        places=np.full(shape, -1), similarities=np.full(shape, -np.inf, dtype=np.float32)
    )


def _with_vectors(photos: Photos, block: Block) -> _BlockVectors:
    return _BlockVectors(
        block=block,
        starts=photos.starts[block.first : block.last] - block.start,
        vectors=photos.vectors(slice(block.start, block.stop)),
    )


def _both_ways(one: _BlockVectors, other: _BlockVectors) -> tuple[Floats, Floats]:
    """The similarities of one's products to the other's, and of the other's to one's.

    Minus infinity for a product and itself.
    """
    forth = one.similarities_to(other)
    if other is one:
        np.fill_diagonal(forth, -np.inf)
        return forth, forth
    if len(one.starts) == len(one.vectors) and len(other.starts) == len(other.vectors):
        return forth, forth.T
    return forth, other.similarities_to(one)


def _duplicate_pairs(forth: Floats, back: Floats, threshold: float) -> tuple[Places, Places]:
    """The products of one block and of the other that are pairs, each pair once."""
    lowest = nearly_same_from(threshold)
    alike = (forth >= lowest) | (back.T >= lowest)
    left, right = np.nonzero(np.triu(alike) if back is forth else alike)
    return left, right
