"""Staff who work in the shop's admin, over HTTP."""

from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from shop.loading.products import category_named
from shop.models import Product

from .. import pictures
from ..browser import Answer, Browser
from ..context import SoakContext
from ..expected import ExpectedProduct, ProductState
from ..judge import PICTURES_PAGE, Judge
from .base import Conflict
from .editing import ProductEditor, is_shop_constraint, unsignalled_on_error

STAFF = "soak-staff"
PRODUCTS = "/admin/shop/product/"
NO_FORMS = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
SAVED_STATUS = 302


class Staff(ProductEditor):
    """Adds, changes and deletes products of its own, which no merchant hides or deletes."""

    pauses = (0.2, 0.8)
    weights = {"add": 6, "change": 6, "delete": 2, "pictures_page": 1}  # noqa: RUF012

    def __init__(self, name: str, context: SoakContext, judge: Judge) -> None:
        super().__init__(name, context, judge)
        self.browser = Browser(context.address)

    def add(self, rng: Random) -> None:
        expected = self.context.catalogue.add(f"{self.name}-{self.number}", self.name)
        form = _form(expected, rng, published=True) | _one_picture(expected, rng)
        with self.context.catalogue.changing(expected, ProductState.SHOWN):
            self._post("product added in the admin", f"{PRODUCTS}add/", form)
            expected.key = Product.objects.values_list("pk", flat=True).get(slug=expected.slug)

    def change(self, rng: Random) -> None:
        """Change the fields, whether it is published, and add a picture."""
        expected = self.pick_own(rng)
        shown = rng.random() < 0.7
        form = _form(expected, rng, published=shown) | _one_picture(expected, rng)
        becomes = ProductState.SHOWN if shown else ProductState.HIDDEN
        with self.context.catalogue.changing(expected, becomes), unsignalled_on_error(expected):
            path = f"{PRODUCTS}{expected.key}/change/"
            self._post("product changed in the admin", path, form)

    def delete(self, rng: Random) -> None:
        expected = self.pick_own(rng)
        with self.context.catalogue.changing(expected, ProductState.DELETED):
            path = f"{PRODUCTS}{expected.key}/delete/"
            self._post("product deleted in the admin", path, {"post": "yes"})

    def pictures_page(self, rng: Random) -> None:
        state = rng.choice(("", "?state=failed", "?state=waiting"))
        self._log_in()
        answer = self.browser.get(f"/admin/vrs_app/indexedimage/{state}")
        self.judge.check_answer(PICTURES_PAGE, answer)

    def _post(self, what: str, path: str, form: dict[str, object]) -> None:
        """Submit a form; raises Conflict where it was not saved, and reports the failure.

        The shop's own constraint may refuse a deletion while a merchant adds a picture: that is
        not reported.
        """
        self._log_in()
        answer = self.browser.post(path, form)
        if answer.status == SAVED_STATUS and "/login/" not in answer.location:
            self.judge.check_save(what, answer.span.began)
            return
        if not (answer.text.startswith("IntegrityError") and is_shop_constraint(answer.text)):
            self._judge(what, answer, is_save=True)
        raise Conflict

    def _judge(self, what: str, answer: Answer, *, is_save: bool = False) -> None:
        if answer.status >= 500 or not answer.status:
            self.judge.add_failed_answer(what, answer, is_save=is_save)
        else:
            self.context.report.observations[f"{what}: answered {answer.status} instead"] += 1

    def _log_in(self) -> None:
        """Log in, where there is no session."""
        if self.browser.cookie("sessionid"):
            return
        self.judge.check_answer("login page", self.browser.get("/admin/login/"))
        form = {"username": STAFF, "password": self.context.password, "next": "/admin/"}
        answer = self.browser.post("/admin/login/", form)
        if answer.status != SAVED_STATUS:
            self._judge("login", answer)
            raise Conflict


def _form(expected: ExpectedProduct, rng: Random, *, published: bool) -> dict[str, object]:
    colour, kind = rng.choice(pictures.COLOURS), rng.choice(pictures.KINDS)
    return {
        "name": f"{colour} {kind}",
        "slug": expected.slug,
        "category": category_named(kind).pk,
        "price": str(rng.randint(5, 200)),
        "stock": 5,
        **({"published": "on"} if published else {}),
        **{f"vrs_images-{name}": number for name, number in NO_FORMS.items()},
    }


def _one_picture(expected: ExpectedProduct, rng: Random) -> dict[str, object]:
    """The form fields of one picture more."""
    name = f"{expected.slug}-{rng.getrandbits(32):x}.jpg"
    return {
        **{f"images-{name}": number for name, number in (NO_FORMS | {"TOTAL_FORMS": 1}).items()},
        "images-0-image": SimpleUploadedFile(name, pictures.good(rng), "image/jpeg"),
        "images-0-position": rng.randint(0, 9),
    }
