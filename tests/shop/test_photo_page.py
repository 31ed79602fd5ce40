"""Search by photo without a script: what is posted is answered, and nothing breaks the page."""

import tempfile
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from PIL import Image
from pytest_django import Settings
from redis import Redis

from shop.models import Product
from tests.conftest import LookAlikes, MakeShown
from tests.pictures import encoded, garment, heic, hidden_colours, jpeg
from tests.shapes import shape
from vrs_app import spaces, vision
from vrs_app.embedders import has_direction
from vrs_app.exceptions import (
    PictureEmpty,
    PictureFormatRefused,
    PictureTooLarge,
    PictureWithoutContent,
)
from vrs_app.photos.client import EmbeddedPhoto
from vrs_app.photos.deadline import Deadline
from vrs_app.spaces.vectors import SpaceVector
from vrs_app.testing import drain

from .photos import street
from .test_similar_page import errors, names
from .test_views import HOSTILE, Tags, html_of, table_gone

URL = "/search/photo/"
FETCHED = {"X-Requested-With": "fetch"}


def asked(photo: bytes, _: Deadline) -> EmbeddedPhoto:
    """What a worker does, in this process, since another one would not see this test's rows."""
    space = spaces.active()
    assert space is not None
    embedder = spaces.embedder_of(space)
    [vector] = embedder.embed([vision.load(photo, embedder.picture_size).pixels])
    if not has_direction(vector):
        raise PictureWithoutContent
    found = SpaceVector.of(vector, space.pk)
    return EmbeddedPhoto(vector=found, seconds=0.0)


@pytest.fixture
def shop(look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch) -> LookAlikes:
    monkeypatch.setattr("vrs_app.photos.request_embedding", asked)
    return look_alikes


@pytest.fixture
def impatient(settings: Settings) -> None:
    """Nobody answers, and nobody waits long for it."""
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 0.3}
    Redis.from_url(settings.CACHE_URL).flushdb()


def post(
    client: Client, photo: bytes | None, *, fetched: bool = False, **fields: str
) -> HttpResponse:
    file = {} if photo is None else {"photo": SimpleUploadedFile("mine.jpg", photo, "image/jpeg")}
    answer = client.post(URL, {**file, **fields}, headers=FETCHED if fetched else {})
    assert isinstance(answer, HttpResponse)
    return answer


