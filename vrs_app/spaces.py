"""Embedding spaces: which one is active, its index, building and switching."""

import logging
import time
from typing import Any, LiteralString

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connections, router, transaction
from django.db.models import F
from django.db.models.functions import Cast
from pgvector.django import HalfVectorField
from psycopg import sql

from . import embedders
from .conf import conf
from .embedders import Embedder
from .exceptions import EmbedderUnavailable
from .models import EmbeddingSpace, ImageEmbedding

logger = logging.getLogger(__name__)

State = EmbeddingSpace.State

MOST_DIMENSIONS = 4000
"""What an HNSW index of pgvector takes of half-precision numbers."""

BELIEF_SECONDS = 300
_believed_gone_until: dict[int, float] = {}


def database() -> str:
    """The alias of the database in which our rows are written."""
    return router.db_for_write(ImageEmbedding)


def active() -> EmbeddingSpace | None:
    """The space that answers queries; None until a worker has made the first."""
    return EmbeddingSpace.objects.filter(state=State.ACTIVE).first()


def of(path: str, embedder: Embedder) -> EmbeddingSpace:
    """The space of the embedder at `path`, made with its index if it is new.

    The very first space is active at once, since there is no other to compare it with.
    Raises EmbedderUnavailable for more dimensions than an index can have.
    """
    if embedder.dimensions > MOST_DIMENSIONS:
        raise EmbedderUnavailable(
            f"{path} gives {embedder.dimensions} numbers; an index takes {MOST_DIMENSIONS}."
        )
    with transaction.atomic(using=database()):
        space, is_new = EmbeddingSpace.objects.get_or_create(
            embedder=path,
            options=dict(embedder.options),
            weights_digest=embedder.weights_digest,
            dimensions=embedder.dimensions,
            defaults={"weights": embedder.weights},
        )
        if is_new:
            create_index(space)
            if not EmbeddingSpace.objects.filter(state=State.ACTIVE).exists():
                activate(space)
    return space


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


def filled() -> list[EmbeddingSpace]:
    """The spaces that workers fill, as far as the database knows."""
    return list(EmbeddingSpace.objects.exclude(state=State.RETIRED))


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
        logger.warning("The embedder of space %s cannot be had any more: %s", space.pk, error)
        return None
    return embedder if _identity(embedder) == _identity(space) else None


def _identity(one: Embedder | EmbeddingSpace) -> tuple[dict[str, Any], str, int]:
    """What makes vectors comparable, beside the embedder's class."""
    return dict(one.options), one.weights_digest, one.dimensions


def activate(space: EmbeddingSpace) -> None:
    """Let `space` answer from now on; the one before keeps its vectors, to switch back."""
    with transaction.atomic(using=database()):
        # Locked in one order, so that of two switches at once one comes after the other.
        list(EmbeddingSpace.objects.select_for_update().order_by("pk"))
        EmbeddingSpace.objects.filter(state=State.ACTIVE).update(state=State.RETIRED)
        EmbeddingSpace.objects.filter(pk=space.pk).update(state=State.ACTIVE)
    space.state = State.ACTIVE


def searchable(dimensions: int) -> Cast:
    """The vector column as the index of a space has it: the same cast, or no index scan."""
    return Cast(F("vector"), HalfVectorField(dimensions=dimensions))


def index_name(space: EmbeddingSpace) -> str:
    return f"vrs_space_{space.pk}_hnsw"


def create_index(space: EmbeddingSpace) -> None:
    """The HNSW index of one space; made while the space is empty, it grows by itself.

    By expression and partial, so that spaces of different dimensions share a column.
    """
    _execute(
        "CREATE INDEX IF NOT EXISTS {name} ON {table} USING hnsw "
        "((vector::halfvec({dimensions})) halfvec_cosine_ops) "
        "WHERE space_id = {space} AND vector IS NOT NULL",
        space,
    )


def rebuild_index(space: EmbeddingSpace) -> None:
    """Make a missing index, or a broken one anew, while the shop goes on being searched."""
    create_index(space)
    _execute("DROP INDEX CONCURRENTLY IF EXISTS {unfinished}", space)
    _execute("REINDEX INDEX CONCURRENTLY {name}", space)


def _execute(statement: LiteralString, space: EmbeddingSpace) -> None:
    composed = sql.SQL(statement).format(
        name=sql.Identifier(index_name(space)),
        unfinished=sql.Identifier(f"{index_name(space)}_ccnew"),  # of one that was cut short
        table=sql.Identifier(ImageEmbedding._meta.db_table),
        dimensions=sql.Literal(space.dimensions),
        space=sql.Literal(space.pk),
    )
    with connections[database()].cursor() as cursor:
        cursor.execute(composed)
