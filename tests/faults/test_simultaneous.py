"""Two savers of one product at once, and a save or a deletion beside a worker that drains."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction

from shop.models import Product, ProductImage
from vrs_app.indexing import compare, enqueue, image_rows, text_rows
from vrs_app.models import Change, IndexedImage, ProductText
from vrs_app.testing import drain

from ..conftest import EmbedAll, MakeShown
from ..crashing import waiting_for
from ..processes import wait_until
from ..shapes import shape
from .saves import SAVES, Save, add_picture, delete_in_sql, differences, is_drained, outdated

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Act = Callable[[Product], object]
Together = Callable[[], AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def without_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enqueue, "enqueue_batch", lambda: None)


# --- two savers -------------------------------------------------------------------------------


def at_once(theirs: Callable[[], object], ours: Callable[[], object]) -> None:
    """Their transaction has saved, and commits when our save is done or waits for theirs."""
    saved, may_end = threading.Event(), threading.Event()
    processes: list[int] = []

    def their_work() -> None:
        try:
            with transaction.atomic():
                theirs()
                processes.append(backend())
                saved.set()
                assert may_end.wait(60)
        finally:
            saved.set()
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(their_work)
        assert saved.wait(30)
        second = pool.submit(in_a_thread, ours)
        try:
            wait_until(lambda: second.done() or bool(waiting_for(processes[0])), seconds=30)
        finally:
            may_end.set()
        first.result(30)
        second.result(30)


def in_a_thread(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        connection.close()


def backend() -> int:
    pid: int = connection.connection.info.backend_pid
    return pid


def add(product: Product, name: str, position: int) -> ProductImage:
    file = ContentFile(shape(), f"{name}.jpg")
    return ProductImage.objects.create(product=product, image=file, position=position)


def move(product: Product, position: int, *, to: int) -> None:
    picture = product.images.get(position=position)
    picture.position = to
    picture.save()


def noted(product: Product) -> list[tuple[str, int]]:
    found = IndexedImage.objects.filter(product=product).order_by("position")
    return list(found.values_list("name", "position"))


def shown(product: Product) -> list[tuple[str, int]]:
    pictures = product.images.order_by("position")
    return [(str(picture.image.name), place) for place, picture in enumerate(pictures)]


@pytest.mark.parametrize("then", [drain, lambda: None], ids=["drained between", "drained after"])
@pytest.mark.parametrize(
    "together", [transaction.atomic, nullcontext], ids=["atomic", "autocommit"]
)
@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (lambda product: add(product, "a", 2), lambda product: add(product, "b", 3)),
        (lambda product: add(product, "a", 3), lambda product: add(product, "b", 2)),
        (lambda product: add(product, "a", 2), lambda product: product.images.first().delete()),
        (lambda product: product.images.first().delete(), lambda product: add(product, "b", 7)),
        (lambda product: move(product, 5, to=9), lambda product: add(product, "b", 7)),
    ],
    ids=["theirs is first", "ours is first", "ours removes", "theirs removes", "theirs moves"],
)
def test_what_both_have_saved_is_indexed(
    save_shown: MakeShown,
    theirs: Act,
    ours: Act,
    together: Together,
    then: Callable[[], object],
) -> None:
    """Also where a worker drains the one save before the other is committed."""
    product = save_shown()
    add(product, "first", 1)
    add(product, "last", 5)
    drain()

    def our_save() -> None:
        with together():
            ours(product)
        then()

    at_once(lambda: theirs(product), our_save)
    wait_until(is_drained, seconds=30)
    assert noted(product) == shown(product)
    assert differences() == 0


def test_the_words_are_of_the_colours_of_the_picture_that_is_first_then(
    save_shown: MakeShown,
) -> None:
    product = save_shown()
    names = [
        add(product, name, place).image.name for place, name in ((3, "a"), (5, "b"), (9, "c"))
    ]
    drain()
    for name, colour in zip(names, ("red", "blue", "green"), strict=True):
        IndexedImage.objects.filter(name=name).update(colours={colour: 0.9})

    def ours() -> None:
        with transaction.atomic():
            move(product, 9, to=2)
        drain()

    at_once(lambda: move(product, 5, to=1), ours)
    wait_until(is_drained, seconds=30)
    assert noted(product) == shown(product)
    assert "'blue'" in str(ProductText.objects.get(product=product).words)
    assert differences() == 0


# --- a save or a deletion beside a worker ------------------------------------------------------

READS = [(image_rows, "stored"), (compare, "products_with"), (text_rows, "changed")]
"""What a worker calls before it locks a row: no save waits for it, whatever the shop's code does
there."""

WRITES = [(image_rows, "write"), (text_rows, "write")]


@pytest.fixture
def product(make_shown: MakeShown, embed_all: EmbedAll) -> Product:
    """With a picture more than our rows, and another name."""
    made = make_shown(shape())
    embed_all()
    add_picture(made, 0)
    made.name = "Renamed"
    made.save()
    return made


class Held:
    """A function of the worker's that waits at its end until the test lets it go on."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self.real, self.reached, self.may_go = real, threading.Event(), threading.Event()
        self.process = 0

    def __call__(self, *values: Any, **named: Any) -> Any:
        found = self.real(*values, **named)
        self.process = backend()
        self.reached.set()
        assert self.may_go.wait(60)
        return found


def beside_a_worker(held: Held, save: Callable[[], object], *, must_wait: bool) -> None:
    """Save while the worker is `held`; it goes on when the save is done, or waits for it."""
    with ThreadPoolExecutor(2) as pool:
        draining = pool.submit(in_a_thread, drain)
        try:
            assert held.reached.wait(30)
            saving = pool.submit(in_a_thread, save)
            wait_until(
                lambda: saving.done() or (must_wait and bool(waiting_for(held.process))),
                seconds=30,
            )
        finally:
            held.may_go.set()
        saving.result(30)
        draining.result(30)


def hold(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> Held:
    held = Held(getattr(module, name))
    monkeypatch.setattr(module, name, held)
    return held


def require_agreement() -> None:
    wait_until(is_drained, seconds=30)
    assert differences() == 0
    assert not outdated()


@pytest.mark.parametrize("save", [*SAVES, delete_in_sql])
@pytest.mark.parametrize(("module", "name"), READS)
def test_no_save_waits_for_a_worker_that_reads_and_none_is_missed(
    product: Product, module: Any, name: str, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold(monkeypatch, module, name)
    beside_a_worker(held, partial(save, product, 1), must_wait=False)
    require_agreement()


@pytest.mark.parametrize("save", [*SAVES, delete_in_sql])
@pytest.mark.parametrize(("module", "name"), WRITES)
def test_no_save_fails_beside_a_worker_that_writes_and_none_is_missed(
    product: Product, module: Any, name: str, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold(monkeypatch, module, name)
    beside_a_worker(held, partial(save, product, 1), must_wait=True)
    require_agreement()


def test_a_deletion_that_is_not_yet_committed_holds_up_no_other_product(
    product: Product, make_shown: MakeShown
) -> None:
    other = make_shown(shape("bars"))
    other.name = "Another"
    other.save()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        product.delete()
        pool.submit(in_a_thread, drain).result(30)
        assert not Change.objects.filter(product=str(other.pk)).exists()
    require_agreement()
