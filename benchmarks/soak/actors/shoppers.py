"""Shoppers and programs that read the shop, over HTTP, with cookies."""

import json
import re
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from .. import pictures
from ..browser import Answer, Browser
from ..context import Scenery
from ..expected import Known
from ..judge import API, PHOTO, Judge
from .base import Actor, Overtaken

THUMBNAIL = re.compile(r"/thumbnails/\d+/[^\s\"]+")


class Visitor(Actor):
    def __init__(self, name: str, scenery: Scenery, judge: Judge) -> None:
        super().__init__(name, scenery, judge)
        self.browser = Browser(scenery.address)

    def look(self, kind: str, path: str) -> Answer:
        answer = self.browser.get(path)
        self.judge.looked_at(kind, answer)
        return answer

    def any_product(self, chance: Random) -> Known:
        """Hidden ones too, and now and then a deleted one."""
        known = self.scenery.shelf.pick_ever(chance)
        if known is None:
            raise Overtaken
        return known


class Shopper(Visitor):
    """Looks at pages, and keeps cookies, so that there is a history to recommend from."""

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

    def front(self, chance: Random) -> None:
        path = chance.choice(("/", "/?page=2", "/?page=3"))
        found = THUMBNAIL.findall(self.look("front page", path).text)
        if found:
            self.look("thumbnail", chance.choice(found))

    def category(self, chance: Random) -> None:
        self.look("category page", f"/categories/{chance.choice(pictures.KINDS)}/")

    def product(self, chance: Random) -> None:
        known = self.any_product(chance)
        answer = self.look("product page", f"/products/{known.slug}/")
        self.judge.page_of(known.slug, answer)

    def similar(self, chance: Random) -> None:
        self.look("similar page", f"/products/{self.any_product(chance).slug}/similar/")

    def search(self, chance: Random) -> None:
        self.look("search page", f"/search/?words={_words(chance)}")

    def search_like(self, chance: Random) -> None:
        colour, slug = chance.choice(pictures.COLOURS), self.any_product(chance).slug
        self.look("search page", f"/search/?words={colour}&like={slug}")

    def for_you(self, _chance: Random) -> None:
        self.look("for-you page", "/for-you/")

    def photo_page(self, _chance: Random) -> None:
        """Its token makes this visitor one who keeps cookies, and so has a history."""
        self.look("photo page", "/search/photo/")


class Program(Visitor):
    """Asks the API."""

    pauses = (0.05, 0.3)
    weights = {"similar": 5, "carousel": 3, "search": 3}  # noqa: RUF012

    def similar(self, chance: Random) -> None:
        self.look(API, f"/api/products/{self.any_product(chance).key}/similar/")

    def carousel(self, chance: Random) -> None:
        self.look(API, f"/api/products/{self.any_product(chance).key}/carousel/")

    def search(self, chance: Random) -> None:
        self.look(API, f"/api/search/?words={_words(chance)}")


class Photographer(Visitor):
    """Searches by photo, and not too often."""

    pauses = (0.5, 1.5)
    weights = {"photo": 9, "no_photo": 1}  # noqa: RUF012

    def photo(self, chance: Random) -> None:
        answer = self._search(pictures.good(chance))
        if answer.status == 200:
            self.scenery.journal.notes["photo searches that found something"] += bool(
                json.loads(answer.text)["results"]
            )

    def no_photo(self, chance: Random) -> None:
        code, data = pictures.broken(chance)
        answer = self._search(data)
        if answer.status == 200:
            self.scenery.journal.accuse("a broken photo was searched by", f"{code} {data[:40]!r}")

    def _search(self, data: bytes) -> Answer:
        photo = SimpleUploadedFile("photo.jpg", data, "image/jpeg")
        answer = self.browser.post("/api/search/image/", {"image": photo})
        self.judge.looked_at(PHOTO, answer)
        return answer


def _words(chance: Random) -> str:
    return f"{chance.choice(pictures.COLOURS)}+{chance.choice(pictures.KINDS)}"
