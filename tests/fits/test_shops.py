"""The app fits shops that other packages were built into."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from shop.services.folders import REPOSITORY

from ..projects import steps
from ..projects.project import new_project

pytestmark = pytest.mark.slow

SHOPS = ("galleries", "audited", "parler_titles", "columns")
FAMILIES = ("proxy", "child", "parent", "polymorphic")


def run(shop: str, *options: str, **environment: str) -> None:
    """Run the tests of a shop in a process of its own; all must pass."""
    settings = f"tests.fits.{shop}.settings"
    options = (f"--ds={settings}", "--confcutdir=tests/fits", "-pno:cacheprovider", *options)
    done = steps.run(
        ["-m", "pytest", "-n0", "-q", *options, f"tests/fits/{shop}"],
        folder=REPOSITORY,
        environment={**os.environ, "DJANGO_SETTINGS_MODULE": settings, **environment},
        seconds=300,
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


@pytest.mark.parametrize("shop", SHOPS)
def test_a_shop(shop: str) -> None:
    run(shop)


@pytest.fixture
def template(tmp_path: Path) -> Iterator[str]:
    """A database with the extension, as the README wants template1 to be."""
    with new_project(tmp_path) as project:
        with psycopg.connect(project.database_url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION vector")
        yield urlsplit(project.database_url).path.removeprefix("/")


def test_a_shop_whose_tests_make_tables_without_migrations(template: str) -> None:
    run("audited", "--no-migrations", TEST_TEMPLATE=template)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_shop_whose_product_has_relatives(family: str) -> None:
    run("families", FAMILY=family)
