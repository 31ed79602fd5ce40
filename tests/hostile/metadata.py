"""Good pictures with garbage, or lies, beside their pixels."""

import struct
from collections.abc import Iterator

from ..pictures import encoded, garment, jpeg, turned
from .case import READY, Case
from .many_parts import shared_fields, with_segments

GARBAGE = bytes(range(256)) * 8


def cases() -> Iterator[Case]:
    yield Case("EXIF orientation 6", turned(6), READY)
    yield Case("EXIF orientation 99", turned(99), READY)
    yield Case("garbage EXIF", jpeg(exif=b"Exif\0\0II*\0" + GARBAGE), READY)
    yield Case("EXIF that points at itself", jpeg(exif=_looping_exif()), READY)
    yield Case("EXIF of fields that share their bytes", _shared_exif(), READY)
    yield Case("MP index of fields that share their bytes", _shared_index(), READY)
    yield Case("garbage EXIF in a PNG", encoded(garment(), "PNG", exif=GARBAGE), READY)
    yield Case("garbage EXIF in a WebP", encoded(garment(), "WEBP", exif=GARBAGE), READY)
    yield Case("garbage ICC in a JPEG", jpeg(icc_profile=GARBAGE), READY)
    yield Case("garbage ICC in a PNG", encoded(garment(), "PNG", icc_profile=GARBAGE), READY)
    yield Case("garbage ICC in a WebP", encoded(garment(), "WEBP", icc_profile=GARBAGE), READY)
    yield Case("garbage among Photoshop's own", _photoshop(), READY)


def _looping_exif() -> bytes:
    """Its first directory names itself as the directory of the camera's own facts."""
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8)


def _shared_exif() -> bytes:
    """200 fields, each of which is all that follows it.

    With Pillow 12.3.0, 2,700 such fields in 67 KB took 83 MB: it copied each.
    """
    return with_segments(0xE1, [b"Exif\0\0" + shared_fields(200, 20_000)])


def _shared_index() -> bytes:
    """As above, in the MP index.

    With Pillow 12.3.0, 2,700 such fields took 3 s and 420 MB: it unpacked each.
    """
    return with_segments(0xE2, [b"MPF\0" + shared_fields(200, 20_000)])


def _photoshop() -> bytes:
    return with_segments(0xED, [b"Photoshop 3.0\0" + b"8BIM\xff\xff\xff\xff\xff" + GARBAGE])
