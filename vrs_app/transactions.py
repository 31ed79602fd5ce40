"""What our work in the midst of a caller's transaction owes to it.

Django ends an `atomic` block whose connection was cut without a word, if no error reaches it:
what the caller wrote is gone, and they are told that it was saved.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType
from typing import Self

from django.db import OperationalError, connections, transaction


class FaultsKept:
    """Whatever goes wrong in the block is given to `tell`, and goes no further.

    But for an error by which the caller's own transaction is lost: that is theirs to know.
    """

    def __init__(
        self, tell: Callable[[Exception], None], kinds: type[Exception] = Exception
    ) -> None:
        self._tell = tell
        self._kinds = kinds

    def __enter__(self) -> Self:
        self._lost_before = _lost()
        return self

    def __exit__(
        self, kind: object, error: BaseException | None, stack: TracebackType | None
    ) -> bool:
        if not isinstance(error, self._kinds) or _lost() - self._lost_before:
            return False
        self._tell(error)
        return True


def savepoint(using: str) -> AbstractContextManager[None]:
    """Where a transaction is under way, an error in the block leaves it whole; else nothing."""
    is_under_way = connections[using].in_atomic_block
    return transaction.atomic(using=using) if is_under_way else nullcontext()


@contextmanager
def taken_back(using: str) -> Iterator[None]:
    """A transaction, inside the caller's a savepoint, of which nothing stays.

    Raises OperationalError where going back to the savepoint fails, and all is lost.
    """
    with transaction.atomic(using=using):
        yield
        transaction.set_rollback(True, using=using)
    if using in _lost():
        raise OperationalError("The connection was cut, and its transaction is lost.")


def _lost() -> set[str]:
    """The databases of which a transaction is under way that can only be rolled back."""
    opened = connections.all(initialized_only=True)
    return {each.alias for each in opened if each.in_atomic_block and each.needs_rollback}
