"""`POST search/image/`: what is refused before anybody looks, what no worker answers, and what
a real photo worker finds."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.conf import global_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from redis import Redis

from shop.models import Product

from ..hostile.forms import CONTENT_TYPE, form
from ..pictures import encoded, jpeg, noise
from ..shapes import shape
from .conftest import LookAlikes, keys, refusal

pytestmark = pytest.mark.django_db

ADDRESS = "/api/search/image/"
FORM = "multipart/form-data; boundary=x"
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def photos(settings: Settings) -> None:
    """Little patience, and nothing of an earlier test."""
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 0.3}
    Redis.from_url(settings.CACHE_URL).flushdb()
    Redis.from_url(settings.REDIS_URL).delete("vrs-photos")


def file(data: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


@pytest.fixture
def post(client: Client) -> Post:
    """Sends a photo of a disc, or another, with parts as a form has them."""

    def sent(
        photo: bytes | None = None, query: str = "", *, by: Client = client, **parts: Any
    ) -> Any:
        headers = parts.pop("headers", {})
        parts = {"image": file(shape(seed=99) if photo is None else photo), **parts}
        return by.post(ADDRESS + query, parts, headers=headers)

    return sent


# --- what is refused before anybody looks ----------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "way_out"),
    [
        ("box", "0,0,1", 'such as "0.1,0.2,0.6,0.95"'),
        ("box", "", "left less than right"),
        ("box", "[0,0,1,1]", "Write left, top, right and bottom"),
        ("box", "0.5,0,0.5,1", "left less than right"),
        ("box", "0,0,1,1.1", "fractions"),
        ("box", "-0.1,0,1,1", "fractions"),
        ("box", "0,0,1,nan", "fractions"),
        ("box", "0,0,1,1e9999", "fractions"),
        ("box", "0,0,1," + "1" * 5000, "fractions"),
        ("box", ["0,0,1,1", "0,0,1,1"], "Give it once."),
        ("words", "a" * 201, "200"),
        ("alpha", "2", "from 0 to 1"),
        ("expand", "on", 'Write "true" or "false".'),
        ("limit", "0", "from 1 to 100"),
        ("offset", "1001", "from 0 to 1000"),
        ("positive", "abc", "is no key"),
        ("positive", "0", 'There is no product "0".'),
        ("negative", ["0", "1"], 'There is no product "1".'),
        ("price_min", "€5", "without a currency"),
        ("price_within", "0.1", "name just one as positive"),
        ("exclude", ["1", "x"], "is no key"),
        ("word", "a", 'Did you mean "words"?'),
        ("url", "https://example.com/photo.jpg", "There is no such parameter."),
        ("image", "a text", "Give it once."),
        ("price_min", file(b"5"), "Send it as text."),
        ("photo", file(b"5"), "There is no such parameter."),
    ],
)
def test_a_value_that_cannot_be_is_named_with_the_way_out(
    client: Client, name: str, value: Any, way_out: str
) -> None:
    image = file(shape())
    values = value if isinstance(value, list) else [value]
    parts = {"image": [image, *values]} if name == "image" else {"image": image, name: value}
    answer = client.post(ADDRESS, parts)
    said = refusal(answer)
    assert list(said) == [name]
    assert way_out in " ".join(said[name])
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("parts", [{}, {"image": "a text"}, {"words": "disc"}])
def test_a_picture_that_is_missing_is_named(client: Client, parts: dict[str, Any]) -> None:
    said = refusal(client.post(ADDRESS, parts))
    assert said == {"image": ['Send a picture, as a file in the part "image" of the form.']}


def test_a_parameter_in_the_address_is_not_passed_over(post: Post) -> None:
    said = refusal(post(query="?limit=3"))
    assert said == {"limit": ["Send it as a part of the form, not in the address."]}


@pytest.mark.parametrize(
    ("type", "body"),
    [
        ("application/json", b'{"image": "x"}'),
        ("application/json", b""),
        ("application/x-www-form-urlencoded", b"image=x"),
        ("image/jpeg", shape()),
        ("", b"x"),
    ],
)
def test_anything_but_a_form_with_files_is_another_type(
    client: Client, type: str, body: bytes
) -> None:
    answer = client.generic("POST", ADDRESS, body, content_type=type)
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.json()["detail"]


MANY = b"".join(
    b'--x\r\nContent-Disposition: form-data; name="a%d"; filename="a"\r\n\r\n\r\n' % number
    for number in range(101)
)


@pytest.mark.parametrize("logged_in", [False, True])
@pytest.mark.parametrize(
    ("type", "body"),
    [
        ("multipart/form-data", b"x"),
        (FORM, MANY + b"--x--\r\n"),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\n' + b"a" * 3_000_000),
        (FORM + "; charset=nonsense", b"--x--\r\n"),
    ],
    ids=["no boundary", "too many files", "too much text", "no such charset"],
)
def test_a_form_that_cannot_be_read_is_refused(
    client: Client, admin_user: Any, type: str, body: bytes, logged_in: bool
) -> None:
    if logged_in:
        client.force_login(admin_user)
    said = refusal(client.generic("POST", ADDRESS, body, content_type=type))
    assert list(said) == ["image"]


def test_the_name_of_a_large_file_does_not_matter(client: Client, settings: Settings) -> None:
    """Django would give a temporary file that very ending, which no disk takes."""
    settings.FILE_UPLOAD_HANDLERS = global_settings.FILE_UPLOAD_HANDLERS
    body = form({}, "image", "x." + "y" * 300, shape() + bytes(3_000_000))
    answer = client.generic("POST", ADDRESS, body, content_type=CONTENT_TYPE)
    assert "no pictures yet with which" in answer.json()["detail"]  # so it was read


def test_what_is_too_large_is_refused_before_it_is_read(
    client: Client, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"MAX_IMAGE_BYTES": 50_000}
    body = BytesIO(b"x" * 200_000)
    answer = client.request(
        REQUEST_METHOD="POST",
        PATH_INFO=ADDRESS,
        CONTENT_TYPE=FORM,
        CONTENT_LENGTH="200000",
        **{"wsgi.input": body},
    )
    assert answer.status_code == 413
    assert "Upload a smaller one, or" in answer.json()["image"][0]
    assert body.tell() == 0
    assert answer["Cache-Control"] == "no-store"


def test_of_several_files_none_is_passed_over_in_silence(client: Client) -> None:
    said = refusal(client.post(ADDRESS, {"image": [file(shape()), file(shape("bars"))]}))
    assert said == {"image": ["Give it once."]}


@pytest.mark.parametrize("logged_in", [False, True])
def test_a_large_photo_is_never_on_the_disk(
    look_alikes: LookAlikes,
    admin_user: Any,
    settings: Settings,
    tmp_path: Path,
    logged_in: bool,
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "nowhere"
    large = encoded(Image.fromarray(noise((1_300, 1_300))), "PNG")
    assert len(large) > 5_000_000
    strict = Client(enforce_csrf_checks=True)
    parts: dict[str, Any] = {"image": file(large, "large.png")}
    if logged_in:
        strict.force_login(admin_user)
        parts["csrfmiddlewaretoken"] = get_token(request := RequestFactory().get("/"))
        strict.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    answer = strict.post(ADDRESS, parts)
    assert answer.status_code == 503  # it was read, and no worker is there


# --- who may ask, and how often ---------------------------------------------------------------


def test_programs_need_no_token_and_shoppers_who_are_logged_in_do(
    post: Post, admin_user: Any
) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert "limit" in refusal(post(by=strict, limit="0"))  # no account, no token
    strict.force_login(admin_user)
    assert post(by=strict, limit="0").status_code == 403
    token = get_token(request := RequestFactory().get("/"))
    strict.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    assert list(refusal(post(by=strict, limit="0", csrfmiddlewaretoken=token))) == ["limit"]
    assert list(refusal(post(by=strict, limit="0", headers={"X-CSRFToken": token}))) == ["limit"]


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_it_takes_nothing_but_post(client: Client, method: str) -> None:
    answer = getattr(client, method)(ADDRESS)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST, OPTIONS"


def test_its_rate_holds_under_changing_forwarded_addresses(post: Post, settings: Settings) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {"photo": "2/min"}}
    answers = [
        post(limit="0", headers={"X-Forwarded-For": f"10.0.0.{number}"}) for number in range(3)
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert int(answers[-1]["Retry-After"]) > 0


# --- while no worker answers -------------------------------------------------------------------


def test_without_a_worker_it_says_when_to_come_again(post: Post, look_alikes: LookAlikes) -> None:
    answer = post()
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer["Cache-Control"] == "no-store"
    assert "Try again" in answer.json()["detail"]


def test_before_anything_is_embedded_it_is_not_available(post: Post) -> None:
    answer = post()
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("photo", "said"),
    [
        (b"", "The file is empty."),
        (b"<svg></svg>", "Upload a JPEG, PNG, WebP or GIF picture."),
        (shape()[:200], "damaged or cut short"),
        (b"\xff\xd8\xff" + bytes(60_000), "The picture is too large."),
    ],
)
def test_what_is_no_good_picture_is_told_what_to_do(
    post: Post, look_alikes: LookAlikes, photo: bytes, said: str, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"MAX_IMAGE_BYTES": 50_000, "PHOTO_TIMEOUT": 5.0}
    answer = refusal(post(photo))
    assert list(answer) == ["image"]
    assert said in answer["image"][0]


def test_a_box_of_too_few_pixels_is_named(
    post: Post, look_alikes: LookAlikes, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 5.0}
    said = refusal(post(box="0.1,0.1,0.15,0.9"))
    assert "Draw it larger." in said["box"][0]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_cap_holds_for_visitors_from_anywhere(
    look_alikes: LookAlikes, live_server: LiveServer, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 8.0, "PHOTOS_AT_ONCE": 2}

    def visit(number: int) -> str:
        body = encode_multipart(BOUNDARY, {"image": file(shape(seed=number))})
        headers = {"Content-Type": MULTIPART_CONTENT, "X-Forwarded-For": f"10.0.0.{number}"}
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(live_server.url + ADDRESS, body, headers), timeout=30)
        assert refused.value.code == 503
        assert int(refused.value.headers["Retry-After"]) > 0
        detail: str = json.load(refused.value)["detail"]
        return detail

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(visit, range(6)))
    assert sum("Too many photo searches" in detail for detail in told) == 4


# --- with a real worker ------------------------------------------------------------------------


@pytest.fixture
def patient(settings: Settings) -> None:
    """On a machine that is busy with other tests."""
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 10.0}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("photo_worker", "patient")
def test_a_photo_finds_products(post: Post, look_alikes: LookAlikes) -> None:
    kinds = {kind: {product.pk for product in made} for kind, made in look_alikes.items()}

    answer = post(shape("bars", seed=99), limit="6")
    assert set(keys(answer)) == kinds["bars"]
    assert answer["Cache-Control"] == "no-store"
    for said in answer.json()["results"]:
        assert (said["source"], said["because"]) == ("visual", None)
        assert said["similarity"] > 0.5

    # A part of it.
    street = Image.new("RGB", (400, 200), "white")
    for number, kind in enumerate(("disc", "triangle")):
        one = Image.open(BytesIO(shape(kind, seed=99))).resize((200, 200))
        street.paste(one, (200 * number, 0))
    boxed = encoded(street, "PNG")
    assert set(keys(post(boxed, box="0,0,0.5,1", limit="6"))) == kinds["disc"]
    assert set(keys(post(boxed, box=".5,0,1,1.", limit="6"))) == kinds["triangle"]

    # Page by page.
    whole, seen, offset = keys(post(limit="100")), [], 0
    while offset is not None:
        page = post(limit="9", offset=str(offset))
        assert page.json()["previous_offset"] == (offset - 9 if offset else None)
        seen += keys(page)
        offset = page.json()["next_offset"]
    assert seen == whole
    assert len(seen) == 24  # a photo is no product to leave out

    # With words, filters, other products.
    bars = Product.objects.get(pk=min(kinds["bars"]))
    Product.objects.filter(pk=bars.pk).update(price=5)
    both = post(words="bars", alpha="0.5", limit="10")
    assert {said["source"] for said in both.json()["results"]} == {"text", "visual"}
    assert kinds["bars"] & set(keys(both))
    assert set(keys(post(words="bars", alpha="1", limit="6"))) == kinds["disc"]
    assert keys(post(price_max="6")) == [bars.pk]
    unwanted = min(kinds["disc"])
    assert unwanted not in keys(post(negative=str(unwanted), limit="100"))
    assert set(keys(post(positive=str(bars.pk), limit="12"))) & kinds["bars"]

    # The worker is who sees that there is nothing in it.
    said = refusal(post(jpeg(Image.new("RGB", (64, 64), "grey"))))
    assert "Upload one that shows the product." in said["image"][0]
