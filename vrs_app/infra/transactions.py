"""Errors, savepoints and settings inside a transaction that belongs to a caller.

If the connection is cut, the rollback to a savepoint fails and Django marks the caller's
`atomic` block for rollback. If no exception reaches that block, it is rolled back silently:
the caller's rows are lost while the caller believes them saved.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from types import TracebackType
from typing import Any, Self

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

NOTED = "_vrs_noted"
"""Name in a connection's `__dict__` of what its open transaction has appended to the outbox."""

SET_LOCAL_SQL = """
    SELECT set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS each (name, value)
"""

REMEMBER_AND_SET_LOCAL_SQL = """
    SELECT set_config(name, value, true)
    FROM (
        SELECT set_config(
            'vrs_app.before', jsonb_object_agg(name, current_setting(name, true))::text, true
        )
        FROM unnest(%s::text[]) AS name
    ) AS before
    CROSS JOIN unnest(%s::text[], %s::text[]) AS each (name, value)
"""

RESTORE_SQL = """
    SELECT set_config(name, value, true) FROM jsonb_each_text(
        current_setting('vrs_app.before')::jsonb || '{"vrs_app.before": null}'
    ) AS each (name, value)
"""


class SuppressErrors:
    """Suppress exceptions; re-raise if an enclosing transaction is lost by them.

    It is lost if its atomic block is marked for rollback, or if PostgreSQL has aborted it: then
    the COMMIT to come is a rollback that no one is told of. Each suppressed exception, of
    `kind`, is passed to `report`. If the transaction is lost and nothing was raised, as when
    the shop's Catalogue swallowed the error, OperationalError is raised. `using` is the alias of
    the one database that matters; by default, all do.
    """

    def __init__(
        self,
        report: Callable[[Exception], None],
        kind: type[Exception] = Exception,
        *,
        using: str | None = None,
    ) -> None:
        self._report = report
        self._kind = kind
        self._using = using

    def __enter__(self) -> Self:
        self._lost_before = _lost(self._using)
        return self

    def __exit__(
        self, kind: object, error: BaseException | None, stack: TracebackType | None
    ) -> bool:
        if error is None:
            _raise_if_lost(since=self._lost_before, using=self._using)
        if not isinstance(error, self._kind) or _lost(self._using) - self._lost_before:
            return False
        self._report(error)
        return True


def savepoint_if_needed(using: str) -> AbstractContextManager[None]:
    """A savepoint inside an open transaction, so that an error leaves it usable; else nothing."""
    is_open = connections[using].in_atomic_block or is_manual_transaction(using)
    return transaction.atomic(using=using) if is_open else nullcontext()


def is_manual_transaction(using: str) -> bool:
    """Whether autocommit is off, outside of `atomic`: the shop commits by itself."""
    connection = connections[using]
    is_off = connection.connection is not None and not connection.autocommit
    return is_off and not connection.in_atomic_block


@contextmanager
def lazy_savepoint(using: str) -> Iterator[None]:
    """`savepoint_if_needed`, made by the first query in it: without one, it costs no statement."""
    connection = connections[using]
    with ExitStack() as savepoint:
        entered: list[bool] = []

        def enter_first(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
            if not entered:
                entered.append(True)  # before the savepoint, whose statement comes here, too
                savepoint.enter_context(savepoint_if_needed(using))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(enter_first):
            yield


def noted_in_transaction(using: str) -> set[str]:
    """A set that lives as long as what the open transaction has written; else an empty one.

    Django makes the list `run_on_commit` anew when a transaction ends or is rolled back to a
    savepoint, also to one of the shop's own: the set goes with it.
    """
    connection = connections[using]
    if not connection.in_atomic_block or not connection.commit_on_exit:
        return set()
    kept = connection.__dict__.get(NOTED)
    if kept is None or kept[0] is not connection.run_on_commit:
        kept = connection.__dict__[NOTED] = (connection.run_on_commit, set())
    return kept[1]


def forget_noted(using: str) -> None:
    """Forget `noted_in_transaction`: a worker has read it in the same transaction, in a test."""
    connections[using].__dict__.pop(NOTED, None)


@contextmanager
def read_committed(using: str) -> Iterator[None]:
    """A transaction in which each statement sees what others have committed until then.

    Whatever isolation the shop has chosen; inside another transaction it is a savepoint of that.
    """
    is_outermost = not connections[using].in_atomic_block
    with transaction.atomic(using=using):
        if is_outermost:
            with connections[using].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield


@contextmanager
def rolled_back(using: str) -> Iterator[None]:
    """A transaction, inside the caller's a savepoint, that is always rolled back.

    Raises OperationalError if the rollback to the savepoint fails, since the caller's
    transaction is lost then.
    """
    lost_before = _lost()
    with transaction.atomic(using=using):
        yield
        transaction.set_rollback(True, using=using)
    _raise_if_lost(since=lost_before)


def set_locally(using: str, values: Mapping[str, object]) -> None:
    """`SET LOCAL` for several settings, with values as parameters. Call it in a transaction."""
    texts = [str(value) for value in values.values()]
    with connections[using].cursor() as cursor:
        cursor.execute(SET_LOCAL_SQL, [list(values), texts])


@contextmanager
def sent_with_settings(using: str, values: Mapping[str, object]) -> Iterator[None]:
    """Send each query of the block in one message together with `SET LOCAL` of `values`.

    In autocommit PostgreSQL takes a message as one transaction, at whose end the settings are
    gone, whatever pool stands between. Inside a transaction a third statement of the message
    puts back what was set before. An error in a query aborts an open transaction, as that of
    any other statement does.
    """
    with connections[using].execute_wrapper(partial(_send_together, values)):
        yield


def _send_together(
    values: Mapping[str, object],
    execute: Any,
    sql: str,
    params: Any,
    many: bool,
    context: Mapping[str, Any],
) -> Any:
    """A wrapper of Django's for one query; leaves the cursor at the query's own rows."""
    connection, cursor = context["connection"], context["cursor"]
    connection.validate_no_broken_transaction()
    names, texts = list(values), [str(value) for value in values.values()]
    compose = connection.ops.compose_sql
    if connection.in_atomic_block or not connection.get_autocommit():
        before = compose(REMEMBER_AND_SET_LOCAL_SQL, [names, names, texts])
        parts = [before, compose(sql, params), RESTORE_SQL]
    else:
        parts = [compose(SET_LOCAL_SQL, [names, texts]), compose(sql, params)]
    with connection.wrap_database_errors:
        # Never prepared: PostgreSQL prepares single statements only.
        answer = cursor.cursor.execute(";".join(parts), prepare=False)
    cursor.nextset()
    return answer


def is_transaction_lost(using: str) -> bool:
    """Whether the open transaction can only be rolled back."""
    return _is_lost(connections[using])


def _raise_if_lost(*, since: set[str], using: str | None = None) -> None:
    if lost := _lost(using) - since:
        raise OperationalError(f"A transaction is lost, or its connection was cut: {min(lost)}.")


def _lost(using: str | None = None) -> set[str]:
    """Aliases of the databases, or of this one, whose open transaction can only be rolled back."""
    if using is not None:
        return {using} if _is_lost(connections[using]) else set()
    return {each.alias for each in connections.all(initialized_only=True) if _is_lost(each)}


def _is_lost(connection: BaseDatabaseWrapper) -> bool:
    info = getattr(connection.connection, "info", None)
    is_aborted = getattr(info, "transaction_status", None) == TransactionStatus.INERROR
    return is_aborted or (connection.in_atomic_block and connection.needs_rollback)
