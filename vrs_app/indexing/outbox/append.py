"""Append to the outbox: what a save, deletion or relation may have changed.

One statement, a function of the database that catches its own errors and waits for no lock
longer than half a second: whatever happens in it, the shop's transaction goes on.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import QuerySet

from ...catalogue import Keys
from ...infra import schema
from ...infra.db import database, is_same_database
from ...infra.log import EventLog
from ...infra.transactions import (
    SuppressErrors,
    is_manual_transaction,
    noted_in_transaction,
    savepoint_if_needed,
)
from ...models import Change
from .. import enqueue

log = EventLog(__name__)

APPEND_SQL = "SELECT vrs_append_change(%s, %s, {products}, {replaced}, {overwritten})"

NOT_WITHHELD = "not withheld: "
"""Beginning of the function's problem where the change was noted all the same."""

SqlArray = tuple[str, list[Any]]
"""SQL of an array, and its parameters."""

_ready: set[tuple[str, str, str]] = set()
"""Where this process has seen the function: alias, name of the database, schema of a tenant."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """What may have changed: a row of a watched model, and what is known of it at this moment.

    `model` is the model's label, `key` the row's primary key as text. `products` are the
    primary keys of its products, as a queryset if they are not to be fetched, `former` those of
    the products that it belonged to before. Files `replaced` are no longer shown by these
    products: their rows are withheld. Files `overwritten` hold other bytes, whichever product
    shows them: their vectors are not served any more.
    """

    model: str
    key: str
    products: Keys = ()
    former: Collection[Any] = ()
    replaced: Collection[str] = ()
    overwritten: Collection[str] = ()


def append(note: Note, using: str, *, then_enqueue: bool = True) -> None:
    """Append `note` in the transaction of the save, which was made through the alias `using`.

    In one transaction a product is appended once. A save in another database than ours cannot
    share a transaction with us: it is noted once it is committed.
    """
    if not is_same_database(using):
        write = partial(append, note, database(), then_enqueue=then_enqueue)
        transaction.on_commit(write, using=using, robust=True)
        return
    noted = noted_in_transaction(using)
    products = note.products
    if not isinstance(products, QuerySet):
        products = {str(key) for key in (*products, *note.former)}
        if not products and not note.model:
            return
        # A row of several products, as a category, is looked up again by a worker: others may
        # belong to it by then.
        is_known = len(products) == 1 and products <= noted
        if is_known and not (note.replaced or note.overwritten):
            _enqueue(using, then_enqueue)  # the save before may have been a raw one
            return
    if not _is_ready(using):
        _log_problem(note, "vrs_app is not migrated, or its function is not granted to this role.")
        return
    if problem := _execute(note, products, using):
        _log_problem(note, problem)
    elif not isinstance(products, QuerySet):
        noted |= products
    _enqueue(using, then_enqueue)


def _enqueue(using: str, then_enqueue: bool) -> None:
    if then_enqueue and not is_manual_transaction(using):
        enqueue.enqueue_on_commit(using)


def append_products(keys: Iterable[Any]) -> None:
    """Append these products, in the transaction that changes what they are compared with.

    Also those that wait in the outbox already: until this transaction is committed, another
    worker may drain them without having seen its change.
    """
    wanted = sorted({str(key) for key in keys})
    Change.objects.using(database()).bulk_create([Change(product=key) for key in wanted])


def append_new(keys: Collection[Any]) -> None:
    """Append these products, but for those that wait in the outbox already.

    Only for changes that are committed: see `append_products`.
    """
    if not keys:
        return
    wanted = {str(key) for key in keys}
    rows = Change.objects.using(database()).filter(product__in=wanted, token=None, error="")
    waiting = set(rows.values_list("product", flat=True))
    Change.objects.using(database()).bulk_create(
        [Change(product=key) for key in sorted(wanted - waiting)]
    )


def _log_problem(note: Note, problem: str) -> None:
    event = "picture_not_withheld" if problem.startswith(NOT_WITHHELD) else "change_not_noted"
    log.error(event, model=note.model, key=note.key, problem=problem)


def forget_where_ready(**kwargs: Any) -> None:
    """post_migrate: a migration may have dropped the function."""
    _ready.clear()


def _is_ready(using: str) -> bool:
    """Whether the function is there: without it, its call would abort the shop's transaction."""
    connection = connections[using]
    name = str(connection.settings_dict["NAME"])
    place = (using, name, str(getattr(connection, "schema_name", "")))
    if place not in _ready and schema.function_exists(using):
        _ready.add(place)
    return place in _ready


def _execute(note: Note, products: Keys, using: str) -> str | None:
    """Call the function; the problem that it returns, None if there was none."""
    if isinstance(products, QuerySet) and is_same_database(products.db):
        report = partial(log.error, "products_not_noted", model=note.model, key=note.key)
        with SuppressErrors(lambda error: report(error=error)), savepoint_if_needed(using):
            return _call(note, _array_of(products, note.former, using), using)
        products = []  # a worker calls the Catalogue again
    listed = sorted({str(key) for key in (*products, *note.former)})
    return _call(note, _array(listed if len(listed) == 1 else ["", *listed]), using)


def _call(note: Note, products: SqlArray, using: str) -> str | None:
    arrays = products, _array(note.replaced), _array(note.overwritten)
    (products_sql, _), (replaced_sql, _), (overwritten_sql, _) = arrays
    statement = APPEND_SQL.format(
        products=products_sql, replaced=replaced_sql, overwritten=overwritten_sql
    )
    values = [value for _, parameters in arrays for value in parameters]
    with connections[using].cursor() as cursor, _forgotten_on_error():
        cursor.execute(statement, [note.model, note.key, *values])
        problem: str | None = cursor.fetchone()[0]
        return problem


@contextmanager
def _forgotten_on_error() -> Iterator[None]:
    """Look for the function anew after an error: it may have been dropped meanwhile."""
    try:
        yield
    except Exception:
        _ready.clear()
        raise


def _array(values: Collection[str]) -> SqlArray:
    """An array of these texts; their own placeholders are quicker than one for a list."""
    if not values:
        return "'{}'", []
    return f"ARRAY[{', '.join(['%s'] * len(values))}]::text[]", list(values)


def _array_of(products: QuerySet[Any], former: Collection[Any], using: str) -> SqlArray:
    """An array of these primary keys as text, each once, led by ''."""
    listed = [str(key) for key in former]
    try:
        sql, parameters = products.query.get_compiler(using).as_sql()
    except EmptyResultSet:
        return _array(["", *listed])
    keys = f"SELECT each::text FROM ({sql}) AS found (each)"  # noqa: S608
    array = f"ARRAY[''] || ARRAY({keys} UNION SELECT unnest(%s::text[]))"
    return array, [*parameters, listed]
