"""Rendering drawn garments as JPEG files in several processes.

Imports no models: the processes are spawned, without Django and without a database.
"""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context

from ..drawing import Garment, draw

RenderedViews = list[tuple[str, bytes]]
"""(file name, JPEG bytes) of each view; the main picture is first."""


def render_views(garment: Garment) -> RenderedViews:
    """Every view of a garment, as JPEG."""
    return [(f"{garment.slug}-{view}.jpg", jpeg(garment, view)) for view in garment.views]


def jpeg(garment: Garment, view: str) -> bytes:
    file = BytesIO()
    draw(garment, view).save(file, "JPEG", quality=88, optimize=True)
    return file.getvalue()


def render_all(garments: Sequence[Garment], processes: int) -> Iterator[RenderedViews]:
    """The views of each garment, in the order given; `processes` > 1 spawns a pool."""
    if processes < 2:
        yield from map(render_views, garments)
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), ignore_sigint)
    try:
        yield from pool.map(render_views, garments)
    finally:
        pool.shutdown(cancel_futures=True)


def ignore_sigint() -> None:
    """In the pool's processes: Ctrl-C is handled by their parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
