"""One hostile file."""

from dataclasses import dataclass

READY, NO_CONTENT = "ready", "no_content"

LIMITS = {"MAX_IMAGE_PIXELS": 13_000_000, "MAX_IMAGE_MEMORY": 40_000_000}
"""The settings under which the verdicts hold: about a quarter of the defaults' pixels, and the
least memory that may be set."""


@dataclass(frozen=True)
class Case:
    """A file, and "ready" or the code of the error that the shop's staff should read.

    The verdict holds under `LIMITS`.

    One that `is_plain` is all of one grey: it is read, and the embedder of the tests then
    finds nothing in it to compare.
    """

    name: str
    data: bytes
    verdict: str
    is_plain: bool = False

    @property
    def embedded(self) -> str:
        """The verdict of the whole pipeline."""
        return NO_CONTENT if self.verdict == READY and self.is_plain else self.verdict
