"""Staff who work in the shop's admin, over HTTP, as people do."""

from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from shop.loading.products import category_named
from shop.models import Product

from .. import pictures
from ..browser import Answer, Browser
from ..context import Scenery
from ..expected import Known, Standing
from ..judge import PICTURES_PAGE, Judge
from .base import Overtaken
from .editing import Saver, is_of_the_shop, untold_if_cut_off

STAFF = "soak-staff"
PRODUCTS = "/admin/shop/product/"
NO_FORMS = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
SAVED = 302


class Staff(Saver):
    """Owns what it brings, so that no other merchant hides or deletes it meanwhile."""

    pauses = (0.2, 0.8)
    weights = {"add": 6, "change": 6, "delete": 2, "pictures_page": 1}  # noqa: RUF012

    def __init__(self, name: str, scenery: Scenery, judge: Judge) -> None:
        super().__init__(name, scenery, judge)
        self.browser = Browser(scenery.address)

    def add(self, chance: Random) -> None:
        known = self.scenery.shelf.announce(f"{self.name}-{self.number}", self.name)
        form = _form(known, chance, published=True) | _one_picture(known, chance)
        with self.scenery.shelf.changing(known, Standing.SHOWN):
            self._post("product added in the admin", f"{PRODUCTS}add/", form)
            known.key = Product.objects.values_list("pk", flat=True).get(slug=known.slug)

    def change(self, chance: Random) -> None:
        """Its fields, whether it is shown, and one picture more."""
        known = self.own(chance)
        shown = chance.random() < 0.7
        form = _form(known, chance, published=shown) | _one_picture(known, chance)
        becomes = Standing.SHOWN if shown else Standing.HIDDEN
        with self.scenery.shelf.changing(known, becomes), untold_if_cut_off(known):
            path = f"{PRODUCTS}{known.key}/change/"
            self._post("product changed in the admin", path, form)

    def delete(self, chance: Random) -> None:
        known = self.own(chance)
        with self.scenery.shelf.changing(known, Standing.DELETED):
            path = f"{PRODUCTS}{known.key}/delete/"
            self._post("product deleted in the admin", path, {"post": "yes"})

    def pictures_page(self, chance: Random) -> None:
        state = chance.choice(("", "?state=failed", "?state=waiting"))
        self._log_in()
        answer = self.browser.get(f"/admin/vrs_app/indexedimage/{state}")
        self.judge.looked_at(PICTURES_PAGE, answer)

    def _post(self, what: str, path: str, form: dict[str, object]) -> None:
        """Raises Overtaken where the form was not saved, which is judged here.

        But for a deletion while a merchant adds a picture: the shop's own constraint refuses it.
        """
        self._log_in()
        answer = self.browser.post(path, form)
        if answer.status == SAVED and "/login/" not in answer.location:
            self.judge.saved(what, answer.span.began)
            return
        if not (answer.text.startswith("IntegrityError") and is_of_the_shop(answer.text)):
            self._judge(what, answer, is_save=True)
        raise Overtaken

    def _judge(self, what: str, answer: Answer, *, is_save: bool = False) -> None:
        if answer.status >= 500 or not answer.status:
            self.judge.failed_page(what, answer, is_save=is_save)
        else:
            self.scenery.journal.notes[f"{what}: answered {answer.status} instead"] += 1

    def _log_in(self) -> None:
        """Once; again where the session was lost."""
        if self.browser.cookie("sessionid"):
            return
        self.judge.looked_at("login page", self.browser.get("/admin/login/"))
        form = {"username": STAFF, "password": self.scenery.password, "next": "/admin/"}
        answer = self.browser.post("/admin/login/", form)
        if answer.status != SAVED:
            self._judge("login", answer)
            raise Overtaken


def _form(known: Known, chance: Random, *, published: bool) -> dict[str, object]:
    colour, kind = chance.choice(pictures.COLOURS), chance.choice(pictures.KINDS)
    return {
        "name": f"{colour} {kind}",
        "slug": known.slug,
        "category": category_named(kind).pk,
        "price": str(chance.randint(5, 200)),
        "stock": 5,
        **({"published": "on"} if published else {}),
        **{f"vrs_images-{name}": number for name, number in NO_FORMS.items()},
    }


def _one_picture(known: Known, chance: Random) -> dict[str, object]:
    """A new one, beside those that there are."""
    name = f"{known.slug}-{chance.getrandbits(32):x}.jpg"
    return {
        **{f"images-{name}": number for name, number in (NO_FORMS | {"TOTAL_FORMS": 1}).items()},
        "images-0-image": SimpleUploadedFile(name, pictures.good(chance), "image/jpeg"),
        "images-0-position": chance.randint(0, 9),
    }
