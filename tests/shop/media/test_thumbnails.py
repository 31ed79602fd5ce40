import os
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from shop.media.thumbnails import WIDTHS, is_picture_name, thumbnail_url
from vrs_app import vision

from ..conftest import picture_bytes

# Nothing here writes to the database; the page for what is not there reads from it.
pytestmark = pytest.mark.django_db


def put(media: Path, data: bytes, name: str = "products/a.jpg", *, seconds_ago: int = 60) -> str:
    path = media / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    written = path.stat().st_mtime - seconds_ago
    os.utime(path, (written, written))
    return name


def fetched(client: Client, url: str) -> Image.Image:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    return Image.open(BytesIO(answer.getvalue()))


@pytest.mark.parametrize("width", sorted(WIDTHS))
def test_a_thumbnail_is_a_webp_picture_of_the_width_asked_for(
    client: Client, media: Path, width: int
) -> None:
    name = put(media, picture_bytes((1600, 2000)))
    assert fetched(client, thumbnail_url(name, width)).size == (width, width * 5 // 4)


def test_a_thumbnail_is_made_once_and_kept(client: Client, media: Path) -> None:
    url = thumbnail_url(put(media, picture_bytes()), 160)
    fetched(client, url)
    (made,) = (media / "thumbnails" / "160").iterdir()
    first = made.stat().st_ino
    fetched(client, url)
    assert made.stat().st_ino == first
    assert [path for path in made.parent.iterdir() if path != made] == []


@pytest.mark.parametrize("rest", [0, 400, 600, 999], ids="{} ns".format)
def test_a_picture_written_within_the_clock_tick_of_its_thumbnail_gets_a_new_one(
    client: Client, media: Path, rest: int
) -> None:
    name = put(media, picture_bytes((100, 100)))
    fetched(client, thumbnail_url(name, 160))
    (made,) = (media / "thumbnails" / "160").iterdir()
    put(media, picture_bytes((100, 50)))
    tick = made.stat().st_mtime_ns // 1000 * 1000 + rest
    for path in (media / name, made):
        os.utime(path, ns=(tick, tick))
    assert fetched(client, thumbnail_url(name, 160)).size == (100, 50)


def test_a_picture_written_anew_gets_a_new_thumbnail(client: Client, media: Path) -> None:
    name = put(media, picture_bytes((100, 100)))
    fetched(client, thumbnail_url(name, 160))
    put(media, picture_bytes((100, 50)), seconds_ago=0)
    assert fetched(client, thumbnail_url(name, 160)).size == (100, 50)


def test_a_picture_written_while_its_thumbnail_is_made_gets_a_new_one(
    client: Client, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = put(media, picture_bytes((100, 100)))
    real = vision.open_upright

    def opening(*arguments: Any) -> Any:
        picture = real(*arguments)
        put(media, picture_bytes((100, 50)), seconds_ago=0)
        time.sleep(0.05)  # some ticks of the clock
        return picture

    with monkeypatch.context() as slow:
        slow.setattr(vision, "open_upright", opening)
        assert fetched(client, thumbnail_url(name, 160)).size == (100, 100)
    assert fetched(client, thumbnail_url(name, 160)).size == (100, 50)


def test_a_thumbnail_stands_upright(client: Client, media: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    name = put(media, picture_bytes((100, 40), exif=turned))
    assert fetched(client, thumbnail_url(name, 160)).size == (40, 100)


def test_an_endlessly_tall_picture_stays_small(client: Client, media: Path) -> None:
    name = put(media, picture_bytes((10, 20_000), "PNG"), "products/tall.png")
    assert fetched(client, thumbnail_url(name, 160)).height <= 480


def test_thumbnails_may_be_kept_for_an_hour_and_are_never_sniffed(
    client: Client, media: Path
) -> None:
    answer = client.get(thumbnail_url(put(media, picture_bytes()), 160))
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_thumbnail_is_sent_again_only_where_its_picture_was_replaced(
    client: Client, media: Path
) -> None:
    name = put(media, picture_bytes((100, 100)))
    known = {"If-None-Match": client.get(thumbnail_url(name, 160))["ETag"]}
    unchanged = client.get(thumbnail_url(name, 160), headers=known)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["Cache-Control"] == "public, max-age=3600"
    put(media, picture_bytes((100, 50)), seconds_ago=0)
    assert client.get(thumbnail_url(name, 160), headers=known).status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        picture_bytes((400, 400))[:400],
        b"<script>alert(1)</script>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
    ids=["empty", "3 bytes", "half a JPEG", "HTML", "EPS"],
)
def test_a_placeholder_stands_in_for_a_picture_that_cannot_be_read(
    client: Client, media: Path, data: bytes
) -> None:
    answer = client.get(thumbnail_url(put(media, data), 360))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "public, max-age=60"


def test_a_picture_that_cannot_be_read_is_not_tried_at_every_request(
    client: Client, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = put(media, b"no picture")
    tried: list[object] = []
    real = vision.open_upright

    def opening(*arguments: Any) -> Any:
        tried.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(vision, "open_upright", opening)
    for _ in range(3):
        answer = client.get(thumbnail_url(name, 160))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert len(tried) == 1
    monkeypatch.setattr("shop.media.thumbnails.RETRY_SECONDS", 0)
    client.get(thumbnail_url(name, 160))
    assert len(tried) == 2
    put(media, picture_bytes(), seconds_ago=0)
    assert client.get(thumbnail_url(name, 160))["Content-Type"] == "image/webp"


def test_a_placeholder_stands_in_for_a_picture_that_is_gone(client: Client) -> None:
    answer = client.get(thumbnail_url("products/gone.jpg", 360))
    assert (answer.status_code, answer["Content-Type"]) == (404, "image/svg+xml")


@pytest.mark.parametrize("width", ["0", "159", "361", "99999", "-160", "1e3"])
def test_no_other_width_is_made(client: Client, media: Path, width: str) -> None:
    name = put(media, picture_bytes())
    assert client.get(f"/thumbnails/{width}/{name}").status_code == 404
    assert not (media / "thumbnails").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../a.jpg",
        "products/../../a.jpg",
        "products/./a.jpg",
        "/products/a.jpg",
        "products//a.jpg",
        "products\\..\\a.jpg",
        "products/a.jpg\0.png",
        "private/a.jpg",
        "products",
        "products/",
        "thumbnails/160/products/a.jpg.webp",
    ],
)
def test_no_name_leads_out_of_the_pictures(client: Client, media: Path, name: str) -> None:
    put(media, picture_bytes(), "private/a.jpg")
    assert not is_picture_name(name)
    assert client.get(thumbnail_url(name, 160)).status_code == 404


@pytest.mark.parametrize("stem", ["漢" * 83, "x" * 251])
def test_a_name_as_long_as_a_file_system_takes_has_a_thumbnail(
    client: Client, media: Path, stem: str
) -> None:
    name = put(media, picture_bytes(), f"products/{stem}.jpg")
    fetched(client, thumbnail_url(name, 160))


@pytest.mark.parametrize("name", ["folder", "folder.jpg", "there.jpg/below.jpg"])
def test_a_folder_has_no_thumbnail(client: Client, media: Path, name: str) -> None:
    put(media, picture_bytes(), "products/there.jpg")
    for folder in ("folder", "folder.jpg"):
        (media / "products" / folder).mkdir()
    assert client.get(thumbnail_url(f"products/{name}", 160)).status_code == 404


@pytest.mark.parametrize(
    "name", ["x" * 300 + ".jpg", "漢" * 200, "\u202egpj.exe.jpg", "..hidden.jpg"]
)
def test_a_strange_name_is_answered_calmly(client: Client, name: str) -> None:
    assert client.get(thumbnail_url(f"products/{name}", 160)).status_code == 404
