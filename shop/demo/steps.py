"""The steps until the demo is ready, and a stopwatch that prints their seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import readiness
from .options import Options
from .supervisor import Supervisor


class Stopwatch:
    """Prints steps with their seconds, and the seconds since the command began."""

    def __init__(self, began: float) -> None:
        self._began = began
        if (before := time.time() - began) >= 5:
            self.say(f"Installation: {before:.1f} s")

    @property
    def total(self) -> float:
        return time.time() - self._began

    def say(self, line: str) -> None:
        print(f"[{self.total:6.1f} s] {line}", flush=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self.say(f"{title} …")
        began = time.monotonic()
        yield
        self.say(f"{title}: {time.monotonic() - began:.1f} s")


# Without looking for other workers, which takes a second: there are none.
WORKER = ("-m", "celery", "-A", "shop", "worker", "--pool", "prefork", "--concurrency", "1",
          "--without-mingle", "--without-gossip", "--loglevel", "INFO", "--queues")  # fmt: skip
BEAT = ("-m", "celery", "-A", "shop", "beat", "--loglevel", "INFO", "--schedule")


def set_up(chosen: Options, stopwatch: Stopwatch, supervisor: Supervisor) -> None:
    """Migrate, load the products, create the login; the worker embeds meanwhile."""
    # It takes seconds to start, and reads no table before there is a task.
    supervisor.start("worker", *WORKER, "vrs")
    with stopwatch.step("Migrating"):
        supervisor.manage("migrate", "--verbosity", "0")
    with stopwatch.step("Filling the shop"):
        if chosen.photos is None:
            supervisor.manage("fill_shop")
        else:
            supervisor.manage("import_photos", str(chosen.photos))
    supervisor.manage("demo_login")


def open_shop(chosen: Options, stopwatch: Stopwatch, supervisor: Supervisor) -> None:
    """Start the web server and beat, and print the URLs."""
    with stopwatch.step("Starting the web server"):
        address = f"127.0.0.1:{chosen.port}"
        supervisor.start("web", "manage.py", "runserver", address, "--noreload")
        readiness.wait_until_served(chosen.shop_address, supervisor)
    supervisor.start("beat", *BEAT, str(chosen.data / "beat-schedule"))
    _print_box(
        f"Shop    {chosen.shop_address}",
        f"Admin   {chosen.shop_address}admin/   login: admin   password: admin",
        f"Logs    {chosen.data}/*.log",
        f"Shell   . {chosen.data}/environment   (then any manage.py command)",
        "Stop    Ctrl-C   (the data stay)",
    )


def embed(chosen: Options, stopwatch: Stopwatch, supervisor: Supervisor) -> None:
    """Wait for the worker; print that the demo is ready, or what keeps pictures waiting."""
    with stopwatch.step("Embedding the pictures"):
        counts = readiness.wait_until_embedded(
            supervisor.environment, supervisor, chosen.data / "worker.log", chosen.began
        )
    if counts.problem:
        stopwatch.say(f"The worker cannot embed: {counts.problem}")
    if counts.failed:
        why = f"{chosen.shop_address}admin/vrs_app/indexedimage/?state=failed"
        stopwatch.say(f"Pictures that failed: {counts.failed}, see {why}")
    ready = f"Demo ready after {stopwatch.total:.0f} s: {chosen.shop_address}"
    if counts.problem and counts.waiting:
        ready += f" · {counts.waiting} pictures wait until this is fixed"
    stopwatch.say(ready)


def offer_photo_search(supervisor: Supervisor) -> None:
    """Start the worker of photo search, on a queue of its own, apart from the products'.

    Last: loading the network would slow the embedding down on a small machine, and before it
    there is nothing to find.
    """
    supervisor.start("photo-worker", *WORKER, "vrs-photos", "--hostname", "photos@%h")


def _print_box(*lines: str) -> None:
    width = max(map(len, lines))
    edge = "─" * (width + 2)
    middle = "".join(f"│ {line:<{width}} │\n" for line in lines)
    print(f"\n┌{edge}┐\n{middle}└{edge}┘\n", flush=True)
