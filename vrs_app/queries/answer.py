"""An answer that asks the database when it is first looked at."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from .recommendation import Recommendation

Find = Callable[[int, int], list[Recommendation]]
"""From an offset, so many at most."""


class Recommendations(Sequence[Recommendation]):
    """Recommendations in their order; like a QuerySet, evaluated once, at first use.

    Slicing before that narrows what is asked for, so that a Paginator or a template may
    slice. Whatever the answer holds was true when it was evaluated, never later: keep it
    for one request.
    """

    def __init__(self, find: Find, *, offset: int, limit: int) -> None:
        self._find = find
        self._offset = offset
        self._limit = limit
        self._found: list[Recommendation] | None = None

    def _evaluated(self) -> list[Recommendation]:
        if self._found is None:
            self._found = self._find(self._offset, self._limit) if self._limit else []
        return self._found

    @overload
    def __getitem__(self, index: int) -> Recommendation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Recommendation]: ...
    def __getitem__(self, index: int | slice) -> Recommendation | Sequence[Recommendation]:
        if self._found is None and isinstance(index, slice) and _is_plain(index):
            start = index.start or 0
            end = self._limit if index.stop is None else min(index.stop, self._limit)
            return Recommendations(
                self._find, offset=self._offset + start, limit=max(0, end - start)
            )
        return self._evaluated()[index]

    def __len__(self) -> int:
        return len(self._evaluated())

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self._evaluated())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list | Recommendations):
            return NotImplemented
        return self._evaluated() == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Recommendations {self._evaluated()!r}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as what it holds, since the way it was found cannot be."""
        return list, (self._evaluated(),)


def _is_plain(index: slice) -> bool:
    """Counted from the front and without steps."""
    return index.step in (None, 1) and (index.start or 0) >= 0 and (index.stop or 0) >= 0
