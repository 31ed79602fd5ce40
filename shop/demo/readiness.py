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
from .supervisor import Household

_PATIENCE = 60.0

# The shop is on this machine: a proxy in the environment is for other addresses.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def wait_until_served(address: str, household: Household) -> None:
    """Raises DemoError where the web server died, stayed silent, or answered an error."""
    patience = time.monotonic() + _PATIENCE
    while True:
        household.check()
        try:
            with _direct.open(address, timeout=30):
                return
        except urllib.error.HTTPError as error:
            raise DemoError(f"{address} answers with an error: {error}") from None
        except OSError as error:
            if time.monotonic() > patience:
                raise DemoError(f"{address} does not answer: {error}") from None
            time.sleep(0.1)


_PAUSE = 1.0
_STUCK_AFTER = 60.0


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Pictures by state, as `manage.py vrs_status --json` tells, and why none moves."""

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
    """How far the worker is; raises DemoError where that cannot be told."""
    command = [sys.executable, "manage.py", "vrs_status", "--json"]
    answer = subprocess.run(  # noqa: S603
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True
    )
    # Its exit status 1 says that something needs a person: for the demo that is no failure.
    try:
        return counts_in(answer.stdout, began)
    except (ValueError, KeyError):
        raise DemoError(f"`manage.py vrs_status --json` failed:\n{answer.stderr}") from None


def counts_in(answer: str, began: float) -> Counts:
    status = json.loads(answer)
    images, worker = status["images"], status["worker"]
    return Counts(
        ready=images["ready"],
        waiting=images["waiting"],
        failed=images["failed"],
        problem=worker["problem"] if was_at_work(worker, began) else "",
    )


def was_at_work(worker: Mapping[str, Any], began: float) -> bool:
    """Whether the worker spoke since this start: what an earlier one said may be mended."""
    seconds_ago = worker["seconds_ago"]
    return seconds_ago is not None and time.time() - seconds_ago > began


def wait_until_embedded(
    environment: Mapping[str, str], household: Household, worker_log: Path, began: float
) -> Counts:
    """A progress bar until no picture waits any more, or until the worker says that all do.

    A hint where nothing moves. `began` is when this start did, in seconds since 1970.
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
            household.check()
            time.sleep(_PAUSE)
            before, now = now, counts(environment, began)
            bar.update(now.done - before.done)
            if now != before:
                moved = time.monotonic()
            elif time.monotonic() > moved + _STUCK_AFTER:
                moved = time.monotonic()
                bar.write(f"Nothing has moved for a minute: see {worker_log}")
    return now
