"""One hostile file."""

from dataclasses import dataclass

READY, NO_CONTENT = "ready", "no_content"


@dataclass(frozen=True)
class Case:
    """A file, and "ready" or the code of the error that the shop's staff should read.

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
