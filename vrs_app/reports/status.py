"""Status: how many pictures are embedded, and the state of each part of the pipeline."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import DatabaseError, connections
from django.db.models import Count
from django.utils import timezone

from .. import __version__, spaces
from ..catalogue import catalogue
from ..conf import conf
from ..indexing.outbox import state as outbox_state
from ..indexing.outbox.state import OutboxState
from ..infra import heartbeats
from ..infra.broker import short_timeouts
from ..infra.db import database
from ..infra.heartbeats import Part
from ..infra.redaction import describe_error, masked
from ..infra.text_search import configuration_exists, text_language
from ..models import EmbeddingSpace, ImageEmbedding, IndexedImage, ProductText
from ..spaces import pending
from . import index_health

REPLY_TIMEOUT = 2
"""Seconds that the broker, and then the workers, have to reply."""


@dataclass(kw_only=True)
class Status:
    """What `vrs_status` prints, with the keys of its JSON; ages are in seconds."""

    version: str = __version__
    products: dict[str, int] = field(default_factory=dict)
    images: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    spaces: list[dict[str, Any]] = field(default_factory=list)
    texts: dict[str, Any] = field(default_factory=dict)
    pgvector: str | None = None
    iterative_scan_refused: str = ""
    index: dict[str, Any] = field(default_factory=dict)
    recall: float | None = None
    catalogue_problem: str = ""
    queue: dict[str, Any] = field(default_factory=dict)
    worker: dict[str, Any] = field(default_factory=dict)
    sweep: dict[str, Any] = field(default_factory=dict)
    reconcile: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    photo_queue: dict[str, Any] = field(default_factory=dict)
    photos: dict[str, Any] = field(default_factory=dict)
    clock: dict[str, float] = field(default_factory=dict)
    outbox: OutboxState = field(default_factory=OutboxState)


def collect() -> Status:
    """Query the database, the broker and the workers.

    Raises database errors; a broker that does not reply is part of the status.
    """
    status = Status()
    active = spaces.active()
    status.pgvector = _pgvector_version()
    status.images, status.reasons = _images(active)
    status.texts = _texts()
    status.spaces = [_space(space) for space in EmbeddingSpace.objects.order_by("pk")]
    status.index = _index(active) if active else {}
    status.iterative_scan_refused = index_health.iterative_scan_refusal(database())
    _add_catalogue(status, active)
    status.queue, status.photo_queue = _queues(conf.QUEUE, conf.PHOTO_QUEUE)
    status.worker, status.sweep = _heartbeat(Part.WORKER), _heartbeat(Part.SWEEP)
    status.reconcile, status.files = _heartbeat(Part.RECONCILE), _heartbeat(Part.FILES)
    status.photos = _heartbeat(Part.PHOTOS)
    status.clock = _clock()
    status.outbox = outbox_state.read()
    return status


def _add_catalogue(status: Status, active: EmbeddingSpace | None) -> None:
    """Set what needs the shop's Catalogue, and `catalogue_problem` where that raises."""
    status.products = _products(active)
    try:
        status.products["total"] = catalogue().products().count()
        if active and status.index["valid"]:
            status.recall = index_health.recall(active)
    except DatabaseError:
        raise
    except Exception as error:
        status.catalogue_problem = describe_error(error)


def _images(active: EmbeddingSpace | None) -> tuple[dict[str, int], dict[str, int]]:
    """Pictures by state, and the failed ones by reason."""
    counted = Counter(dict.fromkeys(ImageEmbedding.State.values, 0))
    reasons: Counter[str] = Counter()
    rows = IndexedImage.objects.shown().with_state(active).values_list("state", "error_code")
    for state, code, count in rows.annotate(count=Count("pk")):
        counted[state] += count
        if state == ImageEmbedding.State.FAILED:
            reasons[code] += count
    return dict(counted), dict(reasons)


