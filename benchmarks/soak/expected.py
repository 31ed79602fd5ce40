"""The expected catalogue: which products there are, and which may be shown when.

Each change is recorded before it begins and after it is committed. In between, and after a
change that raised and so may or may not be committed, a product's state is UNSURE.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from threading import Lock

from .timeline import Span


class ProductState(StrEnum):
    UNSURE = "unsure"
    SHOWN = "shown"
    HIDDEN = "hidden"
    DELETED = "deleted"


INVISIBLE = (ProductState.HIDDEN, ProductState.DELETED)


@dataclass(kw_only=True, eq=False)
class ExpectedProduct:
    """A product: the actor that may hide and delete it, and its states by their beginning."""

    slug: str
    owner: str
    key: int = 0
    history: list[tuple[float, ProductState]] = field(default_factory=list)
    is_signalled: bool = True
    """False once something changed, or may have changed, without a signal."""

    @property
    def state(self) -> ProductState:
        return self.history[-1][1]

    def states_during(self, span: Span) -> set[ProductState]:
        """The states within `span`: that at its beginning, and those that began in it."""
        before = [state for at, state in self.history if at <= span.began]
        within = [state for at, state in self.history if span.began < at <= span.ended]
        return {*(before[-1:] or [ProductState.UNSURE]), *within}


class ExpectedCatalogue:
    """All products that actors ever saved; safe for threads."""

    def __init__(self) -> None:
        self._products: dict[str, ExpectedProduct] = {}
        self._alive: list[ExpectedProduct] = []
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._alive)

    @property
    def all(self) -> list[ExpectedProduct]:
        with self._lock:
            return list(self._products.values())

    def get(self, slug: str) -> ExpectedProduct | None:
        return self._products.get(slug)

    def add(self, slug: str, owner: str) -> ExpectedProduct:
        """Register a product that an actor is about to save."""
        expected = ExpectedProduct(
            slug=slug, owner=owner, history=[(time.monotonic(), ProductState.UNSURE)]
        )
        with self._lock:
            self._products[slug] = expected
        return expected

    def pick(self, rng: Random, owner: str = "") -> ExpectedProduct | None:
        """A random product that is not deleted, of `owner` if given; None where there is none."""
        with self._lock:
            found = [each for each in self._alive if owner in ("", each.owner)]
        return found[int(rng.random() * len(found))] if found else None

    def pick_any(self, rng: Random) -> ExpectedProduct | None:
        """Like `pick`, but one in ten is picked among all, deleted ones too."""
        from_all = rng.random() < 0.1
        if expected := self.pick(rng):
            products = self.all
            return products[int(rng.random() * len(products))] if from_all else expected
        return None

    @contextmanager
    def changing(self, expected: ExpectedProduct, becomes: ProductState) -> Iterator[None]:
        """The block commits the change to `becomes`; where it raises, the state is UNSURE."""
        self.set_state(expected, ProductState.UNSURE)
        try:
            yield
        except BaseException:
            expected.is_signalled = False
            raise
        self.set_state(expected, becomes)

    def set_state(self, expected: ExpectedProduct, state: ProductState) -> None:
        with self._lock:
            expected.history.append((time.monotonic(), state))
            if state == ProductState.DELETED:
                self._alive.remove(expected)
            elif state != ProductState.UNSURE and expected not in self._alive:
                self._alive.append(expected)
