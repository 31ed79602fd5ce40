"""The soak: the demo shop in use while its workers, Redis and PostgreSQL are killed and cut off.

    python benchmarks/soak.py --minutes 10 --seed 1

Once it has recovered, every promise is checked: `docs/reliability.md` lists them. The exit
status is 1 where one was broken, 2 for invalid options. The same seed gives the same actions
and the same faults, each in the same order.
"""

import logging
import os
import shutil
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path

from shop import services
from shop.services.signals import exit_on_signals

from .. import scratch_shop

SERVER_VARIABLES = ("DATABASE_URL", "REDIS_URL", "CACHE_URL")

EMBEDDERS = {
    "handcrafted": "vrs_app.embedders.handcrafted.HandcraftedEmbedder",
    "resnet50": "vrs_app.embedders.resnet50.ResNet50Embedder",
}
BATCH_SECONDS = {"handcrafted": 10, "resnet50": 60}
"""BATCH_TIME_LIMIT by embedder; ResNet50 is loaded within the first batch."""

MAX_MINUTES = 24 * 60


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = options(arguments)
    for name in SERVER_VARIABLES:
        os.environ.pop(name, None)  # faults are injected into servers of our own only
    with (
        exit_on_signals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
        scratch_shop.folder() as data,
    ):
        try:
            with services.running(data) as servers:
                return _soak(chosen, data, servers)
        finally:
            if chosen.logs is not None:
                _copy_logs(data, chosen.logs)


def options(arguments: Sequence[str] | None) -> Namespace:
    """Parse the options; exits with status 2 and a message where invalid."""
    parser = ArgumentParser(prog="soak", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=_minutes, default=2.0, help="minutes of faults")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the schedule of actions and faults"
    )
    parser.add_argument("--embedder", choices=EMBEDDERS, default="handcrafted")
    parser.add_argument("--logs", type=Path, help="a folder for the logs of all processes")
    return parser.parse_args(arguments)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < MAX_MINUTES:
        raise ArgumentTypeError(f"{text} is not a number of minutes, more than 0")
    return minutes


def _soak(chosen: Namespace, data: Path, servers: services.Addresses) -> int:
    _configure(chosen, data, servers)
    from . import run

    print(f"Soaking for {chosen.minutes:g} minutes, seed {chosen.seed}, {chosen.embedder}")
    print(scratch_shop.machine())
    print(f"Logs: {data}/*.log", flush=True)
    report = run.run(chosen.minutes, chosen.seed, data, servers)
    return 1 if report.violations else 0


def _configure(chosen: Namespace, data: Path, servers: services.Addresses) -> None:
    """Set the environment of this process, which runs the actors, and its children; migrate."""
    os.environ.update(
        servers.environment(),
        MEDIA_ROOT=str(data / "media"),
        DJANGO_SETTINGS_MODULE="benchmarks.soak.settings",
        SOAK_EMBEDDER=EMBEDDERS[chosen.embedder],
        SOAK_BATCH_TIME_LIMIT=str(BATCH_SECONDS[chosen.embedder]),
        PGAPPNAME="actors",
        PYTHONUNBUFFERED="1",
    )
    line = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
    logging.basicConfig(filename=data / "actors.log", level=logging.INFO, format=line)
    scratch_shop.migrate()


def _copy_logs(data: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for log in data.glob("*.log"):
        shutil.copy(log, folder)


if __name__ == "__main__":
    sys.exit(main())
