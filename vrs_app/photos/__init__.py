"""Search by photo: from a shopper's file to a query vector.

The web process checks, crops and downsizes the file; a worker process of the queue
`VRS["PHOTO_QUEUE"]` embeds it. Between the two the photo lies in a cache for seconds, and
never goes through the broker.
"""

from collections.abc import Sequence
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from .. import spaces
from ..conf import conf
from ..exceptions import PhotoSearchUnavailable
from ..models import EmbeddingSpace
from ..spaces.vectors import SpaceVector
from ..vision.crop import Box, checked
from .client import RETRY_SECONDS, request_embedding
from .deadline import Deadline
from .preprocess import prepare
from .semaphore import slot
from .upload import in_memory

__all__ = ["Box", "in_memory", "look"]


def look(file: IO[bytes], box: Sequence[float] | None = None) -> SpaceVector:
    """The vector of the photo in `file`, in the active space.

    `box` takes a part of it: left, top, right, bottom as fractions 0 to 1 of the upright
    photo. Blocks for `VRS["PHOTO_TIMEOUT"]` seconds at most. Raises PictureError for an
    unusable file, ValueError naming `box`, and PhotoSearchUnavailable where no worker replies
    before the deadline or `VRS["PHOTOS_AT_ONCE"]` searches are running.
    """
    part = checked(box)
    deadline = Deadline(conf.PHOTO_TIMEOUT)
    if _active_space() is None:
        raise PhotoSearchUnavailable(
            _("There are no pictures yet with which a photo could be compared."),
            retry_after=RETRY_SECONDS,
        )
    with slot(deadline):
        return request_embedding(prepare(file, part), deadline).vector


def _active_space() -> EmbeddingSpace | None:
    """In a savepoint: an error here must not abort the page's transaction."""
    with transaction.atomic():
        return spaces.active()
