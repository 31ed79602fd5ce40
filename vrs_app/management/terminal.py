"""What commands share: a confirmation, and one sentence instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError, ProgrammingError

from vrs_app.infra.db import is_away
from vrs_app.infra.redaction import masked


def confirmed(question: str) -> bool:
    """Whether the person at the keyboard says yes; raises CommandError where there is none."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        raise CommandError("Nobody is there to ask; --no-input goes on without asking.") from None


def _sentence(error: DatabaseError) -> str:
    said = masked(str(error)).strip()
    if is_away(error):
        return f"The database does not answer: {said}\nStart it, or mend the setting DATABASES."
    if isinstance(error, ProgrammingError):
        return f"The database refuses our question: {said}\nTo make its tables: manage.py migrate"
    return f"The database refuses our question: {said}\nRun this again."


@contextmanager
def by_a_sentence(*expected: type[Exception]) -> Iterator[None]:
    """Makes a CommandError of the `expected` errors, the database's own, and Ctrl-C."""
    try:
        yield
    except expected as error:
        raise CommandError(masked(str(error))) from error
    except DatabaseError as error:
        raise CommandError(_sentence(error)) from error
    except KeyboardInterrupt:
        raise CommandError("Interrupted.", returncode=130) from None
