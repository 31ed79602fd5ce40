"""Settings of PostgreSQL that hold until a transaction ends."""

from collections.abc import Mapping

from django.db import connections

STATEMENT = """
    SELECT set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS each (name, value)
"""


def set_locally(using: str, values: Mapping[str, object]) -> None:
    """As `SET LOCAL` does, with values as parameters; for inside a transaction."""
    texts = [str(value) for value in values.values()]
    with connections[using].cursor() as cursor:
        cursor.execute(STATEMENT, [list(values), texts])
