"""From "Save" in the admin to a filled carousel on the product's page, worker warm.

Through Django's test client, so without a network between; everything behind it is real:
admin, database, broker, worker, ResNet50 with the demo's weights at 128 pixels.
"""

import statistics
import time
from io import BytesIO
from typing import TYPE_CHECKING

from . import scene

if TYPE_CHECKING:
    from django.test import Client

    from shop.drawing import Garment

PRODUCTS, SAVES = (12, 2) if scene.is_smoke() else (120, 20)
FILLED = 4
"""Products from which on a carousel is shown."""


def main() -> None:
    with scene.shop() as data, scene.worker(data):
        saves, carousels = zip(*measure(), strict=True)
    print(f"{len(saves)} saves into a shop of {PRODUCTS} products; {scene.machine()}")
    for name, seconds in (("the save answers", saves), ("its carousel is filled", carousels)):
        median, slowest = statistics.median(seconds), max(seconds)
        print(f"  until {name}: median {median:.2f} s, slowest {slowest:.2f} s")


def measure() -> list[tuple[float, float]]:
    """For each save, seconds until its answer and until the filled carousel."""
    from shop import filling
    from shop.drawing import garments
    from vrs_app.models import ImageEmbedding, IndexedImage

    wanted = garments()
    for _ in filling.fill(wanted[:PRODUCTS]):
        pass
    ready = ImageEmbedding.objects.filter(state="ready")
    scene.wait_until(lambda: ready.count() == IndexedImage.objects.count())
    client = staff_client()
    return [save(client, garment) for garment in wanted[PRODUCTS : PRODUCTS + SAVES]]


def staff_client() -> "Client":
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.create_superuser("bench"))
    return client


def save(client: "Client", garment: "Garment") -> tuple[float, float]:
    """Upload one product as the admin's form does, then ask for its page until it is filled.

    What counts is the look-alikes: the category's fallback would be there at once.
    """
    form = filled_in(garment)
    began = time.perf_counter()
    answer = client.post("/admin/shop/product/add/", form)
    assert answer.status_code == 302, answer.content
    saved = time.perf_counter() - began
    scene.wait_until(lambda: look_alikes(client, garment) >= FILLED, seconds=60)
    return saved, time.perf_counter() - began


def look_alikes(client: "Client", garment: "Garment") -> int:
    html = client.get(f"/products/{garment.slug}/").content.decode()
    return html.count('data-source="visual"')


def filled_in(garment: "Garment") -> dict[str, object]:
    """The fields of the admin's form for a new product with one picture."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from shop.drawing import draw
    from shop.shelving import category_named

    file = BytesIO()
    draw(garment).save(file, "JPEG", quality=90)
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
        "images-0-image": SimpleUploadedFile(f"{garment.slug}.jpg", file.getvalue()),
        "images-0-position": 0,
    }


if __name__ == "__main__":
    main()
