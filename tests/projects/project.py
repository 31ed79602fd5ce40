"""A Django project in a folder and a database of its own, run in processes of its own."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from shop.services.folders import REPOSITORY

from . import steps


@dataclass(frozen=True, kw_only=True)
class Project:
    """`folder` holds its modules; its settings read DATABASE_URL.

    What lies in `packages` is found before what is installed.
    """

    folder: Path
    database_url: str
    settings: str = "settings"
    packages: Path = REPOSITORY

    def write(self, files: Mapping[str, str]) -> None:
        """Write modules and templates by their path; what is there is replaced."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def manage(self, *arguments: str) -> str:
        """What `manage.py …` prints; it must succeed."""
        return self.python("-m", "django", *arguments)

    def script(self, text: str) -> str:
        """What a few lines of Python print that use the project's models."""
        return self.python("-c", f"import django; django.setup()\n{text}")

    def python(self, *arguments: str) -> str:
        """What a Python process in this project prints; it must succeed."""
        done = self.attempt(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A Python process in this project, whether it succeeds or not."""
        return steps.run(arguments, folder=self.folder, environment=self.environment, seconds=120)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": self.settings,
            "PYTHONPATH": os.pathsep.join(
                str(folder) for folder in (self.folder, self.packages, REPOSITORY)
            ),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the project's database answers."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def tables(self) -> set[object]:
        found = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in found}

    def for_user(self, name: str, password: str) -> "Project":
        """The same project, whose database it enters as another user."""
        address = urlsplit(self.database_url)
        host = address.netloc.rpartition("@")[2]
        address = address._replace(netloc=f"{name}:{password}@{host}")
        return replace(self, database_url=address.geturl())


@contextmanager
def new_project(folder: Path) -> Iterator[Project]:
    """An empty project with an empty database, which ends with the block."""
    server = os.environ["DATABASE_URL"]
    name = f"vrs_small_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            address = urlsplit(server)._replace(path=f"/{name}").geturl()
            yield Project(folder=folder, database_url=address)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)
