"""Latency from "Save" in the admin to a filled carousel on the product's page; warm worker.

Through Django's test client, so without a network; everything behind it is real: admin,
database, broker, worker, ResNet50 with the demo's weights at 128 pixels.
"""

import statistics
import time
from typing import TYPE_CHECKING

from . import scratch_shop

if TYPE_CHECKING:
    from django.test import Client

    from shop.loading.table import Garment

PRODUCTS, SAVES = (12, 2) if scratch_shop.is_smoke() else (120, 20)
MIN_FILLED = 4
"""A carousel is shown with so many products or more."""


def main() -> None:
    with scratch_shop.shop() as data, scratch_shop.worker(data):
        saves, carousels = zip(*measure(), strict=True)
    print(f"{len(saves)} saves into a shop of {PRODUCTS} products; {scratch_shop.machine()}")
    for name, seconds in (("the save answers", saves), ("its carousel is filled", carousels)):
        median, slowest = statistics.median(seconds), max(seconds)
        print(f"  until {name}: median {median:.2f} s, slowest {slowest:.2f} s")


def measure() -> list[tuple[float, float]]:
    """For each save, seconds until its answer and until the filled carousel."""
    from shop.loading import clothes
    from vrs_app.models import ImageEmbedding, IndexedImage

    for _ in clothes.fill(clothes.missing(PRODUCTS)):
        pass
    ready = ImageEmbedding.objects.filter(state="ready")
    scratch_shop.wait_until(lambda: ready.count() == IndexedImage.objects.count())
    client = staff_client()
    return [save(client, garment) for garment in clothes.missing()[:SAVES]]


def staff_client() -> "Client":
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.create_superuser("bench"))
    return client


def save(client: "Client", garment: "Garment") -> tuple[float, float]:
    """Submit one product by the admin's form, then poll its page until the carousel is filled.

    Only visual matches count: the category's fallback is there at once.
    """
    form = form_data(garment)
    began = time.perf_counter()
    answer = client.post("/admin/shop/product/add/", form)
    assert answer.status_code == 302, answer.content
    saved = time.perf_counter() - began
    scratch_shop.wait_until(lambda: count_look_alikes(client, garment) >= MIN_FILLED, seconds=60)
    return saved, time.perf_counter() - began


def count_look_alikes(client: "Client", garment: "Garment") -> int:
    html = client.get(f"/products/{garment.slug}/").content.decode()
    return html.count('data-source="visual"')


def form_data(garment: "Garment") -> dict[str, object]:
    """The fields of the admin's form for a new product with one picture."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from shop.loading.products import category_named
    from shop.loading.table import FOLDER, PHOTOS

    [name, *_] = garment.photos
    counts = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    none = counts | {"TOTAL_FORMS": 0}
    return {
        "name": garment.name,
        "slug": garment.slug,
        "category": category_named(garment.category).pk,
        "price": str(garment.price),
        "stock": 5,
        "published": "on",
        **{f"images-{name}": number for name, number in counts.items()},
        **{f"vrs_images-{name}": number for name, number in none.items()},
        "images-0-image": SimpleUploadedFile(name, (FOLDER / PHOTOS / name).read_bytes()),
        "images-0-position": 0,
    }


if __name__ == "__main__":
    main()
