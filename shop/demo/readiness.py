"""Waiting until the shop's first page is served, and until its pictures are embedded."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from shop.services.folders import REPOSITORY

from .errors import DemoError
from .supervisor import Supervisor

_SERVED_TIMEOUT = 60.0
_POLL_SECONDS = 1.0
_LONGEST_POLL = 4  # times _POLL_SECONDS
_PICTURES_A_POLL = 25  # about as many as a small machine embeds in a second
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
    """Pictures by state, from `manage.py vrs_status --json`, and the worker's problem."""

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


def counts(environment: Mapping[str, str], began: float) -> Counts:
    """The present counts; raises DemoError where the command fails.

    `began` is when the demo started, in seconds since 1970.
    """
    command = [sys.executable, "manage.py", "vrs_status", "--json"]
    answer = subprocess.run(  # noqa: S603
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True
    )
    # Exit status 1 means that something needs attention, which is no failure here.
    try:
        return parse_counts(answer.stdout, began)
    except (ValueError, KeyError):
        raise DemoError(f"`manage.py vrs_status --json` failed:\n{answer.stderr}") from None


def parse_counts(answer: str, began: float) -> Counts:
    status = json.loads(answer)
    images, worker = status["images"], status["worker"]
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


def pause(waiting: int) -> float:
    """Seconds until the next poll: each starts a Python of its own, on the worker's processors."""
    return _POLL_SECONDS * min(max(waiting / _PICTURES_A_POLL, 1), _LONGEST_POLL)


def wait_until_embedded(
    environment: Mapping[str, str], supervisor: Supervisor, worker_log: Path, began: float
) -> Counts:
    """Show a progress bar until no picture waits, or until the worker reports a problem.

    Prints a hint where nothing has moved for _STUCK_SECONDS.
    """
    now = counts(environment, began)
    moved = time.monotonic()
    with tqdm(
        total=now.total,
        initial=now.done,
        desc=f"Embedding {now.total} pictures",
        unit=" pictures",
        mininterval=0.1 if sys.stderr.isatty() else 5.0,
    ) as bar:
        while not now.problem and (now.waiting or not now.total):
            supervisor.check()
            time.sleep(pause(now.waiting))
            before, now = now, counts(environment, began)
            bar.update(now.done - before.done)
            if now != before:
                moved = time.monotonic()
            elif time.monotonic() > moved + _STUCK_SECONDS:
                moved = time.monotonic()
                bar.write(f"Nothing has moved for a minute: see {worker_log}")
    return now
