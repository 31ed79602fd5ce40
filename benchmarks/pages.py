"""Pages a second for several shoppers at once: the web server as it is, and with one BLAS thread.

NumPy's BLAS runs a thread for each core in each web process. Where other threads keep the cores
busy, even a small matrix product waits until its own threads get a turn. A shop that sets no
variable of BLAS should be as quick as one that does, so both are measured here, in turn.

Each server is the one of docker-compose.yml: gunicorn with its workers and threads, and the
production settings. Each shopper is logged in and has liked, bought and dismissed products of
several kinds: the front page has a row of their own, and `/for-you/` has several interests.
"""

import os
import secrets
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server

import numpy as np

from . import scratch_shop
from .synthetic_catalogue import Shelf, fill

PAGES = {"/": 'class="own-row"', "/for-you/": "Because you liked"}
"""Addresses, and what stands in each page while it is the shopper's own."""

BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
AS_IT_IS: Mapping[str, str] = {}
ONE_THREAD: Mapping[str, str] = dict.fromkeys(BLAS_VARIABLES, "1")

VARIANTS = 2
"""Products of the shop that share a vector."""

INTERESTS, LIKED, BOUGHT, DISMISSED = 4, 20, 5, 5
"""How many interests each shopper has, and what they did with how many products of each."""

WARM_UP = 3.0
"""Seconds at most of the pages that do not count."""


def main(arguments: Sequence[str] | None = None) -> None:
    chosen = options(arguments)
    os.environ.setdefault("SECRET_KEY", secrets.token_hex())  # of the sessions here and there
    with scratch_shop.shop() as data:
        shelf = fill(chosen.products, variants=VARIANTS)
        cookies = [log_in(number, shelf) for number in range(chosen.shoppers)]
        collect_static_files(data)
        print(f"{chosen.shoppers} shoppers, {chosen.products} products; {scratch_shop.machine()}")
        with (
            server(data, "as-it-is", AS_IT_IS) as one,
            server(data, "one-thread", ONE_THREAD) as other,
        ):
            print(f"{'pages/s':<12}{'as it is':>10}{'1 thread':>10}{'ratio':>8}")
            for path in PAGES:
                print_rates(path, compare(path, (one, other), cookies, chosen))


def options(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks pages")
    parser.add_argument("--seconds", type=float, default=10, help="of one run (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (%(default)s)")
    parser.add_argument("--shoppers", type=int, default=6, help="at once (%(default)s)")
    parser.add_argument("--products", type=int, default=5000, help="in the shop (%(default)s)")
    return parser.parse_args(arguments)


def print_rates(path: str, rates: Sequence[tuple[float, float]]) -> None:
    """The medians of all rounds, and the median of the rounds' ratios."""
    one, other = (statistics.median(each) for each in zip(*rates, strict=True))
    ratio = statistics.median(first / second for first, second in rates)
    print(f"{path:<12}{one:10.1f}{other:10.1f}{ratio:8.2f}", flush=True)


# --- shoppers ------------------------------------------------------------------------------


def log_in(number: int, shelf: Shelf) -> str:
    """The cookie of a new shopper with a history; each has other tastes."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from shop.models import Product
    from vrs_app.contrib import history
    from vrs_app.contrib.history import Kind

    counts = {Kind.LIKED: LIKED, Kind.BOUGHT: BOUGHT, Kind.DISMISSED: DISMISSED}
    kinds = list(Counter(counts).elements())
    user = User.objects.create_user(f"shopper-{number}")
    for keys in tastes(number, shelf):
        products = Product.objects.in_bulk(keys)
        for key, kind in zip(keys, kinds, strict=False):
            history.record(user, products[key], kind)
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def tastes(number: int, shelf: Shelf) -> Iterator[list[int]]:
    """Keys of products of a few categories; those of one look alike."""
    categories = np.unique(shelf.categories)
    for place in range(number * INTERESTS, (number + 1) * INTERESTS):
        members = shelf.keys[shelf.categories == categories[place % len(categories)]]
        yield members[::VARIANTS][: LIKED + BOUGHT + DISMISSED].tolist()


# --- servers -------------------------------------------------------------------------------


def collect_static_files(data: Path) -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=scratch_shop.ROOT, env=environment(data, AS_IT_IS), check=True)


@contextmanager
def server(data: Path, name: str, variables: Mapping[str, str]) -> Iterator[int]:
    """The web server of docker-compose.yml, with these variables of BLAS; yields its port."""
    from shop.services.processes import start

    port = free_port()
    child = start(
        name,
        [sys.executable, "-m", *compose_command(port)],
        folder=data,
        environment=environment(data, variables),
        working_folder=scratch_shop.ROOT,
    )
    try:
        scratch_shop.wait_until(lambda: not child.running or is_open(port), seconds=60)
        if not child.running:
            raise RuntimeError(child.last_lines())
        yield port
    finally:
        child.stop()


def compose_command(port: int) -> list[str]:
    import yaml

    compose = yaml.safe_load((scratch_shop.ROOT / "docker-compose.yml").read_text())
    bound = {"0.0.0.0:8000": f"127.0.0.1:{port}"}
    return [bound.get(word, word) for word in compose["services"]["web"]["command"]]


def environment(data: Path, variables: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in BLAS_VARIABLES}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "shop.settings.production",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE": "0",  # there is no proxy in front
        "STATIC_ROOT": str(data / "static"),
        **variables,
    }


def free_port() -> int:
    with closing(create_server(("127.0.0.1", 0))) as listener:
        port: int = listener.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    try:
        get(port, "/healthz/")
    except OSError:
        return False
    return True


# --- measuring -----------------------------------------------------------------------------


def compare(
    path: str, ports: tuple[int, int], cookies: Sequence[str], chosen: Namespace
) -> list[tuple[float, float]]:
    """Pages a second of both servers, in turn, round by round."""
    for port in ports:
        rate(port, path, cookies, min(WARM_UP, chosen.seconds))
    one, other = ports
    return [
        (
            rate(one, path, cookies, chosen.seconds),
            rate(other, path, cookies, chosen.seconds),
        )
        for _ in range(chosen.rounds)
    ]


def rate(port: int, path: str, cookies: Sequence[str], seconds: float) -> float:
    """Pages a second while each shopper asks for the next page as soon as the last one came."""
    began = time.perf_counter()

    def pages(cookie: str) -> int:
        count = 0
        while time.perf_counter() - began < seconds:
            page = get(port, path, cookie)
            assert PAGES[path] in page, f"{path} is not the shopper's own page"
            count += 1
        return count

    with ThreadPoolExecutor(len(cookies)) as pool:
        counts = list(pool.map(pages, cookies))
    return sum(counts) / (time.perf_counter() - began)


def get(port: int, path: str, cookie: str = "") -> str:
    """A page, on a connection of its own, as a proxy asks."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request("GET", path, headers={"Cookie": cookie, "Connection": "close"})
        answer = connection.getresponse()
        page = answer.read().decode()
    assert answer.status == 200, f"{path}: {answer.status}"
    return page


if __name__ == "__main__":
    main()
