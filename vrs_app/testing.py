"""For the test suites of shops: do what a worker does, in the process of the test."""

from .indexing.outbox import drain as outbox


def drain() -> int:
    """Bring image and text rows up to date with what was saved; returns the number of changes.

    Needs no worker, no broker and no embedder, and works inside of the transaction of a
    `TestCase`. What the shop's Catalogue raises is logged. Pictures are not embedded.
    """
    drained = outbox.drain()
    return drained.changes.pictures + drained.changes.words
