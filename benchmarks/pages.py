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
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server

import numpy as np
import psutil

from . import scratch_shop
from .synthetic_catalogue import SyntheticCatalogue, fill

PAGES = {"/": 'class="own-row"', "/for-you/": "Because you liked"}
"""Path of each page, and a text in it that shows that it is the shopper's own."""

BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
AS_IT_IS: Mapping[str, str] = {}
ONE_THREAD: Mapping[str, str] = dict.fromkeys(BLAS_VARIABLES, "1")

INTERESTS, LIKED, BOUGHT, DISMISSED = 4, 20, 5, 5
"""Interests of each shopper, and products of each that were liked, bought and dismissed."""

WARM_UP = 3.0
"""Seconds of pages that are not measured, at most."""


def main(arguments: Sequence[str] | None = None) -> None:
    chosen = options(arguments)
    os.environ.setdefault(
        "SECRET_KEY", secrets.token_hex()
    )  # signs sessions here and in the servers
    with scratch_shop.shop() as data:
        catalogue = fill(chosen.products)
        cookies = [log_in(number, catalogue) for number in range(chosen.shoppers)]
        collect_static_files(data)
        print(f"{chosen.shoppers} shoppers, {chosen.products} products; {scratch_shop.machine()}")
        with (
            server(data, "as-it-is", AS_IT_IS) as one,
            server(data, "one-thread", ONE_THREAD) as other,
        ):
            for path in PAGES:
                print_figures(path, *compare(path, one, other, cookies, chosen))


def options(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks pages")
    parser.add_argument("--seconds", type=float, default=10, help="of one run (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (%(default)s)")
    parser.add_argument("--shoppers", type=int, default=6, help="at once (%(default)s)")
    parser.add_argument("--products", type=int, default=2000, help="in the shop (%(default)s)")
    return parser.parse_args(arguments)


def print_figures(path: str, as_it_is: Sequence["Pace"], one_thread: Sequence["Pace"]) -> None:
    """Print the medians of each figure, and the median of the rounds' ratios."""
    print(f"\n{path:<24}{'as it is':>10}{'1 thread':>10}{'ratio':>8}")
    for name in ("pages a second", "ms of CPU a page"):
        one, other = ([pace.figures[name] for pace in each] for each in (as_it_is, one_thread))
        ratio = statistics.median(first / second for first, second in zip(one, other, strict=True))
        medians = f"{statistics.median(one):10.1f}{statistics.median(other):10.1f}"
        print(f"  {name:<22}{medians}{ratio:8.2f}", flush=True)


# --- shoppers ------------------------------------------------------------------------------


def log_in(number: int, catalogue: SyntheticCatalogue) -> str:
    """Create a shopper with a history of different products; returns the session cookie."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from shop.models import Product
    from vrs_app.contrib import history
    from vrs_app.contrib.history import Kind

    counts = {Kind.LIKED: LIKED, Kind.BOUGHT: BOUGHT, Kind.DISMISSED: DISMISSED}
    kinds = list(Counter(counts).elements())
    user = User.objects.create_user(f"shopper-{number}")
    for keys in tastes(number, catalogue):
        products = Product.objects.in_bulk(keys)
        for key, kind in zip(keys, kinds, strict=False):
            history.record(user, products[key], kind)
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def tastes(number: int, catalogue: SyntheticCatalogue) -> Iterator[list[int]]:
    """Primary keys of products of INTERESTS categories, a list for each; each is one cluster."""
    categories = np.unique(catalogue.categories)
    for place in range(number * INTERESTS, (number + 1) * INTERESTS):
        members = catalogue.keys[catalogue.categories == categories[place % len(categories)]]
        yield members[: LIKED + BOUGHT + DISMISSED].tolist()


# --- servers -------------------------------------------------------------------------------


def collect_static_files(data: Path) -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=scratch_shop.ROOT, env=environment(data, AS_IT_IS), check=True)


@dataclass(frozen=True, kw_only=True)
class Server:
    port: int
    process: psutil.Process

    def cpu(self) -> float:
        """CPU seconds of its worker processes, with BLAS's threads."""
        times = [each.cpu_times() for each in self.process.children()]
        return sum(each.user + each.system for each in times)


@contextmanager
def server(data: Path, name: str, variables: Mapping[str, str]) -> Iterator[Server]:
    """Run the web server of docker-compose.yml with these environment variables."""
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
        yield Server(port=port, process=psutil.Process(child.process.pid))
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


@dataclass(frozen=True, kw_only=True)
class Pace:
    """The result of one run."""

    pages: int
    seconds: float
    cpu: float
    """CPU seconds, summed over all cores."""

    @property
    def figures(self) -> dict[str, float]:
        return {
            "pages a second": self.pages / self.seconds,
            "ms of CPU a page": 1000 * self.cpu / self.pages,
        }


def compare(
    path: str, one: Server, other: Server, cookies: Sequence[str], chosen: Namespace
) -> tuple[list[Pace], list[Pace]]:
    """Measure both servers in turn, round by round."""
    paces: tuple[list[Pace], list[Pace]] = ([], [])
    for each in (one, other):
        pace(each, path, cookies, min(WARM_UP, chosen.seconds))
    for _ in range(chosen.rounds):
        for each, found in zip((one, other), paces, strict=True):
            found.append(pace(each, path, cookies, chosen.seconds))
    return paces


def pace(server: Server, path: str, cookies: Sequence[str], seconds: float) -> Pace:
    """Fetch pages for `seconds`: each shopper the next one as soon as the last has come."""
    began, cpu = time.perf_counter(), server.cpu()

    def visit(cookie: str) -> int:
        pages = 0
        while pages == 0 or time.perf_counter() - began < seconds:
            page = get(server.port, path, cookie)
            assert PAGES[path] in page, f"{path} is not the shopper's own page"
            pages += 1
        return pages

    with ThreadPoolExecutor(len(cookies)) as pool:
        pages = sum(pool.map(visit, cookies))
    return Pace(pages=pages, seconds=time.perf_counter() - began, cpu=server.cpu() - cpu)


def get(port: int, path: str, cookie: str = "") -> str:
    """Fetch a page on a connection of its own, as a proxy does."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request("GET", path, headers={"Cookie": cookie, "Connection": "close"})
        response = connection.getresponse()
        page = response.read().decode()
    assert response.status == 200, f"{path}: {response.status}"
    return page


if __name__ == "__main__":
    main()
