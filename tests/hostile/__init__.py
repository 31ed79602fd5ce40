"""The hostile corpus: what people and attackers upload, and what must become of it.

Every file is harmless: Pillow by itself, with its own defaults, reads or refuses each within
two seconds and 200 MB. What is too large for a shop is therefore made small here, and judged
under `LIMITS`, which are lower than a shop's.
"""

from functools import cache

from . import cut_short, many_parts, metadata, several_frames, strangers, too_large, unusual
from .case import LIMITS, NO_CONTENT, READY, Case
from .names import NAMES, UPLOAD_NAMES

__all__ = ["LIMITS", "NAMES", "NO_CONTENT", "READY", "UPLOAD_NAMES", "Case", "cases"]

ROOMS = (cut_short, too_large, many_parts, several_frames, unusual, metadata, strangers)


@cache
def cases() -> tuple[Case, ...]:
    """Every file, with its verdict under `LIMITS`."""
    return tuple(case for room in ROOMS for case in room.cases())
