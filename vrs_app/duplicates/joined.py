"""Which things hang together, however many steps lie between them."""

from collections.abc import Hashable


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
