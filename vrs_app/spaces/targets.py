"""Which spaces a worker fills, and with which embedders."""

import time
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

from .. import embedders
from ..conf import conf
from ..embedders import Embedder
from ..exceptions import EmbedderUnavailable
from ..infra.log import EventLog
from ..models import EmbeddingSpace
from .registry import active, of

log = EventLog(__name__)

BELIEF_SECONDS = 300
_believed_gone_until: dict[int, float] = {}


def kept_up_to_date(path: str, embedder: Embedder) -> list[tuple[EmbeddingSpace, Embedder]]:
    """The spaces that a worker fills, each with its embedder: first the one that shops see.

    While the settings' space is still being built, the active one goes on being filled
    with the embedder that made it, as long as that can be had.
    """
    space = of(path, embedder)
    shown = active()
    if shown is not None and shown != space and (former := _embedder_of(shown)):
        return [(shown, former), (space, embedder)]
    return [(space, embedder)]


def filled_meanwhile() -> list[tuple[EmbeddingSpace, Embedder]]:
    """What a worker can fill while the settings' embedder cannot be had."""
    shown = active()
    former = _embedder_of(shown) if shown else None
    return [(shown, former)] if shown and former else []


def embedder_of(space: EmbeddingSpace) -> Embedder:
    """The embedder that made `space`, for vectors that are compared with those in it.

    Raises EmbedderUnavailable where it cannot be had any more.
    """
    if former := _embedder_of(space):
        return former
    # Its weights may lie elsewhere by now, where the settings know them.
    if space.embedder == conf.EMBEDDER:
        configured = embedders.configured()
        if _identity(configured) == _identity(space):
            return configured
    raise EmbedderUnavailable(
        f"The embedder that made space {space.pk}, which shoppers see, cannot be had any more: "
        f"{space.embedder}, weights {space.weights or 'none'}. Put it back, or fill a space of "
        "the settings' embedder and show it: manage.py vrs_embed, then vrs_switch."
    )


def _embedder_of(space: EmbeddingSpace) -> Embedder | None:
    """The embedder that made `space`, or None where it cannot be had any more.

    Looking for one that is gone may take long, so a failure is believed for a while.
    """
    if time.monotonic() < _believed_gone_until.get(space.pk, 0):
        return None
    try:
        kind = embedders.embedder_class(space.embedder)
        arguments = kind.arguments_from_space(space.options, space.weights)
        embedder = embedders.load(space.embedder, **arguments)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # its class may be gone, or take other options by now
        _believed_gone_until[space.pk] = time.monotonic() + BELIEF_SECONDS
        log.warning("embedder_gone", space=space.pk, embedder=space.embedder, error=error)
        return None
    return embedder if _identity(embedder) == _identity(space) else None


def _identity(one: Embedder | EmbeddingSpace) -> tuple[dict[str, Any], str, int]:
    """What makes vectors comparable, beside the embedder's class."""
    return dict(one.options), one.weights_digest, one.dimensions
