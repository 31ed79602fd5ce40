"""Every photo compared with every other, exactly, by matrix products of bounded size."""

from collections.abc import Hashable, Iterator

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ...spaces.vectors import nearly_same_from
from .pairs import Link
from .photo_vectors import Photos, Rows


class Joined:
    """Disjoint sets that grow together (union-find)."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def join(self, one: Hashable, other: Hashable) -> bool:
        """Put both into one set; False where they are in one already."""
        root, other_root = self.root(one), self.root(other)
        if root == other_root:
            return False
        self._above[other_root] = root
        return True

    def root(self, key: Hashable) -> Hashable:
        """The key that stands for the whole set of `key`."""
        while (above := self._above.get(key, key)) != key:
            self._above[key] = key = self._above.get(above, above)
        return key


ROWS, COLUMNS = 2048, 4096
"""Photos that are compared at once: some 80 MB of numbers of ResNet50."""

AT_ONCE = 100_000
"""Links that are handed on together."""


def strongest(photos: Photos, threshold: float, *, quiet: bool = True) -> list[Link]:
    """The strongest links at `threshold` or above that hold each group together.

    One less than its products for each group (the maximum spanning forest: Kruskal 1956), so
    that memory stays bounded where thousands of products are alike. Strongest first.
    """
    links = _of_one_photo(photos)
    for more in _between(photos, threshold, quiet):
        links += more
        if len(links) >= 2 * AT_ONCE:
            links = _forest(links)
    return _forest(links)


def _of_one_photo(photos: Photos) -> list[Link]:
    """The products that show the same file, one of them at least in the first place."""
    return [
        Link(1.0, first.product, each.product, first.image, each.image)
        for mains, others in zip(photos.mains, photos.others, strict=True)
        for first in mains[:1]
        for each in (*mains[1:], *others)
    ]


def _between(photos: Photos, threshold: float, quiet: bool) -> Iterator[list[Link]]:
    """Links between different photos, of which the first stands for all of its products."""
    mains, others = photos.main_rows, photos.other_rows
    starts = range(0, len(mains), ROWS)
    for start in tqdm(starts, unit="block", disable=quiet, desc="comparing"):
        rows = mains[start : start + ROWS]
        vectors = photos.unit(rows)
        every = np.concatenate([mains[start:], others])
        for first in range(0, len(every), COLUMNS):
            columns = every[first : first + COLUMNS]
            similarities = vectors @ photos.unit(columns).T
            yield from _links(photos, rows, columns, similarities, threshold)


def _links(
    photos: Photos,
    rows: Rows,
    columns: Rows,
    similarities: NDArray[np.float32],
    threshold: float,
) -> Iterator[list[Link]]:
    left, right = np.nonzero(similarities >= nearly_same_from(threshold))
    differ = rows[left] != columns[right]
    left, right = left[differ], right[differ]
    for start in range(0, len(left), AT_ONCE):
        some = slice(start, start + AT_ONCE)
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
    """Those of `links` that join what no stronger one has joined."""
    joined = Joined()
    ordered = sorted(links, key=lambda link: (-link.similarity, link.image, link.other_image))
    return [link for link in ordered if joined.join(link.product, link.other)]
