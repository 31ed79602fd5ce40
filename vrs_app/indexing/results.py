"""From claims to outcomes: load the pictures, embed them as one batch, notify of the outcomes."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from celery.exceptions import SoftTimeLimitExceeded
from django.template.defaultfilters import pluralize

from .. import vision
from ..embedders import Embedder, has_direction
from ..exceptions import (
    PictureDamaged,
    PictureError,
    PictureMissing,
    PictureWithoutContent,
    StorageHangs,
    StorageUnavailable,
)
from ..infra.log import EventLog
from ..models import EmbeddingSpace
from ..vision import LoadedPicture, dominant_colours
from . import notifications, storage
from .claims import Claim, begin_decoding
from .storing import Embedded, Outcome

log = EventLog(__name__)


READ_AHEAD_BYTES = 32_000_000
"""Bytes of files after which no further file is read before those are decoded."""

READING_SHARE = 1 / 2
"""The share of a batch's time limit after which no further file is read."""


@dataclass(kw_only=True)
class LoadedBatch:
    """The claims' pictures, errors, and the seconds that each picture has taken so far.

    `unavailable` are the pictures that wait since the storage does not give their files,
    `doubted` those whose bytes are believed only at a second look. `unread` are those for
    which there was no time.
    """

    pictures: dict[Claim, LoadedPicture] = field(default_factory=dict)
    bad: dict[Claim, PictureError] = field(default_factory=dict)
    unavailable: dict[Claim, StorageUnavailable] = field(default_factory=dict)
    doubted: dict[Claim, PictureError] = field(default_factory=dict)
    unread: list[Claim] = field(default_factory=list)
    seconds: dict[Claim, float] = field(default_factory=dict)
    storage_fault: str = ""

    @property
    def waiting(self) -> int:
        """How many pictures wait for the storage."""
        return len(self.unavailable) + len(self.doubted)

    @property
    def problem(self) -> str:
        """What is wrong with the storage; empty if nothing is."""
        if self.doubted and not self.storage_fault:
            name = next(iter(self.doubted)).name
            return second_look_problem(len(self.doubted), name)
        return self.storage_fault or str(next(iter(self.unavailable.values()), ""))

    @contextmanager
    def timed(self, claim: Claim) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[claim] = self.seconds.get(claim, 0) + time.monotonic() - began


def second_look_problem(count: int, name: str) -> str:
    """Why so many pictures wait, of which `name` is one."""
    return (
        f"The storage gives empty, short or wrong bytes of {count} picture{pluralize(count)}, for "
        f"example {name}. Such bytes are believed only at a second look, some minutes later; the "
        "stored vectors are served meanwhile."
    )


def load_pictures(claims: Sequence[Claim], size: int, seconds: float = math.inf) -> LoadedBatch:
    """Read and decode each picture for an embedder that takes squares of `size` pixels.

    Files are read a few ahead of the decoding, for `seconds` at most: what a storage withholds
    is told apart from a picture that cannot be decoded. A bad picture fails alone, and a file
    that the storage does not give waits alone. If not one file is found, all wait, unless
    other pictures' files are found. Raises StorageHangs.
    """
    batch = LoadedBatch(unread=list(claims))
    end = time.monotonic() + seconds
    while files := _read_ahead(batch, end):
        begin_decoding(files)
        for claim, data in files.items():
            with batch.timed(claim):
                _decode(claim, data, size, batch)
    _defer_if_storage_is_wrong(batch)
    _defer_if_bytes_are_wrong(batch)
    return batch


def _read_ahead(batch: LoadedBatch, end: float) -> dict[Claim, bytes]:
    """Read the next files, in order; empty if none is left or the time is over."""
    files: dict[Claim, bytes] = {}
    count = 0
    while batch.unread and count < READ_AHEAD_BYTES and time.monotonic() < end:
        claim = batch.unread[0]
        with batch.timed(claim):
            if (data := _read(claim, batch)) is not None:
                files[claim] = data
                count += len(data)
        batch.unread.pop(0)
    return files


def _read(claim: Claim, batch: LoadedBatch) -> bytes | None:
    """The file's bytes; None if there are none, which is put down in the batch."""
    try:
        return storage.read_file(claim.name)
    except SoftTimeLimitExceeded as error:
        raise StorageHangs(claim.name) from error
    except PictureError as error:
        batch.bad[claim] = error
    except StorageUnavailable as error:
        batch.unavailable[claim] = error
    return None


def _decode(claim: Claim, data: bytes, size: int, batch: LoadedBatch) -> None:
    """Decode one picture; a PictureError carries the digest of its bytes."""
    try:
        picture = vision.load(data, size)
    except PictureError as error:
        error.digest = vision.digest(data)
        is_doubted = not claim.known.doubt and _may_be_storage(claim, data, error)
        (batch.doubted if is_doubted else batch.bad)[claim] = error
        return
    if claim.known.doubt or not _is_changed_and_cut_short(claim, data, picture.digest):
        batch.pictures[claim] = picture
    else:
        batch.doubted[claim] = PictureDamaged()


def _may_be_storage(claim: Claim, data: bytes, error: PictureError) -> bool:
    """Whether the bytes may be the storage's fault, and not what the shop has stored."""
    if not error.may_be_storage or error.digest == claim.known.digest:
        return False
    return claim.known.was_ready or storage.is_cut_short(claim.name, data)


def _is_changed_and_cut_short(claim: Claim, data: bytes, digest: str) -> bool:
    """Whether a picture has other bytes than before, without a signal, and too few of them."""
    is_changed = bool(claim.known.digest) and digest != claim.known.digest
    return is_changed and storage.is_cut_short(claim.name, data)


def _defer_if_storage_is_wrong(batch: LoadedBatch) -> None:
    """If all files are missing and the storage is at fault, let the pictures wait."""
    missing = [claim for claim, error in batch.bad.items() if isinstance(error, PictureMissing)]
    if not missing or batch.pictures or batch.doubted or len(missing) < len(batch.bad):
        return
    if error := storage.storage_error([claim.image_id for claim in missing]):
        batch.bad.clear()
        batch.unavailable |= dict.fromkeys(missing, error)


def _defer_if_bytes_are_wrong(batch: LoadedBatch) -> None:
    """If the storage gives wrong bytes of nearly all pictures, let a second look be no proof."""
    wrong = {
        claim: error
        for claim, error in batch.bad.items()
        if claim.known.doubt and error.may_be_storage
    }
    if not wrong:
        return
    if fault := storage.wrong_bytes_error([claim.image_id for claim in wrong]):
        batch.storage_fault = str(fault)
        for claim in wrong:
            batch.doubted[claim] = batch.bad.pop(claim)


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
