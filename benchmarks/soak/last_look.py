"""With everything mended: every page is served, and none has an empty carousel."""

from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from shop.models import Product
from vrs_app.queries import similar_to

from . import pictures
from .browser import Answer, Browser
from .context import Scenery
from .judge import PHOTO, Judge

PAGES = 60
FROM_LOOKS = 'data-source="visual"'

EMPTY = "a carousel is empty although there are look-alikes"
NO_PHOTO_SEARCH = "search by photo does not work again"


def look(scenery: Scenery, judge: Judge) -> None:
    browser = Browser(scenery.address)
    shown = list(Product.objects.on_sale().order_by("pk"))
    for product in Random(scenery.seed).sample(shown, min(PAGES, len(shown))):
        answer = browser.get(product.get_absolute_url())
        judge.looked_at("product page, at the end", answer)
        judge.page_of(product.slug, answer)
        if FROM_LOOKS not in answer.text and len(similar_to(product, limit=4)) == 4:
            scenery.journal.accuse(EMPTY, product.slug)
    answer = search_by_photo(browser, scenery.seed)
    judge.looked_at(PHOTO, answer)
    if answer.status != 200:
        scenery.journal.accuse(NO_PHOTO_SEARCH, f"{answer.status} {answer.text[:200]}")


def search_by_photo(browser: Browser, seed: int) -> Answer:
    photo = SimpleUploadedFile("photo.jpg", pictures.good(Random(seed)), "image/jpeg")
    return browser.post("/api/search/image/", {"image": photo})
