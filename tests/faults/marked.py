"""Pictures that do something to the process that embeds them, as a mark in a corner says, and
products that do it to the process that compares them, as their name says.

A worker of the fault tests imports this module and uses `MarkedEmbedder` and `MarkedCatalogue`,
which are the hand-crafted one and the shop's otherwise; STAGE names the folder in which they
write down what they were given.
"""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from shop.models import Product
from shop.visual import ShopCatalogue
from vrs_app.conf import conf
from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.indexing import claims
from vrs_app.indexing.outbox import claims as outbox_claims
from vrs_app.infra import broker
from vrs_app.vision import Pixels

from ..shapes import shape

MARKED = f"{__name__}.MarkedEmbedder"
MARKED_CATALOGUE = f"{__name__}.MarkedCatalogue"

COLOURS = {
    "kills": (255, 0, 255),
    "sleeps": (0, 255, 255),
    "swallows": (0, 255, 0),
    "hangs": (255, 255, 0),
    "waits": (0, 0, 255),
}
RUNS, GATE = "runs", "gate"
LEASE_SECONDS = 2.0
"""One worker of one process: a lease that runs out while it works is taken by nobody else."""
GRACE_SECONDS = 2

if "STAGE" in os.environ:  # what is half a minute for a shop would be minutes for these tests
    claims.LEASE_MARGIN = LEASE_SECONDS - conf.BATCH_TIME_LIMIT
    outbox_claims.LEASE_MARGIN = LEASE_SECONDS - conf.BATCH_TIME_LIMIT
    broker.HARD_LIMIT_MARGIN = GRACE_SECONDS


def marked(mark: str, seed: int = 0) -> bytes:
    """A picture of a disc that `kills` its process, never ends, or `waits` at the gate."""
    picture = Image.open(BytesIO(shape(seed=seed)))
    picture.paste(COLOURS[mark], (0, 0, 12, 12))
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


class MarkedEmbedder(HandcraftedEmbedder):
    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        marks = [mark for pixels in pictures if (mark := _mark_of(pixels))]
        _write_down(len(pictures), *marks)
        for mark in marks:
            _obey(mark)
        return super().embed(pictures)


class MarkedCatalogue(ShopCatalogue):
    def pictures(self, product: Product) -> Sequence[str]:
        if product.name in COLOURS:
            _write_down(1, product.name)
            _obey(product.name)
        return super().pictures(product)


def _write_down(count: int, *marks: str) -> None:
    with Path(os.environ["STAGE"], RUNS).open("a") as runs:
        runs.write(f"{os.getpid()} {count} {' '.join(marks)}\n")


def _obey(mark: str) -> None:
    match mark:
        case "kills":
            os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does where memory is short
        case "sleeps":
            time.sleep(3600)
        case "swallows":  # as a library that catches whatever is raised in it
            while True:
                with suppress(Exception):
                    time.sleep(3600)
        case "hangs":  # as a library that never comes back to Python
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGTERM})
            time.sleep(3600)
        case "waits":
            while not Path(os.environ["STAGE"], GATE).exists():
                time.sleep(0.02)


def _mark_of(pixels: Pixels) -> str:
    corner = pixels[:6, :6].reshape(-1, 3).mean(axis=0)
    for mark, colour in COLOURS.items():
        if np.abs(corner - colour).max() < 40:
            return mark
    return ""
