"""A router of a shop whose pages read from a replica."""

from typing import Any

from django.db.models import Model


class ReadsElsewhere:
    """Sends reads to a database that no test has: whoever does not say where to read fails.

    What belongs to a row is read where the row was.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        row = hints.get("instance")
        return (row and row._state.db) or "replica"

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return "default"
