"""Visitors who read the shop over HTTP: shoppers, an API client, a photographer."""

import json
import re
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from .. import pictures
from ..browser import Answer, Browser
from ..context import SoakContext
from ..expected import ExpectedProduct
from ..judge import API, PHOTO, Judge
from .base import Actor, Conflict

THUMBNAIL = re.compile(r"/thumbnails/\d+/[^\s\"]+")


class Visitor(Actor):
    """Has a browser of its own; every answer is checked."""

    def __init__(self, name: str, context: SoakContext, judge: Judge) -> None:
        super().__init__(name, context, judge)
        self.browser = Browser(context.address)

    def fetch(self, kind: str, path: str) -> Answer:
        answer = self.browser.get(path)
        self.judge.check_answer(kind, answer)
        return answer

    def any_product(self, rng: Random) -> ExpectedProduct:
        """A product, hidden ones too, now and then a deleted one."""
        expected = self.context.catalogue.pick_any(rng)
        if expected is None:
            raise Conflict
        return expected


class Shopper(Visitor):
    """Views pages with cookies, so that there is a history to recommend from."""

    pauses = (0.02, 0.2)
    weights = {  # noqa: RUF012
        "front": 4,
        "category": 2,
        "product": 10,
        "similar": 3,
        "search": 4,
        "search_like": 2,
        "for_you": 3,
        "photo_page": 1,
    }

    def front(self, rng: Random) -> None:
        path = rng.choice(("/", "/?page=2", "/?page=3"))
        found = THUMBNAIL.findall(self.fetch("front page", path).text)
        if found:
            self.fetch("thumbnail", rng.choice(found))

    def category(self, rng: Random) -> None:
        self.fetch("category page", f"/categories/{rng.choice(pictures.KINDS)}/")

    def product(self, rng: Random) -> None:
        expected = self.any_product(rng)
        answer = self.fetch("product page", f"/products/{expected.slug}/")
        self.judge.check_page(expected.slug, answer)

    def similar(self, rng: Random) -> None:
        self.fetch("similar page", f"/products/{self.any_product(rng).slug}/similar/")

    def search(self, rng: Random) -> None:
        self.fetch("search page", f"/search/?words={_query(rng)}")

    def search_like(self, rng: Random) -> None:
        colour, slug = rng.choice(pictures.COLOURS), self.any_product(rng).slug
        self.fetch("search page", f"/search/?words={colour}&like={slug}")

    def for_you(self, _chance: Random) -> None:
        self.fetch("for-you page", "/for-you/")

    def photo_page(self, _chance: Random) -> None:
        """Its CSRF cookie makes this a visitor whose views are recorded."""
        self.fetch("photo page", "/search/photo/")


class ApiClient(Visitor):
    """Requests JSON from the API."""

    pauses = (0.05, 0.3)
    weights = {"similar": 5, "carousel": 3, "search": 3}  # noqa: RUF012

    def similar(self, rng: Random) -> None:
        self.fetch(API, f"/api/products/{self.any_product(rng).key}/similar/")

    def carousel(self, rng: Random) -> None:
        self.fetch(API, f"/api/products/{self.any_product(rng).key}/carousel/")

    def search(self, rng: Random) -> None:
        self.fetch(API, f"/api/search/?words={_query(rng)}")


class Photographer(Visitor):
    """Searches by photo through the API; one in ten photos is broken."""

    pauses = (0.5, 1.5)
    weights = {"photo": 9, "no_photo": 1}  # noqa: RUF012

    def photo(self, rng: Random) -> None:
        answer = self._search(pictures.good(rng))
        if answer.status == 200:
            self.context.report.observations["photo searches that found something"] += bool(
                json.loads(answer.text)["results"]
            )

    def no_photo(self, rng: Random) -> None:
        code, data = pictures.broken(rng)
        answer = self._search(data)
        if answer.status == 200:
            self.context.report.add_violation(
                "a broken photo was searched by", f"{code} {data[:40]!r}"
            )

    def _search(self, data: bytes) -> Answer:
        photo = SimpleUploadedFile("photo.jpg", data, "image/jpeg")
        answer = self.browser.post("/api/search/image/", {"image": photo})
        self.judge.check_answer(PHOTO, answer)
        return answer


def _query(rng: Random) -> str:
    return f"{rng.choice(pictures.COLOURS)}+{rng.choice(pictures.KINDS)}"
