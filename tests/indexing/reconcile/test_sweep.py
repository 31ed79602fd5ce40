"""The sweep reconciles once in a while, and a real worker walks through the files."""

from datetime import timedelta
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone
from pytest_django import Settings

from vrs_app import tasks
from vrs_app.catalogue import catalogue
from vrs_app.indexing import storage
from vrs_app.indexing.outbox.claims import KEPT
from vrs_app.indexing.reconcile import file_scan, sweep
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Change, Heartbeat, ImageEmbedding, IndexedImage, ProductText

from ...conftest import EmbedAll, MakeShown
from ...processes import wait_until, worker
from ...shapes import shape
from .conftest import Fail, file_of

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(ImageEmbedding.objects.order_by("image").values_list("state", flat=True))


def problem(part: Part) -> str:
    return Heartbeat.objects.get(part=part).problem


def test_it_beats() -> None:
    sweep.run_sweep()
    beat = heartbeats.last(Part.SWEEP)
    assert beat is not None
    assert timezone.now() - beat.beaten_at < timedelta(minutes=1)


def test_it_drains_what_enqueued_nothing_and_forgets_what_cannot_be_drained(
    make_shown: MakeShown,
) -> None:
    product = make_shown(name="Dress")
    product.name = "Skirt"
    product.save_base(raw=True)
    long_ago = timezone.now() - KEPT - timedelta(hours=1)
    Change.objects.create(
        product="7", error="odd", noted_at=long_ago, not_before=timezone.now() + timedelta(hours=1)
    )
    heartbeats.beat(Part.RECONCILE)  # compared today already
    sweep.run_sweep()
    assert "'skirt'" in str(ProductText.objects.get().words)
    assert not Change.objects.exists()


