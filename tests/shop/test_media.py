from pathlib import Path

import pytest
from django.test import Client

from .conftest import picture_bytes
from .test_thumbnails import put

# Nothing here writes to the database; the page for what is not there reads from it.
pytestmark = pytest.mark.django_db


def test_a_picture_is_served_as_it_was_uploaded(client: Client, media: Path) -> None:
    data = picture_bytes()
    answer = client.get(f"/media/{put(media, data)}")
    assert (answer.getvalue(), answer["Content-Type"]) == (data, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.xml", "a.js", "a.pdf", "a"])
def test_what_is_no_picture_is_only_ever_downloaded(
    client: Client, media: Path, name: str
) -> None:
    put(media, b"<script>alert(1)</script>", f"products/{name}")
    answer = client.get(f"/media/products/{name}")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == "attachment"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    [
        "products/../secret",
        "../secret",
        "secret",
        "products/",
        "products/gone.jpg",
        "products/folder",
        "products/there.jpg/below.jpg",
        "products/a%00.jpg",
        f"products/{'x' * 300}",
        f"products/{'漢' * 200}.jpg",
    ],
)
def test_nothing_else_is_served(client: Client, media: Path, name: str) -> None:
    put(media, b"secret", "secret")
    put(media, picture_bytes(), "products/there.jpg")
    (media / "products" / "folder").mkdir()
    assert client.get(f"/media/{name}").status_code == 404
