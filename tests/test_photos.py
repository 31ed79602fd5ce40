"""The main job on real photos: a folder tree <category>/<photo> that VRS_PHOTOS names.

The figures hold for every fourth of the 800 photos of ten kinds of clothing that the project
measures on; `make bench` holds those of all of them.
"""

import os
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from shop.models import Product
from vrs_app import embedders
from vrs_app.models import ImageEmbedding
from vrs_app.reports.evaluation import evaluate

from .settings import RESNET50_VRS, VRS

PHOTOS = os.environ.get("VRS_PHOTOS", "")
COUNT, EVERY, ASKED = 200, 4, 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not PHOTOS, reason="VRS_PHOTOS names no folder of photos"),
]


@pytest.fixture
def imported(tmp_path: Path) -> None:
    for category in (folder for folder in Path(PHOTOS).iterdir() if folder.is_dir()):
        (tmp_path / "some" / category.name).mkdir(parents=True)
        for photo in sorted(category.iterdir())[::EVERY]:
            shutil.copy(photo, tmp_path / "some" / category.name)
    told = StringIO()
    call_command("import_photos", str(tmp_path / "some"), stdout=told, stderr=StringIO())
    assert f"{COUNT} photos imported" in told.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # no autovacuum sees what this test has not committed


def embed_and_evaluate(settings: Settings, chosen: dict[str, Any]) -> float:
    settings.VRS = chosen
    embedders._load.cache_clear()
    told = StringIO()
    call_command("vrs_embed", stdout=told, stderr=StringIO())
    assert f"{COUNT} pictures ready, 0 failed." in told.getvalue()
    assert set(ImageEmbedding.objects.values_list("state", "attempts")) == {("ready", 1)}
    found = evaluate(k=5, sample=ASKED, photo_search=True)
    assert (found.products, found.categories) == (Product.objects.count(), 10) == (COUNT, 10)
    assert found.chance == pytest.approx(0.1, abs=0.01)
    assert (found.recall or 0) >= 0.98
    assert found.precision is not None
    # Each photo, sent in by a shopper, finds what its product's carousel shows.
    assert found.photo_search is not None
    assert (found.photo_search.asked, found.photo_search.unreadable) == (ASKED, 0)
    assert found.photo_search.precision == pytest.approx(found.precision, abs=0.015)
    return found.precision


@pytest.mark.usefixtures("imported")
def test_shape_and_colour_by_hand_find_the_category_of_real_photos(settings: Settings) -> None:
    assert embed_and_evaluate(settings, VRS) >= 0.245


@pytest.mark.usefixtures("imported")
def test_the_demos_network_finds_the_category_of_real_photos(settings: Settings) -> None:
    assert embed_and_evaluate(settings, RESNET50_VRS) >= 0.54
