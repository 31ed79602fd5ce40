"""Whether each product is embedded as its files are now, and nothing is left over."""

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
from .context import Scenery
from .expected import Known, Shelf, Standing
from .judge import PHOTO, Judge
from .report import Journal

ALIKE = 0.9999
"""The cosine of a vector and of the same one in half precision, at least."""

NOT_AS_IT_IS = "a picture is not embedded as its file is now"
ONLY_RECONCILED = "a change was told by a signal, and not noted"
ORPHAN = "a row belongs to nothing"
LOST = "what was saved is not there"

State = ImageEmbedding.State


class Inspector:
    """Compares rows with files. It embeds each file anew, with the embedder of each space."""

    def __init__(self, journal: Journal) -> None:
        self._broken = journal.broken
        self._spaces = [(space, spaces.embedder_of(space)) for space in spaces.filled()]

    def faults_of(self, product: Product) -> Iterator[str]:
        """One line for each thing that is wrong with this product's rows."""
        names = dict.fromkeys(row.image.name or "" for row in product.images.all())
        rows = {row.name: row for row in IndexedImage.objects.filter(product=product)}
        for name in rows.keys() - names.keys():
            yield f"{product.slug}: a row of {name}, which it does not show"
        for position, name in enumerate(names):
            if (row := rows.get(name)) is None:
                yield f"{product.slug}: no row of {name}"
                continue
            if row.position != position:
                yield f"{product.slug}: {name} is {position} and noted as {row.position}"
            yield from (f"{product.slug}: {name}: {fault}" for fault in self._faults_in(row))

    def _faults_in(self, row: IndexedImage) -> Iterator[str]:
        data = _bytes_of(row.name)
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
            elif (cosine := _cosine(found, _embedded(data or b"", embedder))) < ALIKE:
                yield f"space {space.pk}: its vector is another's, cosine {cosine:.5f}"


def check_told(inspector: Inspector, shelf: Shelf, journal: Journal) -> None:
    """Before any reconciling: products of which every change was told by a signal."""
    told = {known.slug for known in shelf.all if known.is_told}
    for product in _products():
        if product.slug in told:
            journal.notes["products of which every change was told"] += 1
            for fault in inspector.faults_of(product):
                journal.accuse(ONLY_RECONCILED, fault)


def check_all(inspector: Inspector, shelf: Shelf, journal: Journal) -> None:
    """Every product, hidden ones too."""
    for product in _products():
        journal.notes["products checked"] += 1
        journal.notes["pictures checked"] += len(product.images.all())
        for fault in inspector.faults_of(product):
            journal.accuse(NOT_AS_IT_IS, fault)
    for orphan in _orphans():
        journal.accuse(ORPHAN, orphan)
    for lost in _lost(shelf):
        journal.accuse(LOST, lost)


def _products() -> Iterator[Product]:
    return Product.objects.prefetch_related("images").iterator(chunk_size=100)


def _bytes_of(name: str) -> bytes | None:
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None


def _embedded(data: bytes, embedder: Embedder) -> Vectors:
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


def _lost(shelf: Shelf) -> Iterator[str]:
    """The shop's own rows: as they were saved, and no others."""
    there = dict(Product.objects.values_list("slug", "published"))
    for known in shelf.all:
        if (fault := _fault_of_row(known, there.get(known.slug))) is not None:
            yield f"{known.slug}: {fault}"


def _fault_of_row(known: Known, published: bool | None) -> str | None:
    expected = {Standing.SHOWN: True, Standing.HIDDEN: False, Standing.DELETED: None}
    if known.standing == Standing.UNSURE or expected[known.standing] == published:
        return None
    return f"{known.standing}, and in the database published is {published}"


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