def _products(active: EmbeddingSpace | None) -> dict[str, int]:
    """Products with pictures, and searchable ones, which have a vector; `total` is set later."""
    servable = ImageEmbedding.objects.filter(ImageEmbedding.is_servable(), space=active)
    return {
        "total": 0,
        "with_pictures": IndexedImage.objects.shown().values("product").distinct().count(),
        "searchable": servable.values("image__product").distinct().count() if active else 0,
    }


def _texts() -> dict[str, Any]:
    """The text search configuration, whether PostgreSQL has it, and products with words."""
    language = text_language()
    return {
        "configuration": language,
        "exists": configuration_exists(database(), language),
        "products": ProductText.objects.count(),
    }


def _space(space: EmbeddingSpace) -> dict[str, Any]:
    with_vector = ImageEmbedding.objects.filter(ImageEmbedding.is_servable(), space=space)
    return {
        "id": space.pk,
        "state": space.state,
        "embedder": space.embedder,
        "options": space.options,
        "weights": space.weights,
        "weights_digest": space.weights_digest,
        "dimensions": space.dimensions,
        "is_named_by_settings": spaces.is_named_by_settings(space),
        "vectors": with_vector.count(),
        "waiting": pending.count(space),
    }


def _pgvector_version() -> str | None:
    version: str | None = _scalar("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    return version


def _index(space: EmbeddingSpace) -> dict[str, Any]:
    size = spaces.index_bytes(space)  # an empty one has a page too
    return {
        "name": spaces.index_name(space),
        "exists": size > 0,
        "valid": spaces.has_valid_index(space),
        "bytes": size,
    }


def _queues(*names: str) -> list[dict[str, Any]]:
    """Of each queue the waiting tasks and the workers that consume it, or the broker's error."""
    queues: list[dict[str, Any]] = [
        {"name": name, "error": "", "messages": None, "workers": []} for name in names
    ]
    try:
        # `inspect` reads replies for REPLY_TIMEOUT; the socket's timeout must be longer than that.
        with current_app.connection_for_read(**short_timeouts(2 * REPLY_TIMEOUT)) as connection:
            connection.ensure_connection(max_retries=1, timeout=REPLY_TIMEOUT)
            consumers = _consumers(connection)
            for queue in queues:
                queue["messages"] = _messages(connection, queue["name"])
                queue["workers"] = sorted(consumers[queue["name"]])
    except Exception as error:  # each broker's library has errors of its own
        return [queue | {"error": masked(str(error) or repr(error))} for queue in queues]
    return queues


def _messages(connection: Any, name: str) -> int:
    """How many tasks wait in the queue; 0 if it does not exist, as an empty one in Redis."""
    try:
        with connection.channel() as channel:
            declared = channel.queue_declare(queue=name, passive=True)
    except connection.channel_errors:
        return 0
    return int(declared.message_count)


def _consumers(connection: Any) -> dict[str, list[str]]:
    """The names of the workers that consume each queue."""
    inspect = current_app.control.inspect(timeout=REPLY_TIMEOUT, connection=connection)
    consumers: dict[str, list[str]] = defaultdict(list)
    for worker, queues in (inspect.active_queues() or {}).items():
        for queue in queues:
            consumers[queue["name"]].append(worker)
    return consumers


def _heartbeat(part: Part) -> dict[str, Any]:
    """How long ago the part ran, by the database's clock: negative if in the future."""
    heartbeat, age = heartbeats.last(part), heartbeats.age(part)
    if heartbeat is None or age is None:
        return {"seconds_ago": None, "problem": ""}
    return {"seconds_ago": round(age.total_seconds()), "problem": heartbeat.problem}


def _clock() -> dict[str, float]:
    """By how many seconds this machine's clock is ahead of the database's; negative if behind."""
    before = timezone.now()
    there: datetime = _scalar("SELECT clock_timestamp()")
    here = before + (timezone.now() - before) / 2
    return {"seconds_ahead": round((here - there).total_seconds(), 1)}


def _scalar(statement: str, *parameters: Any) -> Any:
    """The first column of the first row; None without rows."""
    with connections[database()].cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return row[0] if row else None
