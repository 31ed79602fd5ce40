"""After an upgrade by which files give other pixels, those are embedded anew, and no others."""

from typing import Any

import pytest
from pytest_django import Settings

from vrs_app.indexing.reconcile import file_scan, sweep
from vrs_app.indexing.reconcile.known_files import any_is_outdated, due_for_check, outdated
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage
from vrs_app.vision import DECODER_VERSION

from ...conftest import EmbedAll, MakeShown
from ...shapes import shape
from ...vision.profiles import PINK, cmyk_profile, inks_of, one_colour
from .conftest import file_of, is_served

pytestmark = pytest.mark.django_db


@pytest.fixture
def upgraded(make_shown: MakeShown, embed_all: EmbedAll) -> list[IndexedImage]:
    """Three pictures that a former version embedded; the second is from a print file."""
    from_print = one_colour("CMYK", inks_of(PINK), "JPEG", cmyk_profile())
    make_shown(shape(), from_print, shape("bars"))
    embed_all()
    IndexedImage.objects.filter(position=1).update(colours={"purple": 1.0})
    IndexedImage.objects.update(decoder_version=1)
    return list(IndexedImage.objects.order_by("pk"))


def waiting() -> list[Any]:
    return list(
        ImageEmbedding.objects.filter(ImageEmbedding.is_waiting()).values_list("image", flat=True)
    )


def test_what_is_decoded_differently_is_embedded_anew_and_served_meanwhile(
    upgraded: list[IndexedImage], embed_all: EmbedAll
) -> None:
    scanned = file_scan.scan(due_for_check(days=7))
    assert (scanned.read, scanned.changed) == (3, 1)
    assert waiting() == [upgraded[1].pk]
    assert is_served(upgraded[1])
    embed_all()
    upgraded[1].refresh_from_db()
    assert next(iter(upgraded[1].colours)) == "pink"


def test_what_gives_the_same_pixels_keeps_its_vector_and_is_looked_at_once(
    upgraded: list[IndexedImage], embed_all: EmbedAll
) -> None:
    before = dict(ImageEmbedding.objects.values_list("image", "finished_at"))
    file_scan.scan(due_for_check(days=7))
    embed_all()
    after = dict(ImageEmbedding.objects.values_list("image", "finished_at"))
    assert {key for key in after if after[key] != before[key]} == {upgraded[1].pk}
    assert not outdated().exists()
    assert file_scan.scan(due_for_check(days=7)).read == 0


def test_it_is_found_by_the_sweep_also_where_files_are_never_checked(
    upgraded: list[IndexedImage], settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "CHECK_FILES_DAYS": 0}
    assert sweep.is_file_scan_due()
    assert sweep.scan_due_files(0).read == 3
    assert waiting() == [upgraded[1].pk]


def test_a_picture_that_a_former_version_refused_is_tried_again(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(b"no picture at all")
    embed_all()
    file_scan.scan(due_for_check(days=0))
    assert waiting() == []
    IndexedImage.objects.update(decoder_version=1)
    file_scan.scan(due_for_check(days=0))
    assert len(waiting()) == 1
    embed_all()
    assert IndexedImage.objects.get().decoder_version == DECODER_VERSION
    assert file_scan.scan(due_for_check(days=0)).read == 0


def test_a_retired_space_that_is_active_again_embeds_those_anew(
    upgraded: list[IndexedImage],
) -> None:
    retired = EmbeddingSpace.objects.create(
        embedder="former", dimensions=3, state=EmbeddingSpace.State.RETIRED
    )
    for image in upgraded:
        ImageEmbedding.objects.create(
            image=image, space=retired, state="ready", revision=image.revision
        )
    file_scan.scan(due_for_check(days=7))
    stale = ImageEmbedding.objects.filter(ImageEmbedding.is_waiting(), space=retired)
    assert [row.image_id for row in stale] == [upgraded[1].pk]


def test_a_picture_that_is_embedded_in_one_space_first_waits_in_the_others(
    upgraded: list[IndexedImage], embed_all: EmbedAll
) -> None:
    first = ImageEmbedding.objects.get(image=upgraded[1])
    other = EmbeddingSpace.objects.create(embedder="former", dimensions=3)
    ImageEmbedding.objects.create(
        image=upgraded[1], space=other, state="ready", revision=upgraded[1].revision
    )
    ImageEmbedding.objects.filter(pk=first.pk).update(state="waiting")
    embed_all()
    assert ImageEmbedding.objects.filter(ImageEmbedding.is_waiting(), space=other).exists()


@pytest.mark.parametrize("code", ["worker_lost", "missing"])
def test_a_picture_that_cannot_be_embedded_is_not_looked_at_for_ever(
    upgraded: list[IndexedImage], code: str
) -> None:
    """Each look at what kills its worker costs MAX_ATTEMPTS workers."""
    ImageEmbedding.objects.update(state="failed", error_code=code)
    if code == "missing":
        file_of(upgraded[0]).unlink()
    file_scan.scan(outdated())
    assert not any_is_outdated()


def test_a_replaced_file_counts_as_replaced(upgraded: list[IndexedImage]) -> None:
    file_of(upgraded[1]).write_bytes(shape("triangle"))
    file_scan.scan(due_for_check(days=7))
    assert not is_served(upgraded[1])
