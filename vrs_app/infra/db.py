"""Which database holds our rows, and which errors mean that it cannot be reached."""

from django.db import InterfaceError, OperationalError, connections, router

from ..models import ImageEmbedding

SERVER_ERROR_CLASSES = ("08", "53", "57P", "58")
"""Prefixes of the SQLSTATE codes that concern the server or the connection, not a statement."""


NO_MORE_LOCKS = "53200"
"""SQLSTATE of a transaction with more locks than there is room for; a smaller one may succeed."""


def database() -> str:
    """The alias of the database that our rows are written to."""
    return router.db_for_write(ImageEmbedding)


def is_same_database(using: str) -> bool:
    """Whether the alias `using` reaches the database of our rows, perhaps by another user."""
    ours = database()
    if using == ours:
        return True
    places = [
        tuple(connections[alias].settings_dict.get(key) for key in ("HOST", "PORT", "NAME"))
        for alias in (using, ours)
    ]
    return places[0] == places[1]


def is_database_unavailable(error: BaseException) -> bool:
    """Whether the server did not answer or the connection was cut.

    Such an error says nothing about the statement, so the work may be retried.
    """
    if isinstance(error, OperationalError):
        code = getattr(error.__cause__, "sqlstate", None)
        if code == NO_MORE_LOCKS:
            return False
        return code is None or code.startswith(SERVER_ERROR_CLASSES)
    return isinstance(error, InterfaceError)


def close_broken_connection() -> None:
    """Close a connection that was cut, so that the next query opens a new one."""
    connections[database()].close_if_unusable_or_obsolete()
