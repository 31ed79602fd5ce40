"""What the shops' tests share. In the project's own run they are left to `test_shops`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

if not settings.SETTINGS_MODULE.startswith("tests.fits."):
    collect_ignore_glob = ["*/*"]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for each test's pictures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request in German leaves its language to this thread, and so to the next test."""
    with override("en"):
        yield


@pytest.fixture
def staff(admin_client: Client) -> Client:
    """Somebody who may do everything in the admin."""
    return admin_client
