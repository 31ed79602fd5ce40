"""In a photo worker: the embedder of the active space, loaded before it is needed."""

import time
from contextlib import suppress

import numpy as np
from django.db import connections

from .. import embedders, spaces
from ..embedders import Embedder
from ..embedders.download import within
from ..exceptions import EmbedderUnavailable, NoActiveSpace
from ..infra import heartbeats
from ..infra.heartbeats import Part
from ..models import EmbeddingSpace

NAME = "photos"

_ready: dict[int, Embedder] = {}


def begin() -> None:
    """Start to load the embedder, and return at once."""
    with suppress(TimeoutError):
        within(0, NAME, _load)


def in_use(seconds: float) -> tuple[EmbeddingSpace, Embedder]:
    """The space that shoppers see, and what made it.

    Raises NoActiveSpace, EmbedderUnavailable, or TimeoutError. Loading goes on after that, and
    the next caller finds it done. What is switched to meanwhile is what is loaded then.
    """
    until = time.monotonic() + seconds
    while (space := _active()).pk not in _ready:
        loaded = within(max(0.0, until - time.monotonic()), NAME, _load)
        _ready.clear()  # `embedders.load` keeps the last two, for a switch back
        _ready.update(loaded)
    return space, _ready[space.pk]


def _active() -> EmbeddingSpace:
    space = spaces.active()
    if space is None:
        raise NoActiveSpace("Nothing is embedded yet. Run: manage.py vrs_embed")
    return space


def _load() -> dict[int, Embedder]:
    """The active space's embedder, or the settings' where nothing is embedded yet."""
    try:
        space = spaces.active()
        embedder = spaces.embedder_of(space) if space else embedders.configured()
        _run_once(embedder)
    except EmbedderUnavailable as error:
        _beat(problem=str(error))
        raise
    else:
        _beat()
        return {space.pk: embedder} if space else {}
    finally:
        connections.close_all()  # this thread's own


def _beat(problem: str = "") -> None:
    """On a new connection: loading takes long, and PostgreSQL may have ended the one before."""
    connections.close_all()
    heartbeats.beat(Part.PHOTOS, problem=problem)


def _run_once(embedder: Embedder) -> None:
    """The first picture of all takes seconds longer than those after it."""
    side = embedder.picture_size
    ramp = np.linspace(0, 255, side * side * 3).astype(np.uint8)
    embedder.embed([ramp.reshape(side, side, 3)])
