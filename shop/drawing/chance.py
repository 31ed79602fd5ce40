"""Chance that comes out the same each time."""

from random import Random


def seeded(seed: str) -> Random:
    """A generator of its own for each picture, so that none depends on what came before."""
    return Random(seed)  # noqa: S311 - nothing secret is drawn
