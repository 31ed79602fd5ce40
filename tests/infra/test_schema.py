"""What `migrate` ensures beyond Django's own."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from vrs_app.infra import schema

pytestmark = pytest.mark.django_db

FORMER = """
    CREATE OR REPLACE FUNCTION
        vrs_append_change(text, text, text[], text[], text[]) RETURNS text LANGUAGE sql
    AS $$ SELECT 'former' $$
"""


def ensured() -> list[str]:
    done: list[str] = []
    schema.ensure("default", apps, done.append)
    return done


def test_nothing_is_missing_after_migrate() -> None:
    assert ensured() == []


def test_a_former_function_is_replaced() -> None:
    with connection.cursor() as cursor:
        cursor.execute(schema.DROP_FUNCTION_SQL)
        cursor.execute(FORMER)
    call_command("migrate", verbosity=0)
    assert ensured() == []


@pytest.mark.parametrize("cascade", schema.CASCADES, ids=lambda each: each.constraint)
def test_a_foreign_key_that_was_dropped_is_made_again(cascade: schema.Cascade) -> None:
    table = apps.get_model("vrs_app", cascade.model)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {cascade.constraint}")
    call_command("migrate", verbosity=0)
    assert ensured() == []
