from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, Dialog
from playwright.sync_api import Error as PlaywrightError

from tests.hostile import strangers

from ..conftest import picture_bytes
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


@pytest.mark.parametrize("ending", ["jpg", "gif", "html", "svg", "svg.gz", "xhtml", "js", "pdf"])
def test_no_upload_runs_as_anything_whatever_it_is_named(
    client: Client, media: Path, ending: str
) -> None:
    for case in strangers.cases():
        name = put(media, case.data, f"products/x.{ending}")
        for method in (client.get, client.head):
            answer = method(f"/media/{name}")
            kind = answer["Content-Type"]
            assert kind in {"image/jpeg", "image/gif", "application/octet-stream"}, case.name
            assert kind.startswith("image/") or answer["Content-Disposition"] == "attachment"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Security-Policy"].startswith("default-src 'none'")
            assert "sandbox" in answer["Content-Security-Policy"]
            answer.close()


@pytest.fixture
def server(transactional_db: None) -> Iterator[str]:
    """The shop's own address; the live server of the tests serves /media/ without asking it."""
    shop = WSGIHandler()

    def application(*request: Any) -> Any:
        try:
            return shop(*request)
        finally:
            connections.close_all()

    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as serving:
        thread = Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_picture_that_is_a_program_too_runs_in_no_browser(
    browser: Browser, server: str, media: Path
) -> None:
    page = browser.new_page()
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    for number, case in enumerate(strangers.cases()):
        for ending in ("jpg", "gif", "svg", "html", "js"):
            address = f"{server}/media/{put(media, case.data, f'products/{number}.{ending}')}"
            with suppress(PlaywrightError):  # what can only be downloaded is no page
                page.goto(address)
            if "JavaScript in one" in case.name:
                page.goto(f"{server}/search/photo/")
                with pytest.raises(PlaywrightError, match="Failed to load script"):
                    page.add_script_tag(url=address)
    page.close()
    assert dialogs == []


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
