"""Which errors mean that the database is unavailable."""

import pytest
from django.db import OperationalError, connection
from psycopg import errors

from vrs_app.infra.db import is_database_unavailable

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("cause", "is_unavailable"),
    [
        (errors.AdminShutdown, True),
        (errors.TooManyConnections, True),
        (errors.DiskFull, True),
        (errors.OutOfMemory, False),
        (errors.LockNotAvailable, False),
    ],
)
def test_a_transaction_with_too_many_locks_is_tried_smaller(
    cause: type[errors.Error], is_unavailable: bool
) -> None:
    with pytest.raises(OperationalError) as raised, connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{cause.sqlstate}'; END $$")
    assert is_database_unavailable(raised.value) == is_unavailable
