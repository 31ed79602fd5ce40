from contextlib import suppress

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError

from shop.models import Category
from vrs_app.infra.transactions import SuppressErrors, rolled_back, savepoint_if_needed

from ..cutting import cut
from ..refused import ask_for_nothing

pytestmark = pytest.mark.django_db(transaction=True)


def save(name: str) -> None:
    Category.objects.create(name=name, slug=name)


def saved() -> set[str]:
    return set(Category.objects.values_list("name", flat=True))


# --- SuppressErrors ------------------------------------------------------------------------------


def test_what_goes_wrong_is_told_and_goes_no_further() -> None:
    told: list[Exception] = []
    with SuppressErrors(told.append):
        raise KeyError("one")
    with SuppressErrors(told.append), transaction.atomic():
        ask_for_nothing()
    assert [type(each) for each in told] == [KeyError, ProgrammingError]


def test_what_is_of_no_named_kind_goes_on() -> None:
    told: list[Exception] = []
    with pytest.raises(KeyError), SuppressErrors(told.append, ProgrammingError):
        raise KeyError
    with pytest.raises(KeyboardInterrupt), SuppressErrors(told.append):
        raise KeyboardInterrupt
    assert not told


def test_a_fault_in_a_savepoint_leaves_what_the_caller_wrote() -> None:
    told: list[Exception] = []
    with transaction.atomic():
        save("before")
        with SuppressErrors(told.append), transaction.atomic():
            ask_for_nothing()
        save("after")
    assert told
    assert saved() == {"before", "after"}


def test_the_caller_hears_of_a_transaction_that_is_lost() -> None:
    told: list[Exception] = []
    with pytest.raises(OperationalError), transaction.atomic():
        save("before")
        with SuppressErrors(told.append), transaction.atomic():
            cut()
            saved()
    connection.close()
    assert not told
    assert not saved()


def test_the_caller_hears_of_it_also_where_somebody_else_kept_the_error() -> None:
    told: list[Exception] = []
    with pytest.raises(OperationalError, match="default"), transaction.atomic():
        save("before")
        with SuppressErrors(told.append), suppress(OperationalError), transaction.atomic():
            cut()
            saved()
    connection.close()
    assert not told
    assert not saved()


def test_the_caller_hears_of_a_transaction_that_a_statement_outside_a_savepoint_aborted() -> None:
    """Its COMMIT would be a rollback, without an error."""
    told: list[Exception] = []
    with pytest.raises(ProgrammingError), transaction.atomic():
        save("before")
        with SuppressErrors(told.append):
            ask_for_nothing()
    assert not told
    assert not saved()


def test_a_connection_that_is_cut_outside_of_any_transaction_is_a_fault_like_others() -> None:
    told: list[Exception] = []
    save("before")
    with SuppressErrors(told.append), transaction.atomic():
        cut()
        saved()
    assert told
    assert saved() == {"before"}


def test_a_transaction_that_the_caller_gave_up_before_breaks_no_page() -> None:
    told: list[Exception] = []
    with transaction.atomic():
        transaction.set_rollback(True)
        with SuppressErrors(told.append), transaction.atomic():
            saved()
    assert [type(each) for each in told] == [TransactionManagementError]


# --- savepoint_if_needed -------------------------------------------------------------------------


def test_an_error_in_a_savepoint_leaves_the_transaction_whole() -> None:
    with transaction.atomic():
        save("before")
        with pytest.raises(ProgrammingError), savepoint_if_needed("default"):
            ask_for_nothing()
    assert saved() == {"before"}


def test_a_transaction_without_a_block_is_left_whole_too() -> None:
    connection.set_autocommit(False)
    try:
        save("before")
        with pytest.raises(ProgrammingError), savepoint_if_needed("default"):
            ask_for_nothing()
        connection.commit()
    finally:
        connection.set_autocommit(True)
    assert saved() == {"before"}


def test_outside_of_a_transaction_nothing_is_asked_for_a_savepoint() -> None:
    connection.close()
    with savepoint_if_needed("default"):
        assert connection.connection is None


# --- rolled_back ---------------------------------------------------------------------------------


def test_nothing_stays_of_what_is_taken_back() -> None:
    with rolled_back("default"):
        save("ours")
    assert not saved()
    with transaction.atomic():
        save("before")
        with rolled_back("default"):
            save("ours")
    assert saved() == {"before"}


def test_the_caller_hears_where_there_is_nothing_left_to_go_back_to() -> None:
    with pytest.raises(OperationalError, match="cut"), transaction.atomic():
        save("before")
        with rolled_back("default"):
            save("ours")
            cut()
    connection.close()
    assert not saved()
