"""A series of saves in one build of the app: run by `benchmarks.saves`, once for each build.

Imports nothing of the benchmarks, so that it also runs with an older checkout first in its path:
`python saves_series.py PRODUCTS transaction|autocommit files|names|import`. Prints JSON: the
seconds of each block of products, by variant. Blocks of the three variants take turns. An import
saves products with files, and measures nothing.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from decimal import Decimal
from io import BytesIO
from typing import Any

BLOCK = 25
"""Products that are saved between two looks at the clock."""


def main(products: int, mode: str, pictures: str) -> None:
    import django
    from django.conf import settings

    settings.LOGGING_CONFIG = None
    django.setup()
    if pictures == "import":
        add = adder(mode == "transaction", with_files=True)
        for _ in range(products):
            add()
    else:
        print(json.dumps(measure(products, mode == "transaction", pictures == "files")))


def measure(products: int, in_transaction: bool, with_files: bool) -> dict[str, list[float]]:
    """Seconds of each block: the shop alone, `paused()`, and noted."""
    from vrs_app.receivers import paused

    variants: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "alone": alone,
        "paused": paused,
        "noted": nullcontext,
    }
    add = adder(in_transaction, with_files)
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for block in range(-1, products // BLOCK):  # the first one warms up
        for name, variant in variants.items():
            with variant():
                began = time.perf_counter()
                for _ in range(BLOCK):
                    add()
                if block >= 0:
                    seconds[name].append(time.perf_counter() - began)
    return seconds


def adder(in_transaction: bool, with_files: bool) -> Callable[[], None]:
    """A function that saves a new product, and its picture after it."""
    from django.core.files.base import ContentFile
    from django.db import transaction

    from shop.models import Category, Product, ProductImage

    shelf, _ = Category.objects.get_or_create(slug="saves", defaults={"name": "Saves"})
    data, number = picture(), iter(range(10**9))

    def add() -> None:
        name = f"saved-{next(number)}-{time.monotonic_ns()}"
        with transaction.atomic() if in_transaction else nullcontext():
            product = Product.objects.create(
                name=name, slug=name, category=shelf, price=Decimal(10)
            )
            file = ContentFile(data, f"{name}.jpg") if with_files else f"products/{name}.jpg"
            ProductImage.objects.create(product=product, image=file)

    return add


def picture() -> bytes:
    """A photo's worth of bytes: 800 × 800 pixels of noise."""
    import numpy as np
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 255, (100, 100, 3), dtype=np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).resize((800, 800)).save(file, "JPEG", quality=85)
    return file.getvalue()


@contextmanager
def alone() -> Iterator[None]:
    """Without the receivers of the app, as in a shop that does not have it."""
    from django.db.models import signals

    every: list[Any] = [signals.pre_save, signals.post_save, signals.pre_delete]
    every += [signals.post_delete, signals.m2m_changed]
    kept = [signal.receivers for signal in every]
    try:
        for signal in every:
            signal.receivers = []
            signal.sender_receivers_cache.clear()
        yield
    finally:
        for signal, receivers in zip(every, kept, strict=True):
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:4])
