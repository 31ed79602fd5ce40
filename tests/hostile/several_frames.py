"""Animations, and files with a second picture behind the first."""

import struct
from collections.abc import Iterator

from PIL import Image

from ..pictures import animated, encoded, garment
from .case import PIXELS, READY, Case, oversized
from .many_parts import canvas


def cases() -> Iterator[Case]:
    yield Case("GIF of 51 frames", animated(51, (100, 100), "GIF"), READY)
    large = canvas(animated(51, (99, 99), "GIF"), 510)
    yield oversized("GIF of 51 large frames", large, PIXELS)
    yield Case("animated WebP", animated(9, (100, 100), "WEBP"), READY)
    yield Case("animated PNG", encoded(garment(), "PNG", **_second(garment(colour="red"))), READY)
    yield Case("animated AVIF", encoded(garment(), "AVIF", **_second(garment())), READY)
    yield Case("GIF with transparent first frame", _clear_first(), READY, True)
    yield Case("GIF of one pixel with a larger frame", canvas(encoded(garment(), "GIF"), 1), READY)
    large = _frame(canvas(encoded(garment((40, 40)), "GIF"), 1), 3_700)
    yield oversized("GIF of one pixel with a frame of 3700²", large, PIXELS)
    yield Case("MPO with a second frame", _mpo(), READY)


def _second(picture: Image.Image) -> dict[str, object]:
    return {"save_all": True, "append_images": [picture]}


def _clear_first() -> bytes:
    first = Image.new("P", (40, 40), 0)
    return encoded(first, "GIF", transparency=0, **_second(Image.new("P", (40, 40), 1)))


def _mpo() -> bytes:
    """What many cameras write: a JPEG and, behind it, a second whole one."""
    second = Image.new("L", (2_600, 2_550), "black")
    return encoded(garment((2_600, 2_550)), "MPO", **_second(second))


def _frame(gif: bytes, side: int) -> bytes:
    """A GIF whose first frame says that it is so large."""
    place = 13 + (3 << (gif[10] & 7) + 1) + 5
    assert gif[place - 5 : place - 4] == b","
    return gif[:place] + struct.pack("<HH", side, side) + gif[place + 4 :]
