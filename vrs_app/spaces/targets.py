"""The spaces that a worker fills, each with its embedder."""

import time
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

from .. import embedders
from ..conf import conf
from ..embedders import Embedder
from ..exceptions import EmbedderUnavailable
from ..infra.log import EventLog
from ..models import EmbeddingSpace
from .registry import active, space_of

log = EventLog(__name__)

RETRY_AFTER_SECONDS = 300
_unavailable_until: dict[int, float] = {}


def targets(path: str, embedder: Embedder) -> list[tuple[EmbeddingSpace, Embedder]]:
    """The spaces that a worker fills, each with its embedder; the active one first.

    While the space of the settings is being built, the active one is still filled by the
    embedder that made it, as long as that one can be loaded.
    """
    space = space_of(path, embedder)
    current = active()
    if current is not None and current != space and (former := _embedder_of(current)):
        return [(current, former), (space, embedder)]
    return [(space, embedder)]


def fallback_targets() -> list[tuple[EmbeddingSpace, Embedder]]:
    """The active space and its embedder, while the settings' embedder is unavailable."""
    current = active()
    former = _embedder_of(current) if current else None
    return [(current, former)] if current and former else []


def embedder_of(space: EmbeddingSpace) -> Embedder:
    """The embedder that made `space`; raises EmbedderUnavailable where it cannot be loaded."""
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
    """The embedder that made `space`, or None where it cannot be loaded.

    A failure is cached for RETRY_AFTER_SECONDS: loading may take long to fail.
    """
    if time.monotonic() < _unavailable_until.get(space.pk, 0):
        return None
    try:
        kind = embedders.embedder_class(space.embedder)
        arguments = kind.arguments_from_space(space.options, space.weights)
        embedder = embedders.load(space.embedder, **arguments)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # its class may be gone, or take other options by now
        _unavailable_until[space.pk] = time.monotonic() + RETRY_AFTER_SECONDS
        log.warning("embedder_gone", space=space.pk, embedder=space.embedder, error=error)
        return None
    return embedder if _identity(embedder) == _identity(space) else None


def _identity(one: Embedder | EmbeddingSpace) -> tuple[dict[str, Any], str, int]:
    """Options, weights digest and dimensions: with the class, what makes vectors comparable."""
    return dict(one.options), one.weights_digest, one.dimensions
