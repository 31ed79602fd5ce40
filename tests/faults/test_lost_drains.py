"""A real worker is lost, or stopped, while it compares products whose shop's code is at fault."""

import os
import signal
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from pytest_django import Settings

from shop.models import Category, Product, ProductImage
from vrs_app.indexing.outbox import claims
from vrs_app.infra import broker, heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Change, IndexedImage

from ..processes import wait_until
from ..shapes import shape
from .marked import GRACE_SECONDS, MARKED_CATALOGUE
from .stage import Stage, states, sweep_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LIMITS = {"CATALOGUE": MARKED_CATALOGUE, "BATCH_TIME_LIMIT": 3, "MAX_ATTEMPTS": 2}


@pytest.fixture
def save() -> Callable[[str], list[Product]]:
    """Saves a product of this name between two others, all in one transaction: one drain."""

    def save(name: str) -> list[Product]:
        shelf = Category.objects.create(name="things", slug="things")
        made: list[Product] = []
        with transaction.atomic():
            for each in ("before", name, "after"):
                product = Product.objects.create(name=each, category=shelf, price=Decimal(10))
                file = ContentFile(shape(seed=len(made)), f"{each}.jpg")
                ProductImage.objects.create(product=product, image=file)
                made.append(product)
        return made

    return save


def indexed() -> set[str]:
    """The names of the products that have a picture among our rows."""
    return set(IndexedImage.objects.values_list("product__name", flat=True))


def noted() -> set[str]:
    """The keys of the products that wait in the outbox."""
    return set(Change.objects.values_list("product", flat=True))


@pytest.mark.parametrize("how", ["kills", "sleeps", "hangs"])
def test_a_product_that_ends_its_worker_is_given_up_and_the_others_are_indexed(
    how: str,
    stage: Stage,
    save: Callable[[str], list[Product]],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.VRS = settings.VRS | {"BATCH_TIME_LIMIT": 3, "MAX_ATTEMPTS": 2}
    monkeypatch.setattr(broker, "HARD_LIMIT_MARGIN", GRACE_SECONDS)
    heartbeats.beat(Part.RECONCILE)  # so that none is due, which would meet the product, too
    with stage.worker(vrs=LIMITS):
        _, culprit, _ = save(how)
        sweep_until(lambda: indexed() == {"before", "after"} and claims.failed().exists())
        sweep_until(lambda: states() == {"ready": 2})
        sweep_until(lambda: noted() == {str(culprit.pk)})
        assert stage.runs(how) == 2

        culprit.name = "mended"
        culprit.save()
        sweep_until(lambda: states() == {"ready": 3})
        sweep_until(lambda: not noted())


@pytest.fixture
def save_and_wait(stage: Stage, save: Callable[[str], list[Product]]) -> Callable[[], None]:
    """Saves three products and waits until a worker compares them."""

    def save_all() -> None:
        save("waits")
        wait_until(lambda: stage.runs("waits") == 1)

    return save_all


ONE_ATTEMPT = {"CATALOGUE": MARKED_CATALOGUE, "MAX_ATTEMPTS": 1}
"""So that a single attempt that is counted and not given back loses a product."""


def test_a_worker_asked_to_stop_ends_its_drain_first(
    stage: Stage, save_and_wait: Callable[[], None]
) -> None:
    with stage.worker(vrs=ONE_ATTEMPT) as stopped:
        save_and_wait()
        stopped.send_signal(signal.SIGTERM)
        wait_until(lambda: "Warm shutdown" in stage.log.read_text())
        assert stopped.poll() is None
        stage.open_gate()
        assert stopped.wait(30) == 0
    assert indexed() == {"before", "waits", "after"}
    assert not noted()


@pytest.mark.parametrize("how", ["by its group", "softly"])
def test_a_worker_that_must_stop_amid_a_drain_gives_the_attempts_back(
    stage: Stage, save_and_wait: Callable[[], None], how: str
) -> None:
    soon = {"CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT": 1}
    with stage.worker(vrs=ONE_ATTEMPT, celery=soon) as stopped:
        save_and_wait()
        if how == "softly":
            stopped.send_signal(signal.SIGQUIT)
        else:
            os.killpg(stopped.pid, signal.SIGTERM)
        stopped.wait(30)
    assert not indexed()
    assert set(Change.objects.values_list("attempts", "token")) == {(0, None)}
    stage.open_gate()
    with stage.worker(vrs=ONE_ATTEMPT, empty=False):
        sweep_until(lambda: states() == {"ready": 3} and not noted())
