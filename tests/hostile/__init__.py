"""The hostile corpus: what people and attackers upload, and what must become of it."""

from functools import cache

from . import cut_short, many_parts, metadata, several_frames, strangers, too_large, unusual
from .case import NO_CONTENT, READY, Case
from .names import NAMES, UPLOAD_NAMES

__all__ = ["NAMES", "NO_CONTENT", "READY", "UPLOAD_NAMES", "Case", "cases"]

ROOMS = (cut_short, too_large, many_parts, several_frames, unusual, metadata, strangers)


@cache
def cases() -> tuple[Case, ...]:
    return tuple(case for room in ROOMS for case in room.cases())
