"""One hostile file."""

from dataclasses import dataclass

LIMITS = {"MAX_IMAGE_PIXELS": 13_000_000, "MAX_IMAGE_MEMORY": 40_000_000}
"""The settings under which the verdicts hold: about a quarter of the defaults' pixels, and the
least memory that may be set."""

READY, NO_CONTENT, TOO_LARGE = "ready", "no_content", "too_large"

PIXELS, MEMORY, SIDE = "pixels; at most", "bytes of memory", "a side of"
"""Words of the error of a file that is too large: which limit it meets."""
PILLOWS_OWN = "exceeds limit of"
"""The same where Pillow itself refuses to open it."""


@dataclass(frozen=True)
class Case:
    """A file, and "ready" or the code of the error that the shop's staff should read.

    The verdict holds under `LIMITS`. One that `is_plain` is all of one grey: it is read, and
    the embedder of the tests then finds nothing in it to compare. `why` is part of the error's
    message.
    """

    name: str
    data: bytes
    verdict: str
    is_plain: bool = False
    why: str = ""

    @property
    def embedded(self) -> str:
        """The verdict of the whole pipeline."""
        return NO_CONTENT if self.verdict == READY and self.is_plain else self.verdict


def oversized(name: str, data: bytes, why: str) -> Case:
    """A file that is too large, and why."""
    return Case(name, data, TOO_LARGE, why=why)
