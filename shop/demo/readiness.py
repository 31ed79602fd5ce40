"""Waiting until the shop's first page is served, and until its pictures are embedded."""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from shop.services.folders import REPOSITORY
from shop.services.processes import Child, start

from .errors import DemoError
from .supervisor import Supervisor

_SERVED_TIMEOUT = 60.0
_POLL_SECONDS = 0.5
_STUCK_SECONDS = 60.0

# Without the environment's proxy: the shop is on this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def wait_until_served(address: str, supervisor: Supervisor) -> None:
    """Wait for `address`; DemoError where the server died, timed out, or answers an error."""
    deadline = time.monotonic() + _SERVED_TIMEOUT
    while True:
        supervisor.check()
        try:
            with _opener.open(address, timeout=30):
                return
        except urllib.error.HTTPError as error:
            raise DemoError(f"{address} answers with an error: {error}") from None
        except OSError as error:
            if time.monotonic() > deadline:
                raise DemoError(f"{address} does not answer: {error}") from None
            time.sleep(0.1)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Pictures by state, from `manage.py demo_progress`, and the worker's problem."""

    ready: int
    waiting: int
    failed: int
    problem: str = ""

    @property
    def done(self) -> int:
        return self.ready + self.failed

    @property
    def total(self) -> int:
        return self.done + self.waiting


@contextmanager
def progress_reports(environment: Mapping[str, str], folder: Path) -> Iterator[Child]:
    """A child that reports to `folder`: one Python, since each start costs the worker a second."""
    command = [sys.executable, "manage.py", "demo_progress"]
    child = start(
        "progress", command, folder=folder, environment=environment, working_folder=REPOSITORY
    )
    try:
        yield child
    finally:
        child.stop()


def counts(reports: Child, began: float) -> Counts:
    """The latest counts, zeros before the first report; raises DemoError where the child failed.

    `began` is when the demo started, in seconds since 1970.
    """
    if not reports.running:
        raise DemoError(f"`manage.py demo_progress` failed:\n{reports.last_lines()}")
    line = reports.last_lines(1)
    return (
        parse_counts(line, began) if line.startswith("{") else Counts(ready=0, waiting=0, failed=0)
    )


def parse_counts(answer: str, began: float) -> Counts:
    progress = json.loads(answer)
    images, worker = progress["images"], progress["worker"]
    return Counts(
        ready=images["ready"],
        waiting=images["waiting"],
        failed=images["failed"],
        problem=worker["problem"] if has_reported_since(worker, began) else "",
    )


def has_reported_since(worker: Mapping[str, Any], began: float) -> bool:
    """Whether the worker reported after `began`: older problems may be solved."""
    seconds_ago = worker["seconds_ago"]
    return seconds_ago is not None and time.time() - seconds_ago > began


def wait_until_embedded(
    environment: Mapping[str, str], supervisor: Supervisor, worker_log: Path, began: float
) -> Counts:
    """Show a progress bar until no picture waits, or until the worker reports a problem.

    Prints a hint where nothing has moved for _STUCK_SECONDS.
    """
    with progress_reports(environment, worker_log.parent) as reports:
        now = counts(reports, began)
        moved = time.monotonic()
        with tqdm(
            initial=now.done, unit=" pictures", mininterval=0.1 if sys.stderr.isatty() else 5.0
        ) as bar:
            while not now.problem and (now.waiting or not now.total):
                supervisor.check()
                time.sleep(_POLL_SECONDS)
                before, now = now, counts(reports, began)
                bar.total = now.total
                bar.set_description(f"Embedding {now.total} pictures", refresh=False)
                bar.update(now.done - before.done)
                if now != before:
                    moved = time.monotonic()
                elif time.monotonic() > moved + _STUCK_SECONDS:
                    moved = time.monotonic()
                    bar.write(f"Nothing has moved for a minute: see {worker_log}")
        return now
