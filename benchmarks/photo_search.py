"""Latency of search by photo: with idle workers, and while 800 products wait to be embedded.

Each search is a form posted to the API through Django's test client, without a network;
everything behind it is real: cache, broker, two workers, ResNet50 with the demo's weights at
128 pixels. The photos are of a phone's size, 3,024 × 4,032 pixels: those in the
folder that VRS_PHOTOS names (<category>/<photo>), enlarged, or those of the demo's clothes.
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

PHONE_SIZE = (3_024, 4_032)
PHOTOS, SEARCHES, WARM_UP = 20, 60, 5
PRODUCTS, WAITING = 120, 800
LIMIT = 12
PARTS = ("upload", "wait", "embedding", "query")


@dataclass(frozen=True, kw_only=True)
class SearchTimes:
    """Seconds of one search.

    upload: until the photo is parsed, checked and downsized; wait: cache, broker and queue;
    embedding: in the worker; query: the nearest products and the response.
    """

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
        disable_throttles()
        fill()
        photos = list(islice(cycle(phone_photos()), PHOTOS))
        megabytes = np.mean([len(photo) for photo in photos]) / 1e6
        print(f"{SEARCHES} searches by photos of {megabytes:.1f} MB; {scratch_shop.machine()}")
        print_times("the worker is warm", measure(photos, SEARCHES))
        waiting = add_waiting_products()
        left = waiting()
        busy = measure(photos, SEARCHES)
        print_times(f"{left} products waited before, {waiting()} after", busy)


def disable_throttles() -> None:
    """The demo's API allows 20 searches a minute."""
    from django.conf import settings

    settings.VRS = settings.VRS | {"API_THROTTLES": {}}


def fill() -> None:
    """Load PRODUCTS products, and wait until they are embedded and the photo worker runs."""
    from shop.loading import clothes
    from vrs_app.infra import heartbeats
    from vrs_app.infra.heartbeats import Part
    from vrs_app.models import ImageEmbedding, IndexedImage

    for _ in clothes.fill(clothes.missing(PRODUCTS)):
        pass
    ready = ImageEmbedding.objects.filter(state="ready")
    scratch_shop.wait_until(lambda: ready.count() == IndexedImage.objects.count())
    scratch_shop.wait_until(lambda: heartbeats.last(Part.PHOTOS) is not None)


def phone_photos() -> Iterator[bytes]:
    """JPEG files of a phone's size."""
    from PIL import Image

    folder = os.environ.get("VRS_PHOTOS")
    if folder:
        files = sorted(Path(folder).glob("*/*.jpg"))
        pictures = (Image.open(file) for file in files[:: max(1, len(files) // PHOTOS)])
    else:
        pictures = (Image.open(BytesIO(file)) for file in clothes_photos(PHOTOS))
    for picture in islice(pictures, PHOTOS):
        large = BytesIO()
        picture.convert("RGB").resize(PHONE_SIZE).save(large, "JPEG", quality=92)
        yield large.getvalue()


def clothes_photos(count: int) -> Iterator[bytes]:
    """Photos of clothes that the shop does not have: `fill` loads the first PRODUCTS."""
    from shop.loading import clothes, table

    for garment in clothes.missing()[:count]:
        yield (table.FOLDER / table.PHOTOS / garment.photos[0]).read_bytes()


def measure(photos: list[bytes], searches: int) -> list[SearchTimes]:
    found = [search(photo) for photo in islice(cycle(photos), WARM_UP + searches)]
    return found[WARM_UP:]


def search(photo: bytes) -> SearchTimes:
    """Post one photo, and split its latency into parts."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.urls import reverse

    form = {"image": SimpleUploadedFile("photo.jpg", photo, "image/jpeg"), "limit": str(LIMIT)}
    with timed_requests() as requests:
        began = time.perf_counter()
        page = Client().post(reverse("vrs_api:photo"), form)
        ended = time.perf_counter()
    assert page.status_code == 200, page.content
    assert len(page.json()["results"]) == LIMIT
    [(sent, answered, embedding)] = requests
    return SearchTimes(
        upload=sent - began,
        wait=answered - sent - embedding,
        embedding=embedding,
        query=ended - answered,
    )


@contextmanager
def timed_requests() -> Iterator[list[tuple[float, float, float]]]:
    """Collects, for each request to a worker: when sent, when answered, seconds of embedding."""
    from vrs_app.photos.client import EmbeddedPhoto, request_embedding
    from vrs_app.photos.deadline import Deadline

    seen = []

    def timed(photo: bytes, deadline: Deadline) -> EmbeddedPhoto:
        sent = time.perf_counter()
        answer = request_embedding(photo, deadline)
        seen.append((sent, time.perf_counter(), answer.seconds))
        return answer

    with patch("vrs_app.photos.request_embedding", timed):
        yield seen


def add_waiting_products() -> Callable[[], int]:
    """Add WAITING products at once, as an import does; returns a call that counts waiting ones."""
    from django.core.files.base import ContentFile
    from django.db import transaction

    from shop.models import Product, ProductImage
    from vrs_app import spaces
    from vrs_app.spaces import pending

    pictures = list(clothes_photos(20))
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


def print_times(title: str, searches: list[SearchTimes]) -> None:
    """Print the median and the 95th percentile of each part, in milliseconds."""
    print(f"\n{title}")
    for name in (*PARTS, "total"):
        seconds = [getattr(each, name) for each in searches]
        p50, p95 = 1000 * np.quantile(seconds, [0.5, 0.95])
        print(f"  {name:<12}p50 {p50:7.1f} ms   p95 {p95:7.1f} ms")


if __name__ == "__main__":
    main()
