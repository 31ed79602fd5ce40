"""Comparing every photo with every other, exactly, by matrix products of bounded size."""

from collections.abc import Hashable, Iterator

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ...spaces.vectors import nearly_same_from
from .pairs import Link
from .photo_vectors import Photos, Rows

ROWS, COLUMNS = 2048, 4096
"""Photos a matrix product; with ResNet50's 2,048 numbers each, it takes some 80 MB."""

LINKS_A_BATCH = 100_000
"""Links after which the spanning forest is computed again, to bound memory."""


class DisjointSets:
    """Union-find, with path halving."""

    def __init__(self) -> None:
        self._parents: dict[Hashable, Hashable] = {}

    def union(self, one: Hashable, other: Hashable) -> bool:
        """Merge the sets of both keys; False if they are in one set already."""
        root, other_root = self.find(one), self.find(other)
        if root == other_root:
            return False
        self._parents[other_root] = root
        return True

    def find(self, key: Hashable) -> Hashable:
        """The root of the set that `key` is in."""
        while (parent := self._parents.get(key, key)) != key:
            self._parents[key] = key = self._parents.get(parent, parent)
        return key


def strongest_links(photos: Photos, threshold: float, *, quiet: bool = True) -> list[Link]:
    """The strongest links that connect each group, at least as similar as `threshold`.

    They are the maximum spanning forest (Kruskal 1956): one less than its products for each
    group, which bounds memory where thousands of products are alike. Strongest first.
    """
    links = _same_photo_links(photos)
    for more in _other_photo_links(photos, threshold, quiet):
        links += more
        if len(links) >= 2 * LINKS_A_BATCH:
            links = _forest(links)
    return _forest(links)


def _same_photo_links(photos: Photos) -> list[Link]:
    """Links between products that show the same photo, at least one as its first picture."""
    return [
        Link(1.0, first.product, each.product, first.image, each.image)
        for mains, others in zip(photos.mains, photos.others, strict=True)
        for first in mains[:1]
        for each in (*mains[1:], *others)
    ]


def _other_photo_links(photos: Photos, threshold: float, quiet: bool) -> Iterator[list[Link]]:
    """Links between different photos, each represented by the first product that shows it."""
    mains, others = photos.main_rows, photos.other_rows
    starts = range(0, len(mains), ROWS)
    for start in tqdm(starts, unit="block", disable=quiet, desc="comparing"):
        rows = mains[start : start + ROWS]
        vectors = photos.unit_vectors(rows)
        every = np.concatenate([mains[start:], others])
        for first in range(0, len(every), COLUMNS):
            columns = every[first : first + COLUMNS]
            similarities = vectors @ photos.unit_vectors(columns).T
            yield from _links_above(photos, rows, columns, similarities, threshold)


def _links_above(
    photos: Photos,
    rows: Rows,
    columns: Rows,
    similarities: NDArray[np.float32],
    threshold: float,
) -> Iterator[list[Link]]:
    """Links of the `similarities` (rows × columns) at `threshold` or above, in batches."""
    left, right = np.nonzero(similarities >= nearly_same_from(threshold))
    differ = rows[left] != columns[right]
    left, right = left[differ], right[differ]
    for start in range(0, len(left), LINKS_A_BATCH):
        some = slice(start, start + LINKS_A_BATCH)
        hits = zip(
            rows[left[some]].tolist(),
            columns[right[some]].tolist(),
            similarities[left[some], right[some]].tolist(),
            strict=True,
        )
        yield [
            Link(similarity, first.product, each.product, first.image, each.image)
            for row, column, similarity in hits
            for first in photos.mains[row][:1]
            for each in photos.mains[column][:1] or photos.others[column]
        ]


def _forest(links: list[Link]) -> list[Link]:
    """The maximum spanning forest of `links`, strongest first: Kruskal's algorithm."""
    sets = DisjointSets()
    ordered = sorted(links, key=lambda link: (-link.similarity, link.image, link.other_image))
    return [link for link in ordered if sets.union(link.product, link.other)]
