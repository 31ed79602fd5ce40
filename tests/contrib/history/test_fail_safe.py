"""What a fault of ours costs: no page, and no log full of the same line."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from shop.models import Product
from vrs_app.contrib import history
from vrs_app.contrib.history import fail_safe
from vrs_app.contrib.history.merge_on_login import merge_visitor
from vrs_app.contrib.history.shopper import Shopper

from ...conftest import MakeShown
from .test_recording import table_away

__all__ = ["table_away"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(make_shown: MakeShown) -> Product:
    return make_shown()


@pytest.fixture
def log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> pytest.LogCaptureFixture:
    """As of a process in which nothing has gone wrong yet."""
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    monkeypatch.setattr(fail_safe, "_logged", {})
    return caplog


def test_a_fault_that_meets_every_page_is_logged_once_with_its_stack(
    shopper: Shopper, product: Product, table_away: None, log: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        assert not history.record(shopper, product, "viewed")
    (record,) = log.records
    assert record.exc_info
    assert "was not recorded" in record.message
    assert "vrs_history_interactionrow" in record.message


def test_and_again_after_some_minutes(
    shopper: Shopper,
    product: Product,
    table_away: None,
    log: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert fail_safe.QUIET_SECONDS >= 60
    for now in (0.0, fail_safe.QUIET_SECONDS - 1.0, fail_safe.QUIET_SECONDS + 0.0):
        monkeypatch.setattr(fail_safe, "time", SimpleNamespace(monotonic=lambda now=now: now))
        history.record(shopper, product, "viewed")
    assert len(log.records) == 2
    assert log.records[1].exc_info


def test_another_fault_is_logged_at_once(
    shopper: Shopper, product: Product, log: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:
        for broken in ("RENAME TO away", "RENAME COLUMN kind TO away"):
            cursor.execute("SAVEPOINT whole")
            cursor.execute(f"ALTER TABLE vrs_history_interactionrow {broken}")
            history.record(shopper, product, "viewed")
            history.interactions(shopper)
            cursor.execute("ROLLBACK TO SAVEPOINT whole")
    told = [record.message for record in log.records]
    assert sum("was not recorded" in line for line in told) == 2
    assert sum("could not be read" in line for line in told) == 2


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_costs_no_page(shopper: Shopper, product: Product) -> None:
    """No savepoint can be had on it either."""
    asked: list[Callable[[], object]] = [
        partial(history.record, shopper, product, "viewed"),
        partial(history.forget, shopper, product, "viewed"),
        partial(history.interactions, shopper),
        partial(merge_visitor, uuid4(), shopper.user),
    ]
    for ask in asked:
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        assert not ask()
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_session_that_cannot_be_read_costs_no_page(product: Product, rf: RequestFactory) -> None:
    class Cut:
        @property
        def is_authenticated(self) -> bool:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            return False

    request = rf.get("/")
    request.user = Cut()  # type: ignore[assignment]
    assert history.record(request, product, "viewed") is False
    connection.close()
    assert history.interactions(request) == []
    connection.close()
