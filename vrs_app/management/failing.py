"""How a command ends that cannot go on: by a sentence, never by a stack trace."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError

from vrs_app.masking import masked


@contextmanager
def by_a_sentence(*expected: type[Exception]) -> Iterator[None]:
    """Makes a CommandError of the `expected` errors, the database's own, and Ctrl-C."""
    try:
        yield
    except expected as error:
        raise CommandError(masked(str(error))) from error
    except DatabaseError as error:
        raise CommandError(
            f"The database does not answer our questions: {masked(str(error)).strip()}\n"
            "If this is a new installation, run: manage.py migrate"
        ) from error
    except KeyboardInterrupt:
        raise CommandError("Interrupted.", returncode=130) from None
