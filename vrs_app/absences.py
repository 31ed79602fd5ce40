"""Of files that are not there: are they lost, or is the disk that they lie on away?"""

from collections.abc import Collection

from . import files
from .databases import database
from .exceptions import PictureMissing, StorageUnavailable
from .models import IndexedImage

OTHERS = 16
"""Pictures of which a worker has read the file before, and that are looked for too."""

ENOUGH = 8
"""Files that are looked for in all, of which it can be told."""

MOST_LEFT = 1 / 4
"""The share of the others that may be there: what was uploaded since lies in the empty folder."""


def storage_away(missing: Collection[int]) -> StorageUnavailable | None:
    """Why the absence of all these pictures' files, by key, says nothing of any of them.

    None where it does: others are there. Those are taken at random, since what a shop deletes
    lies together.
    """
    known = IndexedImage.objects.using(database()).exclude(digest="").exclude(pk__in=missing)
    others = known.order_by("?").values_list("name", flat=True)[:OTHERS]
    try:
        there = sum(map(_is_there, others))
    except StorageUnavailable as error:
        return error
    count = len(others)
    if len(missing) + count < ENOUGH or there > count * MOST_LEFT:
        return None
    return StorageUnavailable(
        f"Of {len(missing) + count} pictures that were looked for, only {there} are in the "
        "storage. Mount it where the worker runs, and see that it is the right one."
    )


def _is_there(name: str) -> bool:
    try:
        files.read(name)
    except PictureMissing:
        return False
    return True
