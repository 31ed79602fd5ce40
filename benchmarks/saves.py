"""What saves, deletions and an import cost a shop, beside the shop's own time.

Saves: a new product and its picture, in a transaction a product and in autocommit, with and
without writing a file; the shop alone, with the receivers paused, and noted, in turns. PostgreSQL
writes to the disk at each commit (fsync). `--beside FOLDER` measures another checkout, too.

Deletions: the admin's "select all", with our rows and receivers and without them.

Import: products saved one by one beside a running worker, and the pages meanwhile.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from shop import services

from . import saves_series, scratch_shop
from .synthetic_catalogue import fill

if TYPE_CHECKING:
    from django.test import Client

SERIES = Path(saves_series.__file__)
VARIANTS = ("alone", "paused", "noted")
KINDS = tuple(
    (mode, pictures) for mode in ("transaction", "autocommit") for pictures in ("files", "names")
)

PAGES_OF, MIN_PAGES, THINKING = 2000, 100, 0.05
"""Products of the shop whose pages are asked for, pages at least, and seconds between two."""


def main(arguments: Sequence[str] | None = None) -> None:
    chosen = options(arguments)
    print(scratch_shop.machine())
    for folder in (scratch_shop.ROOT, *chosen.beside):
        print(f"\n{chosen.products} products of each, saved by {name_of(folder)}; fsync on")
        print(f"{'':<28}{'alone':>10}{'paused':>10}{'noted':>10}{'ratio':>8}   ms a product")
        for mode, pictures in KINDS:
            print_saves(mode, pictures, series(folder, chosen.products, mode, pictures))
    with scratch_shop.shop() as data:
        print_deletion(chosen.deleted)
        print_import(data, chosen.imported)


def options(arguments: Sequence[str] | None) -> Namespace:
    smoke = scratch_shop.is_smoke()
    parser = ArgumentParser(prog="python -m benchmarks saves")
    whole = {"products": 25, "deleted": 50, "imported": 50} if smoke else {}
    for name, count in {"products": 1000, "deleted": 10_000, "imported": 20_000}.items():
        parser.add_argument(f"--{name}", type=int, default=whole.get(name, count))
    parser.add_argument("--beside", type=Path, action="append", default=[], metavar="FOLDER")
    parser.add_argument(scratch_shop.SMOKE, action="store_true")
    return parser.parse_args(arguments)


def name_of(folder: Path) -> str:
    shown = ["git", "-C", str(folder), "log", "-1", "--format=%h, %s"]
    return subprocess.run(shown, capture_output=True, text=True, check=False).stdout.strip()


def series(folder: Path, products: int, mode: str, pictures: str) -> dict[str, list[float]]:
    """Run the series with the checkout in `folder`, on servers and data of its own."""
    with scratch_shop.folder() as data, services.running(data) as addresses:
        environment = os.environ | addresses.environment()
        environment |= {"MEDIA_ROOT": str(data / "media"), "PYTHONPATH": str(folder)}
        environment |= {"DJANGO_SETTINGS_MODULE": "shop.settings"}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=folder, env=environment, check=True)
        command = [sys.executable, "-P", str(SERIES), str(products), mode, pictures]
        done = subprocess.run(
            command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def print_saves(mode: str, pictures: str, seconds: dict[str, list[float]]) -> None:
    """Medians, and the median of the ratios of neighbouring blocks."""
    each = [1000 * statistics.median(seconds[name]) / saves_series.BLOCK for name in VARIANTS]
    ratios = [
        noted / alone for noted, alone in zip(seconds["noted"], seconds["alone"], strict=True)
    ]
    figures = "".join(f"{figure:10.2f}" for figure in each)
    print(f"{mode + ', ' + pictures:<28}{figures}{statistics.median(ratios):8.2f}")


def print_deletion(count: int) -> None:
    """The admin's "select all": with our rows and receivers, and without them."""
    print(f"\n{count} products with a picture each, deleted by the admin's “select all”")
    seconds = {}
    for name, receivers in (("with ours", nullcontext), ("the shop alone", saves_series.alone)):
        fill_with_pictures(count, with_rows=name == "with ours")
        with receivers():
            seconds[name] = delete_all()
        print(f"  {name:<16}{seconds[name]:8.1f} s")
    print(f"  {'ours':<16}{seconds['with ours'] - seconds['the shop alone']:8.1f} s")


def fill_with_pictures(count: int, *, with_rows: bool) -> None:
    from shop.models import Category, Product, ProductImage
    from vrs_app.models import EmbeddingSpace, IndexedImage

    EmbeddingSpace.objects.all().delete()
    Category.objects.all().delete()
    fill(count)
    ProductImage.objects.bulk_create(
        (ProductImage(product=each, image=f"{each.slug}.jpg") for each in Product.objects.all()),
        batch_size=5000,
    )
    if not with_rows:
        IndexedImage.objects.all().delete()


def delete_all() -> float:
    """Seconds of the admin's answer that all products are deleted."""
    from shop.models import Product

    chosen = {"action": "delete_selected", "select_across": "1", "post": "yes", "index": "0"}
    chosen["_selected_action"] = str(Product.objects.values_list("pk", flat=True)[0])
    client = staff_client()
    began = time.perf_counter()
    answer = client.post("/admin/shop/product/", chosen)
    assert answer.status_code == 302, answer.content
    assert not Product.objects.exists()
    return time.perf_counter() - began


def staff_client() -> "Client":
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    user, _ = User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


def print_import(data: Path, count: int) -> None:
    """Median and 95th percentile of product pages, before an import and during it."""
    fill_with_pictures(PAGES_OF, with_rows=True)
    with scratch_shop.worker(data):
        usual = pages(lambda: False)
        importing = subprocess.Popen(
            [sys.executable, "-P", str(SERIES), str(count), "transaction", "import"],
            cwd=scratch_shop.ROOT,
            env=os.environ | {"PYTHONPATH": str(scratch_shop.ROOT)},
        )
        began = time.perf_counter()
        busy = pages(lambda: importing.poll() is None)
        seconds = time.perf_counter() - began
    print(f"\n{count} products imported in {seconds:.0f} s beside a running worker; a page, in ms")
    for name, each in (("before", usual), ("meanwhile", busy)):
        slow = statistics.quantiles(each, n=20)[-1]
        print(f"  {name:<12}median {1000 * statistics.median(each):6.1f}   p95 {1000 * slow:6.1f}")
    print(f"  ratio of the medians {statistics.median(busy) / statistics.median(usual):.2f}")


def pages(goes_on: Callable[[], bool]) -> list[float]:
    """Seconds of each product page, at least MIN_PAGES of them."""
    from django.test import Client

    from shop.models import Product

    client = Client()
    seconds: list[float] = []
    paths = [each.get_absolute_url() for each in Product.objects.all()[:MIN_PAGES]]
    while len(seconds) < MIN_PAGES or goes_on():
        began = time.perf_counter()
        answer = client.get(paths[len(seconds) % len(paths)])
        assert answer.status_code == 200
        seconds.append(time.perf_counter() - began)
        time.sleep(THINKING)
    return seconds


if __name__ == "__main__":
    main()
