"""What must hold after recovery: rows match files, nothing is orphaned, pages are served."""

from collections.abc import Iterator
from random import Random

import numpy as np
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Exists, OuterRef

from shop.models import Product
from vrs_app import spaces, vision
from vrs_app.embedders import Embedder, Vectors
from vrs_app.exceptions import PictureMissing
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage, ProductText
from vrs_app.queries import similar_to

from . import pictures
from .browser import Answer, Browser
from .context import SoakContext
from .expected import ExpectedCatalogue, ExpectedProduct, ProductState
from .judge import PHOTO, Judge
from .report import Report

MIN_COSINE = 0.9999
"""A vector and its half-precision copy have at least this cosine."""

OUT_OF_DATE = "a picture is not embedded as its file is now"
MISSED_SIGNAL = "a change that sent a signal was not indexed"
ORPHAN = "a row belongs to nothing"
LOST = "what was saved is not there"
EMPTY_CAROUSEL = "a carousel is empty although there are look-alikes"
NO_PHOTO_SEARCH = "search by photo does not work again"

PAGES_CHECKED = 60
VISUAL_ITEM = 'data-source="visual"'

State = ImageEmbedding.State


class Inspector:
    """Compares rows with files: embeds each file again, with the embedder of each space."""

    def __init__(self, report: Report) -> None:
        self._broken = report.broken_files
        self._spaces = [(space, spaces.embedder_of(space)) for space in spaces.filled()]

    def faults_of(self, product: Product) -> Iterator[str]:
        """One line for each fault in this product's rows."""
        names = dict.fromkeys(row.image.name or "" for row in product.images.all())
        rows = {row.name: row for row in IndexedImage.objects.filter(product=product)}
        for name in rows.keys() - names.keys():
            yield f"{product.slug}: a row of {name}, which it does not show"
        for position, name in enumerate(names):
            if (row := rows.get(name)) is None:
                yield f"{product.slug}: no row of {name}"
                continue
            if row.position != position:
                yield f"{product.slug}: {name} is at {position}, its row at {row.position}"
            yield from (f"{product.slug}: {name}: {fault}" for fault in self._faults_in(row))

    def _faults_in(self, row: IndexedImage) -> Iterator[str]:
        data = _read_file(row.name)
        digest = vision.digest(data) if data is not None else ""
        code = PictureMissing.code if data is None else self._broken.get(digest, "")
        for space, embedder in self._spaces:
            found = ImageEmbedding.objects.filter(image=row, space=space).first()
            if found is None or found.revision != row.revision or found.state == State.WAITING:
                yield f"space {space.pk}: it waits"
            elif code:
                yield from _faults_of_failure(found, code)
            elif found.state != State.READY:
                yield f"space {space.pk}: a good picture failed, {found.error_code}"
            elif digest != found.digest or digest != row.digest:
                yield f"space {space.pk}: it was embedded from other bytes"
            elif (cosine := _cosine(found, _embed(data or b"", embedder))) < MIN_COSINE:
                yield f"space {space.pk}: its vector is another's, cosine {cosine:.5f}"


def check_signalled(inspector: Inspector, catalogue: ExpectedCatalogue, report: Report) -> None:
    """Before reconciling: products whose every change sent a signal must be up to date."""
    signalled = {each.slug for each in catalogue.all if each.is_signalled}
    for product in _products():
        if product.slug in signalled:
            report.observations["products whose every change sent a signal"] += 1
            for fault in inspector.faults_of(product):
                report.add_violation(MISSED_SIGNAL, fault)


def check_all(inspector: Inspector, catalogue: ExpectedCatalogue, report: Report) -> None:
    """After reconciling: every product is up to date, no row is orphaned, no save is lost."""
    for product in _products():
        report.observations["products checked"] += 1
        report.observations["pictures checked"] += len(product.images.all())
        for fault in inspector.faults_of(product):
            report.add_violation(OUT_OF_DATE, fault)
    for orphan in _orphans():
        report.add_violation(ORPHAN, orphan)
    for lost in _lost(catalogue):
        report.add_violation(LOST, lost)


def _products() -> Iterator[Product]:
    return Product.objects.prefetch_related("images").iterator(chunk_size=100)


def _read_file(name: str) -> bytes | None:
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None


def _embed(data: bytes, embedder: Embedder) -> Vectors:
    vector: Vectors = embedder.embed([vision.load(data, embedder.picture_size).pixels])[0]
    return vector


def _cosine(row: ImageEmbedding, vector: Vectors) -> float:
    kept = np.asarray(row.vector, dtype=np.float32)
    return float(kept @ vector / np.linalg.norm(kept) / np.linalg.norm(vector))


def _faults_of_failure(row: ImageEmbedding, code: str) -> Iterator[str]:
    if row.state != State.FAILED or row.error_code != code:
        yield f"space {row.space_id}: {row.state} {row.error_code}, where it is {code}"


def _orphans() -> Iterator[str]:
    product = Product.objects.filter(pk=OuterRef("product"))
    image = IndexedImage.objects.filter(pk=OuterRef("image"))
    for row in IndexedImage.objects.filter(~Exists(product)):
        yield f"picture {row.pk}, {row}, of product {row.product_id}"
    for embedding in ImageEmbedding.objects.filter(~Exists(image)).defer("vector"):
        yield f"embedding {embedding.pk} of picture {embedding.image_id}"
    for text in ProductText.objects.filter(~Exists(product)).values_list("pk", flat=True):
        yield f"words of product {text}"
    if (active := EmbeddingSpace.objects.filter(state=EmbeddingSpace.State.ACTIVE).count()) != 1:
        yield f"{active} spaces are active"


def _lost(catalogue: ExpectedCatalogue) -> Iterator[str]:
    """Products of the shop whose rows are not as they were saved."""
    there = dict(Product.objects.values_list("slug", "published"))
    for expected in catalogue.all:
        if (fault := _fault_of_row(expected, there.get(expected.slug))) is not None:
            yield f"{expected.slug}: {fault}"


def _fault_of_row(expected: ExpectedProduct, published: bool | None) -> str | None:
    as_saved = {ProductState.SHOWN: True, ProductState.HIDDEN: False, ProductState.DELETED: None}
    if expected.state == ProductState.UNSURE or as_saved[expected.state] == published:
        return None
    return f"{expected.state}, and in the database published is {published}"


def check_pages(context: SoakContext, judge: Judge) -> None:
    """Product pages are served with filled carousels, and search by photo works."""
    browser = Browser(context.address)
    shown = list(Product.objects.on_sale().order_by("pk"))
    for product in Random(context.seed).sample(shown, min(PAGES_CHECKED, len(shown))):
        answer = browser.get(product.get_absolute_url())
        judge.check_answer("product page, at the end", answer)
        judge.check_page(product.slug, answer)
        if VISUAL_ITEM not in answer.text and len(similar_to(product, limit=4)) == 4:
            context.report.add_violation(EMPTY_CAROUSEL, product.slug)
    answer = search_by_photo(browser, context.seed)
    judge.check_answer(PHOTO, answer)
    if answer.status != 200:
        context.report.add_violation(NO_PHOTO_SEARCH, f"{answer.status} {answer.text[:200]}")


def search_by_photo(browser: Browser, seed: int) -> Answer:
    photo = SimpleUploadedFile("photo.jpg", pictures.good(Random(seed)), "image/jpeg")
    return browser.post("/api/search/image/", {"image": photo})
