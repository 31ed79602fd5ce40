"""Search by photo with a warm worker: alone, and while 800 products wait to be embedded.

Each search is a form posted to the API through Django's test client, so that there is no
network, and all behind that is real: cache, broker, two workers, ResNet50 with the demo's
weights at 128 pixels. The photos are of a phone's size, 3,024 × 4,032 pixels: those in the
folder that VRS_PHOTOS names (<category>/<photo>), enlarged, or the demo's drawn garments.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from unittest.mock import patch

import numpy as np

from . import scratch_shop

PHONE = (3_024, 4_032)
PHOTOS, SEARCHES, WARM_UP = 20, 60, 5
PRODUCTS, WAITING = 120, 800
LIMIT = 12
PARTS = ("upload", "wait", "embedding", "query")


@dataclass(frozen=True, kw_only=True)
class Searched:
    """Seconds of one search: the form until its photo is read, checked and downsized; cache,
    broker and queue; the worker's own work; the nearest products and the answer."""

    upload: float
    wait: float
    embedding: float
    query: float

    @property
    def total(self) -> float:
        return self.upload + self.wait + self.embedding + self.query


def main() -> None:
    with (
        scratch_shop.shop() as data,
        scratch_shop.worker(data, "vrs-photos"),
        ExitStack() as stack,
    ):
        stack.enter_context(scratch_shop.worker(data))
        ask_without_end()
        fill()
        photos = list(islice(cycle(phone_photos()), PHOTOS))
        megabytes = np.mean([len(photo) for photo in photos]) / 1e6
        print(f"{SEARCHES} searches by photos of {megabytes:.1f} MB; {scratch_shop.machine()}")
        tell("the worker is warm", measure(photos, SEARCHES))
        waiting = leave_waiting()
        left = waiting()
        busy = measure(photos, SEARCHES)
        tell(f"{left} products waited before, {waiting()} after", busy)


def ask_without_end() -> None:
    """The demo lets one visitor ask twenty times a minute."""
    from django.conf import settings

    settings.VRS = settings.VRS | {"API_THROTTLES": {}}


def fill() -> None:
    """A shop in which there is something to find."""
    from shop.drawing import garments
    from shop.loading import drawn_catalogue
    from vrs_app.infra import heartbeats
    from vrs_app.infra.heartbeats import Part
    from vrs_app.models import ImageEmbedding, IndexedImage

    for _ in drawn_catalogue.fill(garments()[:PRODUCTS]):
        pass
    ready = ImageEmbedding.objects.filter(state="ready")
    scratch_shop.wait_until(lambda: ready.count() == IndexedImage.objects.count())
    scratch_shop.wait_until(lambda: heartbeats.last(Part.PHOTOS) is not None)


def phone_photos() -> Iterator[bytes]:
    """Files as a phone makes them."""
    from PIL import Image

    folder = os.environ.get("VRS_PHOTOS")
    if folder:
        files = sorted(Path(folder).glob("*/*.jpg"))
        pictures = (Image.open(file) for file in files[:: max(1, len(files) // PHOTOS)])
    else:
        pictures = (Image.open(BytesIO(file)) for file in drawn(PHOTOS))
    for picture in islice(pictures, PHOTOS):
        large = BytesIO()
        picture.convert("RGB").resize(PHONE).save(large, "JPEG", quality=92)
        yield large.getvalue()


def drawn(count: int) -> Iterator[bytes]:
    from shop.drawing import draw, garments

    for garment in garments()[-count:]:
        file = BytesIO()
        draw(garment).save(file, "JPEG", quality=90)
        yield file.getvalue()


def measure(photos: list[bytes], searches: int) -> list[Searched]:
    found = [search(photo) for photo in islice(cycle(photos), WARM_UP + searches)]
    return found[WARM_UP:]


def search(photo: bytes) -> Searched:
    """One form, with a watch beside what asks the worker."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.urls import reverse

    form = {"image": SimpleUploadedFile("photo.jpg", photo, "image/jpeg"), "limit": str(LIMIT)}
    with watched() as answers:
        began = time.perf_counter()
        page = Client().post(reverse("vrs_api:photo"), form)
        ended = time.perf_counter()
    assert page.status_code == 200, page.content
    assert len(page.json()["results"]) == LIMIT
    [(asked, answered, embedding)] = answers
    return Searched(
        upload=asked - began,
        wait=answered - asked - embedding,
        embedding=embedding,
        query=ended - answered,
    )


@contextmanager
def watched() -> Iterator[list[tuple[float, float, float]]]:
    """When a worker was asked, when it had answered, and the seconds of its own work."""
    from vrs_app.photos.client import EmbeddedPhoto, request_embedding
    from vrs_app.photos.deadline import Deadline

    seen = []

    def timed(photo: bytes, patience: Deadline) -> EmbeddedPhoto:
        asked = time.perf_counter()
        answer = request_embedding(photo, patience)
        seen.append((asked, time.perf_counter(), answer.seconds))
        return answer

    with patch("vrs_app.photos.request_embedding", timed):
        yield seen


def leave_waiting() -> Callable[[], int]:
    """So many products at once, as an import leaves them; how many of them wait still."""
    from django.core.files.base import ContentFile
    from django.db import transaction

    from shop.models import Product, ProductImage
    from vrs_app import spaces
    from vrs_app.spaces import pending

    pictures = list(drawn(20))
    like = Product.objects.first()
    assert like is not None
    with transaction.atomic():
        for number in range(WAITING):
            slug = f"waiting-{number}"
            product = Product.objects.create(
                category=like.category, name=slug, slug=slug, price=10, stock=5
            )
            file = ContentFile(pictures[number % len(pictures)], f"{slug}.jpg")
            ProductImage.objects.create(product=product, image=file, position=0)
    space = spaces.active()
    assert space is not None
    return lambda: pending.count(space)


def tell(title: str, searches: list[Searched]) -> None:
    """Milliseconds, the median and the 95th percentile of each part."""
    print(f"\n{title}")
    for name in (*PARTS, "total"):
        seconds = [getattr(each, name) for each in searches]
        p50, p95 = 1000 * np.quantile(seconds, [0.5, 0.95])
        print(f"  {name:<12}p50 {p50:7.1f} ms   p95 {p95:7.1f} ms")


if __name__ == "__main__":
    main()
