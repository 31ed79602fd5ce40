"""Search by photo: from a shopper's file to a vector that products can be compared with.

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
from .client import RETRY_LATER, ask
from .deadline import Patience
from .preprocess import prepared
from .semaphore import slot
from .upload import in_memory

__all__ = ["Box", "in_memory", "look"]


def look(file: IO[bytes], box: Sequence[float] | None = None) -> SpaceVector:
    """The vector of the photo in `file`, in the space that shoppers see.

    `box` takes a part of it: left, top, right, bottom as fractions 0 to 1 of the upright
    photo. Waits `VRS["PHOTO_TIMEOUT"]` seconds at most. Raises PictureError for a file that
    is no good photo, ValueError naming `box`, and PhotoSearchUnavailable where no worker
    answers in time or `VRS["PHOTOS_AT_ONCE"]` searches are under way.
    """
    part = checked(box)
    patience = Patience(conf.PHOTO_TIMEOUT)
    if _active_space() is None:
        raise PhotoSearchUnavailable(
            _("There are no pictures yet with which a photo could be compared."),
            retry_after=RETRY_LATER,
        )
    with slot(patience):
        return ask(prepared(file, part), patience).vector


def _active_space() -> EmbeddingSpace | None:
    """In a savepoint: a page that lives on without us needs its transaction whole."""
    with transaction.atomic():
        return spaces.active()
