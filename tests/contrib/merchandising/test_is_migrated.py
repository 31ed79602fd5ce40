"""A deployment may start the processes before it runs `migrate`."""

import math
from collections.abc import Callable

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from shop.models import Product
from vrs_app.contrib.merchandising import is_migrated
from vrs_app.contrib.merchandising.models import Hidden, Pin
from vrs_app.queries import curation, similar_products, similar_to

from .conftest import shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("new_process")]

NAMES = ("vrs_merchandising_pin", "vrs_merchandising_hidden")

Rename = Callable[[str, str], None]


@pytest.fixture
def rename() -> Rename:
    def rename(name: str, to: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {name} RENAME TO {to}")

    return rename


@pytest.fixture(params=NAMES)
def missing(request: pytest.FixtureRequest, discs: list[Product], rename: Rename) -> str:
    """The name of the table that is away; the test brings it back."""
    name: str = request.param
    rename(name, "away")
    return name


def test_until_then_every_page_keeps_its_row_and_transaction(
    discs: list[Product], missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(shown(discs[0])) == 12
    assert len(list(similar_to(discs[1], limit=5))) == 5
    assert "manage.py migrate vrs_merchandising" in caplog.text
    assert Product.objects.count() == 24  # no statement failed in our test's transaction


def test_from_then_on_rules_hold_without_a_restart(
    discs: list[Product], missing: str, rename: Rename, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(is_migrated, "RECHECK_SECONDS", 0)
    before = shown(discs[0])
    rename("away", missing)
    Pin.objects.create(product=discs[0], recommended=before[5])
    Hidden.objects.create(product=discs[0], hidden=before[1])
    after = shown(discs[0])
    assert after[0] == before[5]
    assert before[1] not in after


def looks_in(captured: CaptureQueriesContext) -> int:
    return sum("to_regclass" in each["sql"] for each in captured)


@pytest.mark.parametrize("are_there", [True, False])
def test_it_looks_once(
    discs: list[Product], rename: Rename, are_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(is_migrated, "RECHECK_SECONDS", math.inf)
    if not are_there:
        rename(NAMES[0], "away")
    with CaptureQueriesContext(connection) as captured:
        for product in discs:
            shown(product)
    assert looks_in(captured) == 1


def test_a_question_that_is_only_made_asks_nothing(discs: list[Product]) -> None:
    with CaptureQueriesContext(connection) as captured:
        similar_products(discs[0])
        curation.without_hidden(discs[0], Product.objects.all())
    assert len(captured) == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_table_that_goes_later_is_an_error(
    discs: list[Product], rename: Rename, name: str
) -> None:
    shown(discs[0])
    rename(name, "away")
    with pytest.raises(ProgrammingError, match=name):
        shown(discs[0])
