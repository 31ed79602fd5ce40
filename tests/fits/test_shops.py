"""The app fits shops that other packages were built into."""

import os

import pytest

from shop.services.folders import REPOSITORY

from ..projects import steps

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
        seconds=120,
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


@pytest.mark.parametrize("shop", SHOPS)
def test_a_shop(shop: str) -> None:
    run(shop)


def test_a_shop_whose_tests_make_tables_without_migrations() -> None:
    # Django serializes the apps that have migrations.
    serialized = "test_dumps.py::test_tests_with_a_serialized_rollback_find_the_shop_again"
    run("galleries", "--no-migrations", f"--deselect=tests/fits/galleries/{serialized}")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_shop_whose_product_has_relatives(family: str) -> None:
    run("families", FAMILY=family)
