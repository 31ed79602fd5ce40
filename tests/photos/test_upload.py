"""A photo on its way into a shop's own view: in memory, whatever Django does with other files."""

from io import SEEK_END
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from pytest_django import Settings

from vrs_app import photos
from vrs_app.exceptions import PictureTooLarge
from vrs_app.photos.preprocess import prepare

pytestmark = pytest.mark.urls(__name__)

LARGE = bytes(range(256)) * 20_000
"""5 MB, twice what Django keeps in memory."""


def received(request: HttpRequest) -> HttpResponse:
    """What a view finds of each file: its name, its size, and whether it is LARGE."""
    return JsonResponse(
        {
            field: [[each.name, each.size, each.read() == LARGE] for each in files]
            for field, files in request.FILES.lists()
        }
    )


urlpatterns = [
    path("decorated/", photos.in_memory("picture")(received)),
    path("exempt/", photos.in_memory("picture")(csrf_exempt(received))),
]


@pytest.fixture(autouse=True)
def no_room_on_the_disk(settings: Settings, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "nowhere"


def file(data: bytes = LARGE, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


def test_a_large_photo_is_never_on_the_disk(client: Client) -> None:
    said = client.post("/decorated/", {"picture": file()}).json()
    assert said == {"picture": [["a.jpg", len(LARGE), True]]}
    with pytest.raises(FileNotFoundError):  # as it would be without the decorator
        received(RequestFactory().post("/", {"picture": file()}))


def test_the_forms_token_is_asked_for_all_the_same() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/decorated/", {"picture": file()}).status_code == 403
    token = get_token(request := RequestFactory().get("/"))
    strict.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    sent = {"picture": file(), "csrfmiddlewaretoken": token}
    assert strict.post("/decorated/", sent).json()["picture"][0][2]


def test_a_view_that_needs_no_token_needs_none() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/exempt/", {"picture": file()}).json()["picture"][0][2]


def test_one_photo_is_taken_and_no_other_file(client: Client) -> None:
    first, second = file(b"first", "1.jpg"), file(b"second", "2.jpg")
    said = client.post(
        "/decorated/",
        {"other": file(b"other"), "picture": [first, second]},
    ).json()
    assert said == {"picture": [["1.jpg", 5, False]]}


def test_of_one_that_is_too_large_enough_is_kept_to_tell(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"MAX_IMAGE_BYTES": 1_000_000}

    @photos.in_memory("picture")
    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        picture = request.FILES["picture"]
        assert isinstance(picture, UploadedFile)
        assert picture.size == len(LARGE)
        assert picture.seek(0, SEEK_END) == 1_000_001
        with pytest.raises(PictureTooLarge):
            prepare(picture)
        return HttpResponse()

    assert view(RequestFactory().post("/", {"picture": file()})).status_code == 200


def test_what_a_middleware_has_read_before_is_taken_as_it_is() -> None:
    request = RequestFactory().post("/", {"picture": file(b"small")})
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    assert request.POST is not None
    answer = photos.in_memory("picture")(received)(request)
    assert answer.status_code == 200
