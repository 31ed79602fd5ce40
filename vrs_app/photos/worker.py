"""In a photo worker: one photo to its vector, by the embedder of the space that shoppers see.

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
from ..infra.redaction import described, masked
from ..models import EmbeddingSpace
from ..spaces.vectors import SpaceVector, written
from . import mailbox, warmup
from .client import Answer
from .preprocess import pixels_of

log = EventLog(__name__)

warm_up = warmup.begin


def answer(key: str) -> None:
    """Tell whoever waits for the photo under `key` its vector, or why it has none."""
    cache = mailbox.cache()
    photo = mailbox.take(cache, key)
    if photo is None:
        _wonder(cache)
        return
    try:
        told = _told(photo)
    except Exception as error:  # a fault of ours or of the embedder's: nobody need wait for it
        log.error("photo_failed", error=error)
        mailbox.tell(cache, key, {"problem": type(error).__name__})
        heartbeats.beat(Part.PHOTOS, problem=described(error))
        if not isinstance(error, SoftTimeLimitExceeded):  # whose stack tells nothing more
            raise
        return
    mailbox.tell(cache, key, told)
    heartbeats.beat(Part.PHOTOS, problem=told.get("problem", ""))


def _told(photo: bytes) -> mailbox.Told:
    """For the cache: nothing but texts and numbers."""
    try:
        space, embedder = warmup.in_use(conf.PHOTO_TIMEOUT)
        found = embedded(photo, space, embedder)
    except PictureError as error:
        log.info("photo_refused", code=error.code, detail=error.detail or None)
        return {"code": error.code, "detail": error.detail}
    except (EmbedderUnavailable, NoActiveSpace, TimeoutError) as error:
        log.error("photo_failed", error=error)
        return {"problem": masked(str(error))}
    log.info("photo_embedded", space=space.pk, seconds=found.seconds)
    return {"vector": vars(found.vector), "seconds": found.seconds}


def embedded(photo: bytes, space: EmbeddingSpace, embedder: Embedder) -> Answer:
    """The vector of a prepared photo, in this process; raises PictureError."""
    began = time.perf_counter()
    [vector] = embedder.embed([pixels_of(photo, embedder.picture_size)])
    if not has_direction(vector):
        raise PictureWithoutContent
    found = SpaceVector(space_id=space.pk, dimensions=space.dimensions, vector=written(vector))
    return Answer(vector=found, seconds=time.perf_counter() - began)


def _wonder(cache: BaseCache) -> None:
    """A photo that is not there: its visitor has left, or it never was in this cache."""
    if not mailbox.is_shared(cache):
        problem = (
            f'Photos wait in the cache "{conf.PHOTO_CACHE}", which processes do not share. Set '
            'VRS["PHOTO_CACHE"] to one that they do, such as Redis.'
        )
        log.error("photo_failed", error=problem)
        heartbeats.beat(Part.PHOTOS, problem=problem)