def html(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


# --- what it finds ---------------------------------------------------------------------------


def test_a_photo_brings_what_looks_like_it(client: Client, shop: LookAlikes) -> None:
    page = html(post(client, shape("disc", seed=99)))
    assert set(names(page)[:6]) == {disc.name for disc in shop["disc"]}
    assert "Like your photo" in page
    assert "24 products" in page


def test_a_part_of_it_can_be_chosen_without_a_script(client: Client, shop: LookAlikes) -> None:
    offered = [option["value"] for option in Tags(html_of(client, URL)).of("option")]
    assert "0,0,1,0.5" in offered and "0,0.5,1,1" in offered
    upper = names(html(post(client, street(), box="0,0,1,0.5")))
    lower = names(html(post(client, street(), box="0,0.5,1,1")))
    assert set(upper[:6]) == {disc.name for disc in shop["disc"]}
    assert set(lower[:6]) == {one.name for one in shop["stripes"]}


def test_the_filters_hold_and_stay(client: Client, shop: LookAlikes) -> None:
    cheap = shop["bars"][0]
    Product.objects.exclude(pk=cheap.pk).update(price=50)
    page = html(post(client, shape("disc", seed=99), price_max="40", category="bars"))
    assert names(page) == [cheap.name]
    [price] = [tag for tag in Tags(page).of("input") if tag.get("name") == "price_max"]
    assert price["value"] == "40"


def test_words_may_be_added(client: Client, shop: LookAlikes) -> None:
    lunar = shop["stripes"][0]
    lunar.description = "Lunar"
    lunar.save()
    drain()
    page = html(post(client, shape("disc", seed=99), words="lunar", alpha="0.25"))
    assert names(page)[0] == lunar.name
    assert page.count("Looks like your photo") == 23


def test_a_script_fetches_the_answer_alone_in_pages(
    client: Client, shop: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.views.results.PAGE_SIZE", 10)
    first = html(post(client, shape("disc", seed=99), fetched=True))
    last = html(post(client, shape("disc", seed=99), fetched=True, page="3"))
    assert (len(names(first)), len(names(last))) == (10, 4)
    assert Tags(first).of("html") == []
    buttons = [button for button in Tags(first).of("button") if button.get("name") == "page"]
    assert {button["form"] for button in buttons} == {"photo-form"}
    assert {button["value"] for button in buttons} == {"1", "2", "3"}


def test_without_a_script_everything_stands_on_one_page(
    client: Client, shop: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.views.results.PAGE_SIZE", 10)
    page = html(post(client, shape("disc", seed=99)))
    assert len(names(page)) == 24
    assert "choose the photo again" in page


def test_where_nothing_fits_what_is_new_stands(client: Client, shop: LookAlikes) -> None:
    page = html(post(client, shape("disc", seed=99), price_min="900"))
    assert "fits all that you asked for" in page
    assert "New in the shop" in page


# --- what is no good photo ---------------------------------------------------------------------


def test_what_is_no_good_photo_is_said_beside_it(client: Client, shop: LookAlikes) -> None:
    for photo, says in (
        (None, "Choose a photo first."),
        (b"", PictureEmpty().text),
        (b"no picture", str(PictureFormatRefused.why)),
        (b"no picture", "of one of these kinds: JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC."),
        (jpeg(garment())[:-900], "damaged or cut short"),
        (encoded(hidden_colours(), "PNG"), "nothing to compare"),
    ):
        page = html(post(client, photo))
        assert says in page.split('data-errors="photo"')[1].split("</div>")[0]
        assert names(page) == []
        fetched = html(post(client, photo, fetched=True))
        assert says in fetched.split('data-errors-of="photo"')[1].split("</div>")[0]


@pytest.mark.django_db
def test_the_page_names_and_offers_the_formats_of_the_settings(
    client: Client, settings: Settings
) -> None:
    page = html_of(client, URL)
    [shown] = [tag for tag in Tags(page).of("input") if tag.get("id") == "id_photo"]
    kinds = str(shown["accept"]).split(",")
    assert {"image/jpeg", "image/png", "image/webp", "image/heic", ".heic"} <= {*kinds}
    assert "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC" in page
    settings.VRS = settings.VRS | {"IMAGE_FORMATS": ["JPEG", "PNG"]}
    page = html_of(client, URL)
    assert 'accept="image/jpeg,image/png"' in page
    assert ">JPEG, PNG<" in page
    assert "HEIC" not in page


def test_an_iphones_photo_is_found_by(client: Client, shop: LookAlikes) -> None:
    with Image.open(BytesIO(shape("disc", seed=99))) as picture:
        photo = heic(picture.convert("RGB"), quality=95)
    assert set(names(html(post(client, photo)))[:6]) == {disc.name for disc in shop["disc"]}


def test_a_file_that_is_too_large_is_said_so_and_not_kept(
    client: Client, shop: LookAlikes, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"MAX_IMAGE_BYTES": 20_000}
    page = html(post(client, b"x" * 200_000))
    assert PictureTooLarge().text in page


def test_nothing_of_a_photo_touches_the_disk(
    client: Client, shop: LookAlikes, settings: Settings
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    with patch.object(tempfile, "NamedTemporaryFile", side_effect=AssertionError("a file")):
        html(post(client, shape("disc", seed=99)))


def test_more_files_than_one_are_not_taken(client: Client, shop: LookAlikes) -> None:
    photos = [SimpleUploadedFile(f"{kind}.jpg", shape(kind, seed=9)) for kind in ("disc", "bars")]
    other = SimpleUploadedFile("other.jpg", b"other")
    page = html(client.post(URL, {"photo": photos, "other": other}))  # type: ignore[arg-type]
    assert set(names(page)[:6]) == {disc.name for disc in shop["disc"]}


def test_a_box_that_is_none_is_said_beside_it(client: Client, shop: LookAlikes) -> None:
    for box in ("1", "0,0,1", "a,b,c,d", "0,0,0,0", "1,1,0,0", "nan,0,1,1", "0,0,inf,1", HOSTILE):
        page = html(post(client, shape("disc"), box=box))
        assert errors(page) == {
            "box": "This part of the photo could not be read. Choose it again."
        }
        assert HOSTILE not in page
    for box in ("0,0,0.01,0.01", "0.2,0.2,7,7", "-1,0,1,1"):
        assert "box" in errors(html(post(client, shape("disc"), box=box)))


@pytest.mark.slow
def test_nothing_that_is_posted_breaks_the_page(client: Client, shop: LookAlikes) -> None:
    hostile = ("\0", HOSTILE, "9" * 5000, "1e-99999999", "٣", "' | & ! <->")
    for field in ("box", "words", "alpha", "page", "price_min", "category", "diversity", "other"):
        for value in hostile:
            for fetched in (True, False):
                answer = post(client, shape("disc", seed=9), fetched=fetched, **{field: value})
                assert HOSTILE not in html(answer)


def test_wrong_filters_are_said_and_left_out(client: Client, shop: LookAlikes) -> None:
    page = html(post(client, shape("disc", seed=99), price_max="cheap"))
    assert list(errors(page)) == ["price_max"]
    assert len(names(page)) == 24
    fetched = html(post(client, shape("disc", seed=99), price_max="cheap", fetched=True))
    assert 'data-errors-of="price_max"' in fetched
    assert len(names(fetched)) == 24


# --- nobody there -------------------------------------------------------------------------------


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fetched", [True, False], ids=["fetched", "posted"])
def test_without_a_worker_the_page_says_when_to_try_again(
    client: Client, look_alikes: LookAlikes, fetched: bool
) -> None:
    answer = post(client, shape("disc"), fetched=fetched, words="moon")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "Try again" in answer.content.decode()
    assert fetched or 'value="moon"' in answer.content.decode()


def test_before_anything_is_embedded_the_page_says_so(
    client: Client, db: None, make_shown: MakeShown
) -> None:
    make_shown(shape("disc"))
    assert post(client, shape("disc")).status_code == 503


@pytest.mark.parametrize("table", ["vrs_app_indexedimage", "vrs_app_embeddingspace"])
def test_the_page_is_served_while_our_tables_are_missing(
    client: Client, shop: LookAlikes, table: str
) -> None:
    with table_gone(table):
        html_of(client, URL)
        assert post(client, shape("disc")).status_code in {200, 503}


def test_nobody_waits_for_a_worker_inside_a_transaction(
    client: Client, look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = list(connection.savepoint_ids)  # this test's own
    during: list[list[str]] = []

    def answer(photo: bytes, patience: Deadline) -> EmbeddedPhoto:
        during.append(list(connection.savepoint_ids))
        return asked(photo, patience)

    monkeypatch.setattr("vrs_app.photos.request_embedding", answer)
    html(post(client, shape("disc", seed=99)))
    assert during == [around]


# --- who may post, and what the page is made of --------------------------------------------------


def test_another_site_cannot_post(shop: LookAlikes) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, shape("disc")).status_code == 403
    strict.get(URL)
    token = strict.cookies["csrftoken"].value
    assert post(strict, shape("disc"), csrfmiddlewaretoken=token).status_code == 200


def test_it_is_asked_by_get_or_post_alone(client: Client, db: None) -> None:
    assert client.head(URL).status_code == 200
    assert client.put(URL).status_code == 405


def test_the_page_keeps_to_the_policy(client: Client, shop: LookAlikes) -> None:
    for page in (html_of(client, URL), html(post(client, shape("disc", seed=9), price_max="x"))):
        tags = Tags(page)
        for tag, attributes in tags.found:
            assert tag != "style"
            assert not [name for name in attributes if name == "style" or name.startswith("on")]
        scripts = tags.of("script")
        assert [script["type"] for script in scripts] == ["module"]
        assert str(scripts[0]["src"]).startswith("/static/")
        labelled = {label["for"] for label in tags.of("label")}
        fields = [*tags.of("input"), *tags.of("select")]
        seen = [field for field in fields if field.get("type") != "hidden"]
        assert {field["id"] for field in seen} == labelled
        ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
        assert len(ids) == len(set(ids))


def test_its_modules_ask_no_other_site() -> None:
    folder = Path("shop/static/shop/photo")
    for module in folder.glob("*.js"):
        text = module.read_text()
        assert "http" not in text and "blob:" not in text and "innerHTML" not in text, module
