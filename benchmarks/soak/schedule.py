"""A seeded schedule: the same seed gives the same actions in the same order.

How long each action takes, and so how they interleave, depends on the machine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, kw_only=True)
class Step:
    """The action `name`, after `pause` seconds; `rng` makes its random choices.

    Each step has its own generator, so what one action draws does not change later ones.
    """

    pause: float
    name: str
    rng: Random


def steps(seed: str, weights: Mapping[str, int], pauses: tuple[float, float]) -> Iterator[Step]:
    """Endless steps, with names in proportion to their weights."""
    rng = Random(seed)
    while True:
        yield Step(
            pause=rng.uniform(*pauses),
            name=rng.choices(list(weights), list(weights.values()))[0],
            rng=Random(rng.getrandbits(64)),
        )
