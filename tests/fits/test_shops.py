"""The app fits shops that other packages were built into."""

import os

import pytest

from shop.services.folders import REPOSITORY

from ..projects import steps

pytestmark = pytest.mark.slow

SHOPS = ("galleries", "audited", "parler_titles", "columns")
FAMILIES = ("proxy", "child", "parent", "polymorphic")


def run(shop: str, *options: str, tests: str = "", **environment: str) -> None:
    """Run the tests of a shop in a process of its own; all must pass."""
    settings = f"tests.fits.{shop}.settings"
    options = (f"--ds={settings}", "--confcutdir=tests/fits", "-pno:cacheprovider", *options)
    # Else it would count as a worker of pytest-xdist, and start the servers of the one it is in.
    ours = {name: value for name, value in os.environ.items() if "XDIST" not in name}
    done = steps.run(
        ["-m", "pytest", "-n0", "-q", *options, f"tests/fits/{shop}/{tests}"],
        folder=REPOSITORY,
        environment={**ours, "DJANGO_SETTINGS_MODULE": settings, **environment},
        seconds=300,
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


@pytest.mark.parametrize("shop", SHOPS)
def test_a_shop(shop: str) -> None:
    run(shop)


def test_a_shop_whose_tests_make_tables_without_migrations() -> None:
    run("audited", "--no-migrations", tests="test_merging.py")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_shop_whose_product_has_relatives(family: str) -> None:
    run("families", FAMILY=family)
