"""What our work in the midst of a caller's transaction owes to it.

Where a connection is cut, going back to a savepoint fails, and Django then rolls the caller's
`atomic` block back without a word if no error reaches it: what they wrote is gone, and they
are told that it was saved.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType
from typing import Self

from django.db import OperationalError, connections, transaction


class FaultsKept:
    """Each error of `kind` in the block is given to `tell`, and goes no further.

    But for one by which the caller's own transaction is lost: that is theirs to know. Where
    nobody raised it, as where the shop's Catalogue kept it to itself, OperationalError is.
    """

    def __init__(
        self, tell: Callable[[Exception], None], kind: type[Exception] = Exception
    ) -> None:
        self._tell = tell
        self._kind = kind

    def __enter__(self) -> Self:
        self._lost_before = _lost()
        return self

    def __exit__(
        self, kind: object, error: BaseException | None, stack: TracebackType | None
    ) -> bool:
        if error is None:
            _raise_if_lost(since=self._lost_before)
        if not isinstance(error, self._kind) or _lost() - self._lost_before:
            return False
        self._tell(error)
        return True


def in_savepoint(using: str) -> AbstractContextManager[None]:
    """An error in the block leaves the caller's transaction whole; where none is, none begins."""
    connection = connections[using]
    is_by_hand = connection.connection is not None and not connection.autocommit
    is_under_way = connection.in_atomic_block or is_by_hand
    return transaction.atomic(using=using) if is_under_way else nullcontext()


@contextmanager
def taken_back(using: str) -> Iterator[None]:
    """A transaction, inside the caller's a savepoint, of which nothing stays.

    Raises OperationalError where going back to the savepoint fails, and all is lost.
    """
    lost_before = _lost()
    with transaction.atomic(using=using):
        yield
        transaction.set_rollback(True, using=using)
    _raise_if_lost(since=lost_before)


def _raise_if_lost(*, since: set[str]) -> None:
    if lost := _lost() - since:
        raise OperationalError(f"A connection was cut, and its transaction is lost: {min(lost)}.")


def _lost() -> set[str]:
    """The databases of which a transaction is under way that can only be rolled back."""
    opened = connections.all(initialized_only=True)
    return {each.alias for each in opened if each.in_atomic_block and each.needs_rollback}
