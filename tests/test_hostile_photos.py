"""The hostile corpus as shoppers' photos: the API and the shop's page, with a real worker."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from redis import Redis

from vrs_app.exceptions import PictureFormatRefused, explain

from .conftest import LookAlikes
from .hostile import READY, UPLOAD_NAMES, Case, cases
from .hostile.forms import CONTENT_TYPE, form
from .processes import PhotoWorker
from .shapes import shape

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

API, PAGE = "/api/search/image/", "/search/photo/"
ERRORS = 'data-errors="photo"'


@pytest.fixture
def shop(look_alikes: LookAlikes, settings: Settings, photo_worker: PhotoWorker) -> None:
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 20.0}  # a machine busy with other tests
    Redis.from_url(settings.CACHE_URL).flushdb()


def sent(client: Client, address: str, field: str, name: str, data: bytes) -> Any:
    """What is answered; an error of the server's own is raised here."""
    return client.generic("POST", address, form({}, field, name, data), content_type=CONTENT_TYPE)


@pytest.mark.usefixtures("shop", "corpus_limits")
def test_each_hostile_photo_is_answered_with_products_or_with_what_to_do(client: Client) -> None:
    wrong = {case.name: told for case in cases() if (told := _wrong_answers(client, case))}
    assert wrong == {}


def _wrong_answers(client: Client, case: Case) -> str:
    """What is not as it should be; nothing where all is."""
    answer = sent(client, API, "image", "photo.jpg", case.data)
    page = sent(client, PAGE, "photo", "photo.jpg", case.data)
    if case.embedded == READY:
        is_right = answer.status_code == 200 and "Like your photo" in page.content.decode()
    else:
        way_out = explain(case.embedded)
        is_right = answer.status_code == 400 and answer.json()["image"][0].startswith(way_out)
        is_right = is_right and _on_page(case) in page.content.decode().split(ERRORS)[1]
    if is_right and page.status_code == 200:
        return ""
    return f"{answer.status_code} {page.status_code} {answer.content[:300]!r}"


def _on_page(case: Case) -> str:
    """What the page says, which names the formats of the settings itself."""
    if case.embedded == PictureFormatRefused.code:
        return f"{PictureFormatRefused.why} Choose a photo of one of these kinds: JPEG, PNG, "
    return explain(case.embedded)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("is_large", [False, True])
def test_the_name_of_a_photo_is_nobodys_business(client: Client, is_large: bool) -> None:
    data = shape("disc", seed=99) + bytes(3_000_000 if is_large else 0)
    for name in [*UPLOAD_NAMES.values(), "x." + "y" * 300]:
        answer = sent(client, API, "image", name, data)
        assert answer.status_code in {200, 400}, (name, answer.content)
        assert answer.status_code == 200 or "Send" in str(answer.json()["image"]), name
        page = sent(client, PAGE, "photo", name, data)
        assert page.status_code == 200 or (is_large and name == ".."), name
        told = ("Like your", "Choose a", "Bad Request")
        assert any(each in page.content.decode() for each in told), name
