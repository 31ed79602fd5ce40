"""Drawing garments in several processes.

Apart from the models: the drawing processes begin empty and never meet the database.
"""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context

from ..drawing import Garment, draw

Sketches = list[tuple[str, bytes]]
"""File names and JPEG files, the main picture first."""


def sketch(garment: Garment) -> Sketches:
    """Every view of a garment."""
    return [(f"{garment.slug}-{view}.jpg", jpeg(garment, view)) for view in garment.views]


def jpeg(garment: Garment, view: str) -> bytes:
    file = BytesIO()
    draw(garment, view).save(file, "JPEG", quality=88, optimize=True)
    return file.getvalue()


def sketches(garments: Sequence[Garment], processes: int) -> Iterator[Sketches]:
    """The sketches of each garment in order, drawn in so many processes."""
    if processes < 2:
        yield from map(sketch, garments)
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), leave_ctrl_c_to_the_parent)
    try:
        yield from pool.map(sketch, garments)
    finally:
        pool.shutdown(cancel_futures=True)


def leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
