"""In a photo worker: embeds one photo in the active space.

Run it as `--pool prefork --concurrency 1`: a child's time limits hold, one that dies or
grows is replaced, and TensorFlow uses every core for one photo anyway. The embedder is
loaded in the child, after the fork, since TensorFlow does not survive one, and in a thread,
since Celery gives up on a child that does not report within four seconds.
"""

import time

from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import BaseCache

from ..conf import conf
from ..embedders import Embedder, has_direction
from ..exceptions import EmbedderUnavailable, NoActiveSpace, PictureError, PictureWithoutContent
from ..infra import heartbeats
from ..infra.heartbeats import Part
from ..infra.log import EventLog
from ..infra.redaction import describe_error, masked
from ..models import EmbeddingSpace
from ..spaces.vectors import SpaceVector
from . import mailbox, warmup
from .client import EmbeddedPhoto
from .preprocess import pixels_of

log = EventLog(__name__)


def embed_and_reply(key: str) -> None:
    """Embed the photo under `key` and reply with its vector or with an error."""
    cache = mailbox.cache()
    photo = mailbox.take_photo(cache, key)
    if photo is None:
        _report_missing(cache)
        return
    try:
        reply = _reply_for(photo)
    except Exception as error:  # a fault of ours or of the embedder's: reply at once
        log.error("photo_failed", error=error)
        mailbox.put_reply(cache, key, {"problem": type(error).__name__})
        heartbeats.beat(Part.PHOTOS, problem=describe_error(error))
        if not isinstance(error, SoftTimeLimitExceeded):  # whose traceback says nothing more
            raise
        return
    mailbox.put_reply(cache, key, reply)
    heartbeats.beat(Part.PHOTOS, problem=reply.get("problem", ""))


def _reply_for(photo: bytes) -> mailbox.Reply:
    """What goes into the cache: texts, numbers and bytes alone."""
    try:
        space, embedder = warmup.active_embedder(conf.PHOTO_TIMEOUT)
        found = embed_photo(photo, space, embedder)
    except PictureError as error:
        log.info("photo_refused", code=error.code, detail=error.detail or None)
        return {"code": error.code, "detail": error.detail}
    except (EmbedderUnavailable, NoActiveSpace, TimeoutError) as error:
        log.error("photo_failed", error=error)
        return {"problem": masked(str(error))}
    log.info("photo_embedded", space=space.pk, seconds=found.seconds)
    return {
        "space_id": found.vector.space_id,
        "vector": found.vector.to_bytes(),
        "seconds": found.seconds,
    }


def embed_photo(photo: bytes, space: EmbeddingSpace, embedder: Embedder) -> EmbeddedPhoto:
    """The vector of a prepared photo, in this process; raises PictureError."""
    began = time.perf_counter()
    [vector] = embedder.embed([pixels_of(photo, embedder.picture_size)])
    if not has_direction(vector):
        raise PictureWithoutContent
    found = SpaceVector.of(vector, space.pk)
    return EmbeddedPhoto(vector=found, seconds=time.perf_counter() - began)


def _report_missing(cache: BaseCache) -> None:
    """The photo is not in the cache: its visitor has left, or the cache is not shared."""
    if not mailbox.is_shared(cache):
        problem = (
            f'Photos wait in the cache "{conf.PHOTO_CACHE}", which processes do not share. Set '
            'VRS["PHOTO_CACHE"] to one that they do, such as Redis.'
        )
        log.error("photo_failed", error=problem)
        heartbeats.beat(Part.PHOTOS, problem=problem)
