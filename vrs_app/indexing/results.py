"""From claims to outcomes: pictures read, embedded together, and told of once they are stored."""

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
class Reading:
    """What reading a batch came to, and the seconds that each picture took so far."""

    pictures: dict[Claim, LoadedPicture] = field(default_factory=dict)
    bad: dict[Claim, PictureError] = field(default_factory=dict)
    withheld: dict[Claim, StorageUnavailable] = field(default_factory=dict)
    seconds: dict[Claim, float] = field(default_factory=dict)


def read(claims: Sequence[Claim], size: int) -> Reading:
    """Each picture decoded, or why it cannot be; and those that the storage withholds now.

    Whether it is gone or refuses one file, those wait, and hold up no other. Where not one file
    is there, all wait, unless other pictures' files are.
    """
    reading = Reading()
    for claim in claims:
        began = time.monotonic()
        try:
            reading.pictures[claim] = _load(claim.name, size)
        except PictureError as error:
            reading.bad[claim] = error
        except StorageUnavailable as error:
            reading.withheld[claim] = error
        reading.seconds[claim] = time.monotonic() - began
    _excuse_what_is_missing(reading)
    return reading


def _excuse_what_is_missing(reading: Reading) -> None:
    missing = [claim for claim, error in reading.bad.items() if isinstance(error, PictureMissing)]
    if not missing or reading.pictures or len(missing) < len(reading.bad):
        return
    if error := storage.storage_away([claim.image_id for claim in missing]):
        reading.bad.clear()
        reading.withheld |= dict.fromkeys(missing, error)


def _load(name: str, size: int) -> LoadedPicture:
    """Read and decode; an error knows which bytes it is about."""
    data = storage.read(name)
    try:
        return vision.load(data, size)
    except PictureError as error:
        error.digest = vision.digest(data)
        raise


def outcomes_of(reading: Reading, embedder: Embedder) -> dict[Claim, Outcome]:
    """What became of each claim; a bad picture fails alone."""
    outcomes: dict[Claim, Outcome] = dict(reading.bad)
    if loaded := reading.pictures:
        began = time.monotonic()
        vectors = embedder.embed([picture.pixels for picture in loaded.values()])
        for (claim, picture), vector in zip(loaded.items(), vectors, strict=True):
            outcomes[claim] = (
                Embedded(picture=picture, vector=vector, colours=_colours_of(picture))
                if has_direction(vector)
                else _without_content(picture)
            )
        for claim in loaded:
            reading.seconds[claim] += (time.monotonic() - began) / len(loaded)
    return outcomes


def _without_content(picture: LoadedPicture) -> PictureError:
    error = PictureWithoutContent()
    error.digest = picture.digest
    return error


def _colours_of(picture: LoadedPicture) -> dict[str, float]:
    """The colours of its garment; none where measuring them fails, which fails nothing else."""
    try:
        return dominant_colours.measured(picture.pixels)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        log.error("colours_not_measured", error=error, stack=error)
        return {}


def announce(
    finished: Sequence[Claim],
    outcomes: Mapping[Claim, Outcome],
    seconds: Mapping[Claim, float],
    space: EmbeddingSpace,
) -> int:
    """Tell of each picture what became of it; how many failed."""
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
