"""From claims to outcomes: load the pictures, embed them as one batch, notify of the outcomes."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from celery.exceptions import SoftTimeLimitExceeded

from .. import vision
from ..embedders import Embedder, has_direction
from ..exceptions import PictureError, PictureMissing, PictureWithoutContent, StorageUnavailable
from ..infra.log import EventLog
from ..models import EmbeddingSpace
from ..vision import LoadedPicture, dominant_colours
from . import notifications, storage
from .claims import Claim, Embedded, Outcome

log = EventLog(__name__)


@dataclass(kw_only=True)
class LoadedBatch:
    """The claims' pictures, errors, and the seconds that each picture has taken so far.

    `unavailable` are the pictures that wait since the storage does not give their files.
    """

    pictures: dict[Claim, LoadedPicture] = field(default_factory=dict)
    bad: dict[Claim, PictureError] = field(default_factory=dict)
    unavailable: dict[Claim, StorageUnavailable] = field(default_factory=dict)
    seconds: dict[Claim, float] = field(default_factory=dict)


def load_pictures(claims: Sequence[Claim], size: int) -> LoadedBatch:
    """Read and decode each picture for an embedder that takes squares of `size` pixels.

    A bad picture fails alone, and a file that the storage does not give waits alone. If not
    one file is found, all wait, unless other pictures' files are found.
    """
    batch = LoadedBatch()
    for claim in claims:
        began = time.monotonic()
        try:
            batch.pictures[claim] = _load(claim.name, size)
        except PictureError as error:
            batch.bad[claim] = error
        except StorageUnavailable as error:
            batch.unavailable[claim] = error
        batch.seconds[claim] = time.monotonic() - began
    _defer_if_storage_is_wrong(batch)
    return batch


def _defer_if_storage_is_wrong(batch: LoadedBatch) -> None:
    """If all files are missing and the storage is at fault, let the pictures wait."""
    missing = [claim for claim, error in batch.bad.items() if isinstance(error, PictureMissing)]
    if not missing or batch.pictures or len(missing) < len(batch.bad):
        return
    if error := storage.storage_error([claim.image_id for claim in missing]):
        batch.bad.clear()
        batch.unavailable |= dict.fromkeys(missing, error)


def _load(name: str, size: int) -> LoadedPicture:
    """Read and decode one picture; a PictureError carries the digest of its bytes."""
    data = storage.read_file(name)
    try:
        return vision.load(data, size)
    except PictureError as error:
        error.digest = vision.digest(data)
        raise


def embed_pictures(batch: LoadedBatch, embedder: Embedder) -> dict[Claim, Outcome]:
    """Embed the batch's pictures in one call; the outcome of each claim but the unavailable.

    A bad picture fails alone. Adds each picture's share of the time to `batch.seconds`.
    """
    outcomes: dict[Claim, Outcome] = dict(batch.bad)
    if loaded := batch.pictures:
        began = time.monotonic()
        vectors = embedder.embed([picture.pixels for picture in loaded.values()])
        for (claim, picture), vector in zip(loaded.items(), vectors, strict=True):
            outcomes[claim] = (
                Embedded(picture=picture, vector=vector, colours=_colours_of(picture))
                if has_direction(vector)
                else _without_content(picture)
            )
        for claim in loaded:
            batch.seconds[claim] += (time.monotonic() - began) / len(loaded)
    return outcomes


def _without_content(picture: LoadedPicture) -> PictureError:
    error = PictureWithoutContent()
    error.digest = picture.digest
    return error


def _colours_of(picture: LoadedPicture) -> dict[str, float]:
    """The garment's colours, by name; empty if measuring them fails, which is logged."""
    try:
        return dominant_colours.measured(picture.pixels)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        log.error("colours_not_measured", error=error, stack=error)
        return {}


def notify(
    finished: Sequence[Claim],
    outcomes: Mapping[Claim, Outcome],
    seconds: Mapping[Claim, float],
    space: EmbeddingSpace,
) -> int:
    """Log each stored outcome and send its signal, on commit; returns how many failed."""
    failed = 0
    for claim in finished:
        outcome = outcomes[claim]
        keys = {"product_id": claim.product_id, "image_id": claim.image_id, "space_id": space.pk}
        if isinstance(outcome, PictureError):
            failed += 1
            notifications.failed(
                **keys,
                file=claim.name,
                code=outcome.code,
                detail=outcome.detail,
                seconds=seconds[claim],
            )
        else:
            notifications.ready(**keys, seconds=seconds[claim])
    return failed
