"""Shared by the commands: a confirmation, and one sentence instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError, ProgrammingError

from vrs_app.infra.db import is_database_unavailable
from vrs_app.infra.redaction import masked


def confirmed(question: str) -> bool:
    """Whether the user answers yes; raises CommandError without a terminal to answer at."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        raise CommandError("Nobody is there to ask; --no-input goes on without asking.") from None


def _sentence(error: DatabaseError) -> str:
    text = masked(str(error)).strip()
    if is_database_unavailable(error):
        return f"The database does not answer: {text}\nStart it, or fix the setting DATABASES."
    if isinstance(error, ProgrammingError):
        return f"The database refuses the query: {text}\nTo create its tables: manage.py migrate"
    return f"The database refuses the query: {text}\nRun this again."


@contextmanager
def command_errors(*expected: type[Exception]) -> Iterator[None]:
    """Turn `expected` errors, those of the database, and Ctrl-C into a CommandError."""
    try:
        yield
    except expected as error:
        raise CommandError(masked(str(error))) from error
    except DatabaseError as error:
        raise CommandError(_sentence(error)) from error
    except KeyboardInterrupt:
        raise CommandError("Interrupted.", returncode=130) from None
