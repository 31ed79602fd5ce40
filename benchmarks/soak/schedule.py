"""What happens next, from a seed alone: the same seed, the same doings in the same order.

How long each takes, and so how they meet, is the machine's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, kw_only=True)
class Step:
    """One doing: after `pause` seconds, with `chance` for all that is left open in it.

    A generator of its own, so that what one doing draws moves none of those after it.
    """

    pause: float
    name: str
    chance: Random


def steps(seed: str, weights: Mapping[str, int], pauses: tuple[float, float]) -> Iterator[Step]:
    """Doings without end, each name as often as its weight says."""
    chance = Random(seed)
    while True:
        yield Step(
            pause=chance.uniform(*pauses),
            name=chance.choices(list(weights), list(weights.values()))[0],
            chance=Random(chance.getrandbits(64)),
        )
