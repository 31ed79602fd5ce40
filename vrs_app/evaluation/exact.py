"""Every product compared with every other, exactly, by matrix products of bounded size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from .pictures import Block, Pictures

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

ROUNDING = 1e-5
"""How far the similarity of equal pictures may lie below 1."""


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


def compare(
    pictures: Pictures, *, count: int, duplicates_from: float, quiet: bool = True
) -> Comparison:
    """The `count` nearest of every product, and the pairs at `duplicates_from` or above.

    Two products are a pair where any picture of one is so near to any of the other. Takes
    time with the square of the pictures and memory for one pair of blocks.
    """
    blocks = list(pictures.blocks())
    found: list[Nearest] = []
    pairs, is_duplicated = 0, np.zeros(len(pictures.keys), dtype=bool)
    with tqdm(total=len(blocks) ** 2, unit="block", disable=quiet, desc="exactly") as bar:
        for block in blocks:
            rows, nearest = pictures.unit(slice(block.start, block.stop)), _none(block, count)
            for other in blocks:
                by_product = _by_product(pictures, rows, other)
                if other.first >= block.first:
                    left, right = _alike(pictures, block, other, by_product, duplicates_from)
                    pairs += len(left)
                    is_duplicated[left] = is_duplicated[right] = True
                main = by_product[pictures.starts[block.first : block.last] - block.start]
                if other is block:
                    np.fill_diagonal(main, -np.inf)
                nearest = nearest.merged(main, other.first)
                bar.update()
            found.append(nearest)
    return Comparison(
        nearest=Nearest(
            places=np.concatenate([each.places for each in found]),
            similarities=np.concatenate([each.similarities for each in found]),
        ),
        duplicate_pairs=pairs,
        is_duplicated=is_duplicated,
    )


def _none(block: Block, count: int) -> Nearest:
    shape = (block.last - block.first, count)
    return Nearest(
        places=np.full(shape, -1), similarities=np.full(shape, -np.inf, dtype=np.float32)
    )


def _by_product(pictures: Pictures, rows: Floats, other: Block) -> Floats:
    """How near each of `rows` is to the products of `other`: pictures × products."""
    similarities: Floats = rows @ pictures.unit(slice(other.start, other.stop)).T
    return _best(similarities, _starts(pictures, other), axis=1)


def _starts(pictures: Pictures, block: Block) -> Places:
    """Where each product of `block` begins among its pictures."""
    starts: Places = pictures.starts[block.first : block.last] - block.start
    return starts


def _best(similarities: Floats, starts: Places, axis: int) -> Floats:
    """The largest of each product's pictures; for one picture a product, what there is."""
    if len(starts) == similarities.shape[axis]:
        return similarities
    best: Floats = np.maximum.reduceat(similarities, starts, axis=axis)
    return best


def _alike(
    pictures: Pictures, block: Block, other: Block, by_product: Floats, threshold: float
) -> tuple[Places, Places]:
    """The places of each pair that is at `threshold` or above, each pair once."""
    products = _best(by_product, _starts(pictures, block), axis=0)
    left, right = np.nonzero(products >= threshold - ROUNDING)
    left, right = left + block.first, right + other.first
    return left[left < right], right[left < right]
