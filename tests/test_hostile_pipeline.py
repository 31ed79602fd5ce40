"""The hostile corpus through the whole pipeline: database, broker and a worker that is real."""

import json
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from django.db import transaction
from pytest_django import Settings

from shop.models import Product
from shop.visual import ShopCatalogue
from vrs_app import spaces
from vrs_app.exceptions import PictureMissing
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import ImageEmbedding, IndexedImage

from .conftest import MakeShown
from .hostile import NAMES, READY, cases
from .processes import wait_until, worker
from .shapes import shape

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MOST_MEGABYTES = 150
"""What the allocator may keep of freed memory; the corpus holds gigabytes of pixels in all."""

WATCHDOG = 300
"""Seconds for all batches, on a machine that does other things, too."""

State = ImageEmbedding.State

ODD = "A product of which every picture has an odd name"


def storable(name: str) -> bool:
    """PostgreSQL refuses a NUL or half a character: the shop's own save fails before ours."""
    return (name.isascii() and "\0" not in name) or "\u202e" in name


ODD_NAMES = [name for name in NAMES.values() if storable(name)]


class CatalogueOfOddNames(ShopCatalogue):
    """The shop's own model would refuse some of these names."""

    def pictures(self, product: Product) -> Sequence[str]:
        return ODD_NAMES if product.name == ODD else super().pictures(product)


def test_each_hostile_picture_ends_with_its_verdict_and_harms_no_other(
    make_shown: MakeShown, tmp_path: Path, settings: Settings, corpus_limits: None
) -> None:
    settings.VRS = settings.VRS | {"CATALOGUE": f"{__name__}.CatalogueOfOddNames"}
    changed = {"VRS": settings.VRS}
    with worker(tmp_path / "worker.log", SETTINGS=json.dumps(changed)) as process:
        first = [make_shown(shape(seed=seed)) for seed in range(4)]
        wait_until(lambda: ready() == len(first))
        [child] = psutil.Process(process.pid).children()
        before = megabytes(child)
        wanted, good = shelved(make_shown)
        wait_until(nothing_waits, seconds=WATCHDOG)
        found = {row.image_id: row.error_code or row.state for row in rows()}
        assert {image: found.get(image) for image in wanted} == wanted
        assert [found[image] for image in good] == [READY] * len(good)
        assert {row.attempts for row in rows() if row.error_code != PictureMissing.code} == {1}
        # The very process that began has read them all, and kept nothing of them.
        assert psutil.Process(process.pid).children() == [child]
        assert megabytes(child) - before < MOST_MEGABYTES
    beat = heartbeats.last(Part.WORKER)
    assert beat is not None and beat.problem == ""
    assert "Traceback" not in (tmp_path / "worker.log").read_text()


def shelved(make_shown: MakeShown) -> tuple[dict[int, str], list[int]]:
    """Every case and every odd name among good pictures, saved at once.

    The verdicts by the image's row, and the rows of good pictures.
    """
    wanted, good = {}, []
    with transaction.atomic():
        for number, case in enumerate(cases()):
            wanted[image_of(make_shown(case.data))] = case.embedded
            if number % 4 == 0:
                good.append(image_of(make_shown(shape(seed=100 + number))))
        good.append(image_of(make_shown(shape(seed=99))))
        odd = IndexedImage.objects.filter(product=make_shown(name=ODD))
        assert {row.name for row in odd} == {*ODD_NAMES}
        wanted |= {row.pk: "missing" for row in odd}
    return wanted, good


def image_of(product: Product) -> int:
    key: int = IndexedImage.objects.get(product=product).pk
    return key


def rows() -> list[ImageEmbedding]:
    return list(ImageEmbedding.objects.defer("vector"))


def ready() -> int:
    return ImageEmbedding.objects.filter(state=State.READY).count()


def nothing_waits() -> bool:
    space = spaces.active()
    return not IndexedImage.objects.with_state(space).filter(state=State.WAITING).exists()


def megabytes(process: psutil.Process) -> int:
    size: int = process.memory_info().rss
    return size >> 20
