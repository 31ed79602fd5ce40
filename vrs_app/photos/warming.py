"""In a photo worker: the embedder of the active space, loaded before it is needed."""

import time
from contextlib import suppress

import numpy as np
from django.db import connections

from .. import embedders, heartbeats, spaces
from ..embedders import Embedder
from ..embedders.fetching import within
from ..exceptions import EmbedderUnavailable
from ..heartbeats import Part
from ..models import EmbeddingSpace

NAME = "photos"

_ready: dict[int, Embedder] = {}


def begin() -> None:
    """Start to load the embedder, and return at once."""
    with suppress(TimeoutError):
        within(0, NAME, _load)


def embedder_of(space: EmbeddingSpace, seconds: float) -> Embedder:
    """The embedder that made `space`; raises EmbedderUnavailable, or TimeoutError.

    Loading goes on after that, and the next caller finds it done.
    """
    until = time.monotonic() + seconds
    while space.pk not in _ready:
        loaded = within(max(0.0, until - time.monotonic()), NAME, _load)
        _ready.clear()  # `embedders.load` keeps the last two, for a switch back
        _ready.update(loaded)
        if space.pk not in _ready and time.monotonic() > until:
            raise TimeoutError("the space was switched meanwhile")
    return _ready[space.pk]


def _load() -> dict[int, Embedder]:
    """The active space's embedder, or the settings' where nothing is embedded yet."""
    try:
        space = spaces.active()
        embedder = spaces.embedder_of(space) if space else embedders.configured()
        _run_once(embedder)
    except EmbedderUnavailable as error:
        heartbeats.beat(Part.PHOTOS, problem=str(error))
        raise
    else:
        heartbeats.beat(Part.PHOTOS)
        return {space.pk: embedder} if space else {}
    finally:
        connections.close_all()  # this thread's own


def _run_once(embedder: Embedder) -> None:
    """The first picture of all takes seconds longer than those after it."""
    side = embedder.picture_size
    ramp = np.linspace(0, 255, side * side * 3).astype(np.uint8)
    embedder.embed([ramp.reshape(side, side, 3)])
