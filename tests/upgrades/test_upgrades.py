"""A shop's database as each former version left it, upgraded by all migrations since."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from shop.services.folders import REPOSITORY

from ..projects.project import Project, new_project
from .database import Rows, Schema, columns_in, rows_in, schema_of
from .make_dump import FOLDER

pytestmark = pytest.mark.slow

DUMPS = sorted(FOLDER.glob("*.sql"))

OURS = ("shop_", "vrs_")
"""The tables whose rows are all as before; Django adds to its own, as it does permissions."""

UPGRADE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("makemigrations", check_changes=True, dry_run=True)
"""

JOURNEY = "from tests.upgrades import journey\njourney.main()"


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """An upgraded project, and what its database held and how it was built then."""

    project: Project
    before: Rows
    after: Rows
    schema: Schema


@pytest.fixture(scope="module", params=DUMPS, ids=lambda path: path.stem)
def upgraded(request: pytest.FixtureRequest) -> Iterator[Upgrade]:
    """The demo shop on a dump, whose columns are compared as the dump has them.

    A migration that takes one away or writes it anew on purpose changes what is compared here.
    """
    with demo_shop() as project:
        with connected(project) as dumped:
            dumped.execute(request.param.read_bytes())
        with connected(project) as held:
            columns = columns_in(held)
            before = rows_in(held, columns)
            project.script(UPGRADE)
            after, schema = rows_in(held, columns), schema_of(held)
        yield Upgrade(project=project, before=before, after=after, schema=schema)


@pytest.fixture(scope="module")
def fresh_schema() -> Iterator[Schema]:
    with demo_shop() as project:
        project.manage("migrate", "--verbosity", "0")
        with connected(project) as held:
            yield schema_of(held)


@contextmanager
def demo_shop() -> Iterator[Project]:
    """The demo shop, with the tests' settings, an empty database and a broker's of its own."""
    broker = os.environ["REDIS_URL"].rpartition("/")[0] + "/7"
    with new_project(REPOSITORY) as project, pytest.MonkeyPatch.context() as patched:
        patched.setenv("REDIS_URL", broker)
        yield replace(project, settings="tests.settings")


def connected(project: Project) -> psycopg.Connection:
    return psycopg.connect(project.database_url, autocommit=True)


def test_there_is_a_dump_with_rows_of_every_kind(upgraded: Upgrade) -> None:
    assert [table for table in upgraded.before if table.startswith(OURS)]
    empty = [
        table for table, rows in upgraded.before.items() if table.startswith(OURS) and not rows
    ]
    assert empty == []


def test_every_row_is_as_it_was(upgraded: Upgrade) -> None:
    for table, rows in upgraded.before.items():
        if table.startswith(OURS):
            assert upgraded.after[table] == rows, table
        else:
            assert [row for row in rows if row not in upgraded.after[table]] == [], table


def test_the_database_is_built_as_that_of_a_new_shop(
    upgraded: Upgrade, fresh_schema: Schema
) -> None:
    for kind, found in fresh_schema.items():
        assert upgraded.schema[kind] ^ found == set(), kind
    assert fresh_schema["indexes"]


def test_the_shop_goes_on(
    upgraded: Upgrade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_ROOT", str(tmp_path))
    upgraded.project.script(JOURNEY)
