"""Two saves of one product at once: each is blind for the other until it is committed."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.errors import AdminShutdown
from pytest_django import DjangoCaptureOnCommitCallbacks

from shop.models import Product, ProductImage
from vrs_app import receivers
from vrs_app.indexing import catalogue_batches, enqueue, image_rows, resync, text_rows
from vrs_app.indexing.resync import Resync
from vrs_app.models import IndexedImage, ProductText
from vrs_app.receivers import paused

from ..conftest import MakeShown
from ..crashing import holding, waiting_for
from ..processes import wait_until
from ..shapes import shape

Save = Callable[[Product], object]
Together = Callable[[], AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    batches: list[str] = []
    monkeypatch.setattr(enqueue, "enqueue_batch", lambda: batches.append("batch"))
    return batches


def at_once(theirs: Callable[[], object], ours: Callable[[], object]) -> None:
    """Their transaction has saved, and commits when our save is done or waits for theirs."""
    saved, may_end = threading.Event(), threading.Event()
    processes: list[int] = []

    def their_work() -> None:
        try:
            with transaction.atomic():
                theirs()
                processes.append(connection.connection.info.backend_pid)
                saved.set()
                assert may_end.wait(60)
        finally:
            saved.set()
            connection.close()

    def our_work() -> None:
        try:
            ours()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(their_work)
        assert saved.wait(30)
        second = pool.submit(our_work)
        try:
            wait_until(lambda: second.done() or bool(waiting_for(processes[0])), seconds=30)
        finally:
            may_end.set()
        first.result(30)
        second.result(30)


def add(product: Product, name: str, position: int) -> ProductImage:
    file = ContentFile(shape(), f"{name}.jpg")
    return ProductImage.objects.create(product=product, image=file, position=position)


def move(product: Product, position: int, *, to: int) -> None:
    picture = product.images.get(position=position)
    picture.position = to
    picture.save()


def looks_among(hooks: Iterable[object]) -> list[Resync]:
    owners = (getattr(hook, "__self__", None) for hook in hooks)
    return [owner for owner in owners if isinstance(owner, Resync)]


def noted(product: Product) -> list[tuple[str, int]]:
    found = IndexedImage.objects.filter(product=product).order_by("position")
    return list(found.values_list("name", "position"))


def shown(product: Product) -> list[tuple[str, int]]:
    pictures = product.images.order_by("position")
    return [(str(picture.image.name), place) for place, picture in enumerate(pictures)]


@pytest.mark.django_db(transaction=True)
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
def test_whoever_commits_last_sees_what_both_have_saved(
    save_shown: MakeShown, theirs: Save, ours: Save, together: Together
) -> None:
    product = save_shown()
    add(product, "first", 1)
    add(product, "last", 5)

    def our_save() -> None:
        with together():
            ours(product)

    at_once(lambda: theirs(product), our_save)
    assert noted(product) == shown(product)
    assert image_rows.sync_everything(find_only=True).changes == 0


@pytest.mark.django_db(transaction=True)
def test_the_words_are_of_the_colours_of_the_picture_that_is_first_then(
    save_shown: MakeShown,
) -> None:
    product = save_shown()
    for position, colour in ((3, "red"), (5, "blue"), (9, "green")):
        picture = add(product, colour, position)
        IndexedImage.objects.filter(name=picture.image.name).update(colours={colour: 0.9})
    text_rows.sync([product.pk])

    def ours() -> None:
        with transaction.atomic():
            move(product, 9, to=2)

    at_once(lambda: move(product, 5, to=1), ours)
    assert noted(product) == shown(product)
    assert "'blue'" in str(ProductText.objects.get(product=product).words)
    assert text_rows.sync_everything(find_only=True).changes == 0


@pytest.mark.parametrize(
    ("changes", "looks"), [([0], 1), ([1, 2, 0], 3), ([1] * 99, resync.MAX_ROUNDS)]
)
@pytest.mark.django_db
def test_it_looks_until_nothing_differs_but_not_for_ever(
    changes: list[int],
    looks: int,
    enqueued: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers = iter(changes)
    asked: list[Sequence[object]] = []

    def sync(keys: Sequence[object]) -> int:
        asked.append(keys)
        return next(answers)

    monkeypatch.setattr(image_rows, "sync", sync)
    Resync([7]).run()
    assert asked == [[7]] * looks
    assert enqueued == (["batch"] if looks > 1 else [])
    assert ("resync_unsettled" in caplog.text) == (looks == resync.MAX_ROUNDS)


@pytest.mark.django_db
def test_a_product_that_cannot_be_looked_at_costs_no_other(
    save_shown: MakeShown, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    products = [save_shown(shape(seed=seed)) for seed in range(4)]
    IndexedImage.objects.update(position=5)
    real = image_rows.sync
    asked_alone = 0

    def sync(keys: Sequence[object]) -> int:
        nonlocal asked_alone
        asked_alone += keys == [products[1].pk]
        if products[1].pk in keys:
            raise ZeroDivisionError
        return real(keys)

    monkeypatch.setattr(image_rows, "sync", sync)
    Resync([product.pk for product in products]).run()
    assert [noted(product) == shown(product) for product in products] == [True, False, True, True]
    [line] = [record for record in caplog.records if record.name == resync.__name__]
    assert f"resync_failed products=1 product={products[1].pk}" in line.getMessage()
    assert line.exc_info
    assert asked_alone == 1


@pytest.mark.django_db
def test_where_the_database_goes_away_what_was_repaired_is_enqueued(
    enqueued: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(catalogue_batches, "PRODUCTS_PER_BATCH", 1)
    answers = iter([1, 0])

    def sync(_keys: Sequence[object]) -> int:
        if (answer := next(answers, None)) is None:
            raise OperationalError from AdminShutdown()
        return answer

    monkeypatch.setattr(image_rows, "sync", sync)
    Resync([7, 8, 9]).run()
    assert enqueued == ["batch"]
    assert "resync_failed products=2 " in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_nothing_had_noted_is_deleted_while_another_save_notes_it(
    save_shown: MakeShown,
) -> None:
    product = save_shown(shape())
    with paused():
        unnoted = add(product, "unnoted", 3)
    at_once(lambda: unnoted.delete(), lambda: add(product, "b", 7))
    assert noted(product) == shown(product)


@pytest.mark.django_db
def test_a_row_of_many_products_needs_no_second_look(
    save_shown: MakeShown,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = save_shown(shape()).images.get()
    for most, looks in ((1, 1), (0, 0)):
        monkeypatch.setattr(receivers, "MAX_PRODUCTS_TO_RESYNC", most)
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks() as hooks:
            picture.save()
        assert len(looks_among(hooks)) == looks


@pytest.mark.django_db
def test_a_new_price_needs_no_second_look(
    save_shown: MakeShown, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    product = save_shown(shape())
    connection.run_on_commit.clear()
    with django_capture_on_commit_callbacks() as hooks:
        product.price += 1
        product.save()
    assert hooks == []


@pytest.mark.django_db
def test_the_saves_of_a_transaction_are_looked_at_again_together(
    save_shown: MakeShown, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as hooks:
        for seed in range(5):
            save_shown(shape(seed=seed))
    [second] = looks_among(hooks)
    assert len(second.keys) == 5
    with CaptureQueriesContext(connection) as queries:
        second.run()
    assert not any(query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for query in queries)


@pytest.mark.django_db
def test_a_save_after_a_rolled_back_one_is_looked_at_again(
    save_shown: MakeShown, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as hooks:
        with transaction.atomic():
            save_shown(shape())
            transaction.set_rollback(True)
        product = save_shown(shape())
    [second] = looks_among(hooks)
    assert second.keys == {product.pk}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_it_gives_up_on_who_holds_its_rows_and_says_so(
    save_shown: MakeShown, enqueued: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    product = save_shown(shape())
    IndexedImage.objects.update(position=5)
    enqueued.clear()
    with holding("SELECT FROM vrs_app_indexedimage FOR UPDATE"):
        Resync([product.pk]).run()
    assert "resync_failed" in caplog.text
    assert "Traceback" not in caplog.text
    assert enqueued == []
    Resync([product.pk]).run()
    assert noted(product) == shown(product)
    assert enqueued == ["batch"]
