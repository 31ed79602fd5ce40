"""In which of the shop's databases our rows are."""

from django.db import InterfaceError, OperationalError, connections, router

from ..models import ImageEmbedding

OF_THE_SERVER = ("08", "53", "57P", "58")
"""How the codes of errors begin that are about the server or the way to it, not a statement."""


def database() -> str:
    """The alias of the database in which our rows are written."""
    return router.db_for_write(ImageEmbedding)


def is_away(error: BaseException) -> bool:
    """Whether the database does not answer, or cut us off, which says nothing of our question."""
    if isinstance(error, OperationalError):
        code = getattr(error.__cause__, "sqlstate", None)
        return code is None or code.startswith(OF_THE_SERVER)
    return isinstance(error, InterfaceError)


def open_anew() -> None:
    """Let the next question open a connection of its own, where the one that there is was cut."""
    connections[database()].close_if_unusable_or_obsolete()