def test_once_a_day_it_finds_what_sent_no_signal(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(shape("disc"))
    embed_all()
    sweep.run_sweep()
    name = product.images.get().image.name
    IndexedImage.objects.all().delete()
    sweep.run_sweep()
    assert not IndexedImage.objects.exists(), "compared today already"
    Heartbeat.objects.filter(part=Part.RECONCILE).delete()
    sweep.run_sweep()
    assert IndexedImage.objects.get().name == name


def test_it_reads_no_files(make_shown: MakeShown, embed_all: EmbedAll, refused: list[str]) -> None:
    make_shown(shape("disc"))
    embed_all()
    refused.append(IndexedImage.objects.get().name)
    IndexedImage.objects.update(checked_at=None)
    sweep.run_sweep()
    assert not Heartbeat.objects.filter(part=Part.FILES).exists()
    assert problem(Part.RECONCILE) == ""


def test_a_fault_in_the_whole_catalogue_is_told_and_tried_again_by_a_later_one(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(shape())
    IndexedImage.objects.all().delete()
    with monkeypatch.context() as broken:
        broken.setattr(type(catalogue()), "products", lambda self: 1 / 0)
        sweep.run_sweep()
    assert "ZeroDivisionError" in problem(Part.RECONCILE)
    moment = timezone.now() - heartbeats.RETRY_AFTER
    Heartbeat.objects.filter(part=Part.RECONCILE).update(beaten_at=moment)
    sweep.run_sweep()
    assert problem(Part.RECONCILE) == ""
    assert IndexedImage.objects.exists()


def test_a_product_that_the_catalogue_fails_at_is_named(
    make_shown: MakeShown, fail_at: Fail
) -> None:
    bad, _ = make_shown(shape()), make_shown(shape("bars"))
    IndexedImage.objects.all().delete()
    fail_at("pictures", bad.pk)
    sweep.run_sweep()
    assert f"Product {bad.pk}: ZeroDivisionError" in problem(Part.RECONCILE)
    assert IndexedImage.objects.count() == 1


def test_a_walk_through_the_files_begins_once_an_hour_and_never_where_it_is_off(
    settings: Settings,
) -> None:
    settings.VRS = {**settings.VRS, "CHECK_FILES_DAYS": 0}
    assert not sweep.is_file_scan_due()
    settings.VRS = {**settings.VRS, "CHECK_FILES_DAYS": 7}
    assert sweep.is_file_scan_due()
    assert not sweep.is_file_scan_due()
    assert not sweep.scan_due_files(0).more_are_left
    assert not sweep.is_file_scan_due()
    moment = timezone.now() - timedelta(hours=2)
    Heartbeat.objects.filter(part=Part.FILES).update(beaten_at=moment)
    assert sweep.is_file_scan_due()


def test_a_walk_that_is_switched_off_amidst_reads_no_more(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    make_shown(shape())
    embed_all()
    IndexedImage.objects.update(checked_at=None)
    settings.VRS = {**settings.VRS, "CHECK_FILES_DAYS": 0}
    assert sweep.scan_due_files(0).read == 0


def test_a_storage_that_is_away_is_told_and_asked_again_by_a_later_walk(
    make_shown: MakeShown, embed_all: EmbedAll, media: Path
) -> None:
    make_shown(shape())
    embed_all()
    IndexedImage.objects.update(checked_at=None)
    assert sweep.is_file_scan_due()
    media.rename(media.with_name("unmounted"))
    assert not sweep.scan_due_files(0).more_are_left
    assert "Mount it" in problem(Part.FILES)
    media.with_name("unmounted").rename(media)
    assert not sweep.is_file_scan_due()
    moment = timezone.now() - heartbeats.RETRY_AFTER
    Heartbeat.objects.filter(part=Part.FILES).update(beaten_at=moment)
    assert sweep.is_file_scan_due()
    assert sweep.scan_due_files(0).read == 1
    assert problem(Part.FILES) == ""


def test_a_slice_that_others_cut_short_asks_for_the_next(
    make_shown: MakeShown, embed_all: EmbedAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(shape(), shape("bars"), shape("stripes"))
    embed_all()
    make_shown(shape("triangle"))
    monkeypatch.setattr(file_scan, "FILES_PER_BATCH", 2)
    IndexedImage.objects.update(checked_at=None)
    asked: list[int] = []
    monkeypatch.setattr(tasks, "send", lambda task, after, stopped, **limit: asked.append(after))
    tasks.check_files()
    assert asked == [IndexedImage.objects.order_by("pk")[1].pk]
    assert IndexedImage.objects.exclude(checked_at=None).count() == 2


def test_a_file_that_takes_too_long_holds_up_no_other_and_ends_it_where_all_do(
    make_shown: MakeShown, embed_all: EmbedAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(*(shape(seed=seed) for seed in range(8)))
    embed_all()
    IndexedImage.objects.update(checked_at=None)
    names = list(IndexedImage.objects.order_by("pk").values_list("name", flat=True))
    slow = {names[1]}
    asked: list[tuple[int, ...]] = []
    read = storage.read_file

    def reading(name: str) -> bytes:
        if name in slow:
            raise SoftTimeLimitExceeded
        return read(name)

    monkeypatch.setattr("vrs_app.indexing.reconcile.file_check.read_file", reading)
    monkeypatch.setattr(file_scan, "SILENCE_LIMIT", 0)  # shorter than the time limit, as it is
    monkeypatch.setattr(tasks, "send", lambda task, *arguments, **limit: asked.append(arguments))

    def walk() -> int:
        """The slices of a whole walk, from the beginning."""
        Heartbeat.objects.filter(part=Part.FILES).delete()
        assert sweep.is_file_scan_due()
        slices = 0
        asked.append((0, 0))
        while asked:
            tasks.check_files(*asked.pop())
            slices += 1
        return slices

    assert walk() == 2
    assert IndexedImage.objects.filter(checked_at=None).get().name == names[1]
    assert names[1] in problem(Part.FILES)

    slow.update(names)
    IndexedImage.objects.update(checked_at=None)
    assert walk() == 1 + sweep.MAX_STOPPED_SLICES


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_finds_what_was_overwritten_and_what_is_gone_by_itself(
    make_shown: MakeShown, tmp_path: Path, media: Path
) -> None:
    media.mkdir()
    with worker(tmp_path / "worker.log"):
        for seed in range(3):
            make_shown(shape(seed=seed))
        wait_until(lambda: states() == ["ready"] * 3)
        overwritten, gone, _ = IndexedImage.objects.order_by("pk")
        file_of(overwritten).write_bytes(shape("bars"))
        file_of(gone).unlink()
        IndexedImage.objects.update(checked_at=timezone.now() - timedelta(days=30))
        tasks.sweep.apply_async(queue="vrs")
        wait_until(lambda: states() == ["ready", "failed", "ready"])
        former = overwritten.digest
        current = IndexedImage.objects.filter(pk=overwritten.pk)
        wait_until(lambda: current.get().digest not in ("", former))
        files = Heartbeat.objects.filter(part=Part.FILES, begun_at=None, problem="")
        wait_until(files.exists)
