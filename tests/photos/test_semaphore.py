import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from pytest_django import Settings

from vrs_app.exceptions import PhotoSearchUnavailable
from vrs_app.photos import mailbox, semaphore
from vrs_app.photos.deadline import Deadline
from vrs_app.photos.semaphore import slot

from ..processes import wait_until


@pytest.fixture(autouse=True)
def three(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"PHOTOS_AT_ONCE": 3}


def test_so_many_are_let_in_at_once_and_one_more_is_told_when_to_come_again() -> None:
    inside, most = 0, 0
    refused: list[PhotoSearchUnavailable] = []
    lock, together = threading.Lock(), threading.Barrier(20)

    def visit(_number: int) -> None:
        nonlocal inside, most
        together.wait()
        try:
            with slot(Deadline(60)):
                with lock:
                    inside += 1
                    most = max(most, inside)
                wait_until(lambda: len(refused) >= 17, seconds=15)  # less than a slot lives
                with lock:
                    inside -= 1
        except PhotoSearchUnavailable as error:
            refused.append(error)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(visit, range(20)))
    assert (most, len(refused)) == (3, 17)
    assert {error.retry_after for error in refused} == {2}
    assert "Try again" in str(refused[0])


def test_a_slot_is_free_again_whatever_became_of_the_search(
    in_the_cache: Callable[[], list[bytes]],
) -> None:
    for _ in range(10):
        with pytest.raises(ZeroDivisionError), slot(Deadline(5)):
            assert len(in_the_cache()) == 1
            raise ZeroDivisionError
    assert in_the_cache() == []


@pytest.mark.slow
def test_the_slot_of_a_killed_process_is_free_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(semaphore, "SLOT_GRACE_SECONDS", 3 - mailbox.lifetime())
    for _ in range(3):
        assert semaphore._acquire(caches["photos"])  # and nobody ever gives it back
    with pytest.raises(PhotoSearchUnavailable), slot(Deadline(5)):
        pass
    wait_until(lambda: semaphore._acquire(caches["photos"]) is not None, seconds=20)


def test_a_slot_that_ran_out_is_not_taken_from_its_next_holder() -> None:
    cache = caches["photos"]
    with slot(Deadline(5)):
        [key] = [name for name in (f"vrs_app:photos:slot:{n}" for n in range(3)) if name in cache]
        cache.set(key, "another's", 60)
    assert cache.get(key) == "another's"
