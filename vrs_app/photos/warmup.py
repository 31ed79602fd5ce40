"""In a photo worker: the embedder of the active space, loaded before it is needed."""

import time
from contextlib import suppress

import numpy as np
from django.db import connections

from .. import embedders, spaces
from ..embedders import Embedder
from ..embedders.background import load_within
from ..exceptions import EmbedderUnavailable, NoActiveSpace
from ..infra import heartbeats
from ..infra.heartbeats import Part
from ..models import EmbeddingSpace

NAME = "photos"

_ready: dict[int, Embedder] = {}


def start_loading() -> None:
    """Start to load the embedder in a thread and return at once."""
    with suppress(TimeoutError):
        load_within(0, NAME, _load)


def active_embedder(seconds: float) -> tuple[EmbeddingSpace, Embedder]:
    """The active space and its embedder, loaded within `seconds`.

    Raises NoActiveSpace, EmbedderUnavailable, or TimeoutError, after which loading goes on for
    the next caller. A space that was activated meanwhile is loaded too.
    """
    until = time.monotonic() + seconds
    while (space := _active()).pk not in _ready:
        loaded = load_within(max(0.0, until - time.monotonic()), NAME, _load)
        _ready.clear()  # `embedders.load` keeps the last two, for a switch back
        _ready.update(loaded)
    return space, _ready[space.pk]


def _active() -> EmbeddingSpace:
    space = spaces.active()
    if space is None:
        raise NoActiveSpace("Nothing is embedded yet. Run: manage.py vrs_embed")
    return space


def _load() -> dict[int, Embedder]:
    """Load the active space's embedder, or the settings' where nothing is embedded yet."""
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
    """On a new connection: PostgreSQL may have closed the former while the embedder loaded."""
    connections.close_all()
    heartbeats.beat(Part.PHOTOS, problem=problem)


def _run_once(embedder: Embedder) -> None:
    """Embed one picture: the first takes seconds longer than those after it."""
    side = embedder.picture_size
    ramp = np.linspace(0, 255, side * side * 3).astype(np.uint8)
    embedder.embed([ramp.reshape(side, side, 3)])
