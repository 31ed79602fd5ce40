"""A disk that is mounted wrongly costs no picture; one lost picture is still told from it."""

from pathlib import Path

import pytest

from vrs_app.indexing import image_rows, worker
from vrs_app.indexing.reconcile import Findings, reconcile
from vrs_app.indexing.storage import storage_error
from vrs_app.models import ImageEmbedding, IndexedImage

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db

COUNT = 20


@pytest.fixture
def images(make_shown: MakeShown, embed_all: EmbedAll) -> list[IndexedImage]:
    """More pictures than a walk reads at once, embedded."""
    make_shown(*(shape(seed=seed) for seed in range(COUNT)))
    assert embed_all() == COUNT
    return list(IndexedImage.objects.order_by("pk"))


@pytest.fixture
def elsewhere(images: list[IndexedImage], media: Path) -> Path:
    """Where all the pictures are; another disk is mounted in their place."""
    away = media.with_name("unmounted")
    media.rename(away)
    (media / "lost+found").mkdir(parents=True)
    (media / "thumbnails").mkdir()
    return away


def mount(elsewhere: Path, media: Path) -> None:
    media.rename(media.with_name("wrong"))
    elsewhere.rename(media)


def states() -> set[tuple[str, str]]:
    return set(ImageEmbedding.objects.values_list("state", "error_code"))


def pictures() -> list[object]:
    return list(IndexedImage.objects.order_by("pk").values())


def test_a_walk_through_the_wrong_disk_notes_nothing_and_tells_it(
    elsewhere: Path, media: Path, embed_all: EmbedAll
) -> None:
    before = pictures()
    found = reconcile()
    assert found.wrong == 0
    assert "Mount it" in found.problems[0]
    assert pictures() == before
    assert embed_all() == 0
    mount(elsewhere, media)
    assert reconcile() == Findings(files_read=COUNT)
    assert states() == {("ready", "")}


@pytest.mark.parametrize("waiting", [1, COUNT])
def test_a_worker_at_the_wrong_disk_fails_nothing_and_counts_no_attempt(
    elsewhere: Path, media: Path, images: list[IndexedImage], embed_all: EmbedAll, waiting: int
) -> None:
    chosen = IndexedImage.objects.filter(pk__in=[image.pk for image in images[:waiting]])
    image_rows.requeue(chosen)
    assert "Mount it" in worker.embed_batch().problem
    tried = ImageEmbedding.objects.filter(image__in=chosen)
    assert set(tried.values_list("state", "attempts", "lease_token")) == {("waiting", 0, None)}
    mount(elsewhere, media)
    assert embed_all() == waiting
    assert states() == {("ready", "")}


def test_a_photo_that_was_uploaded_onto_the_wrong_disk_proves_nothing(
    elsewhere: Path, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape("bars"))
    assert embed_all() == 1
    found = reconcile()
    assert (found.files_gone, len(found.problems)) == (0, 1)
    image_rows.requeue(IndexedImage.objects.filter(position=3))
    assert worker.embed_batch().failed == 0


def test_pictures_that_a_shop_has_really_lost_are_found_however_many(
    images: list[IndexedImage], media: Path, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(*(shape("bars", seed=seed) for seed in range(10)))
    embed_all()
    for image in images:
        (media / image.name).unlink()
    assert reconcile().files_gone == COUNT
    assert embed_all() == 0
    lost = ImageEmbedding.objects.filter(image__in=images)
    assert set(lost.values_list("state", "error_code")) == {("failed", "missing")}


def test_a_shop_of_few_pictures_has_lost_them(images: list[IndexedImage]) -> None:
    IndexedImage.objects.exclude(pk=images[0].pk).delete()
    assert storage_error([images[0].pk]) is None


def test_a_batch_of_a_new_shop_whose_files_are_not_there_yet_waits(
    make_shown: MakeShown, embed_all: EmbedAll, media: Path
) -> None:
    make_shown(*(shape(seed=seed) for seed in range(8)))
    media.rename(media.with_name("unmounted"))
    (media / "thumbnails").mkdir(parents=True)
    assert embed_all() == 0
    assert states() == {("waiting", "")}
    mount(media.with_name("unmounted"), media)
    assert embed_all() == 8
