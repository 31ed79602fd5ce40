"""The items of an AVIF or HEIC: what its decoder must hold, and its colours."""

from collections.abc import Iterator

from .boxes import Box, boxes, number
from .hevc import WORST, Samples, sets_in_configuration, sets_in_pictures
from .items import FULL, Items, Place, items_in
from .structure import CodePoints, Structure

SIGNATURE, SIGNATURE_AT = b"ftyp", 4

COPIES = 4
"""Of EXIF and XMP: pillow-heif and Pillow copy them as often."""

CODED_COPIES = 2
"""Of a picture's or tile's bytes while it is decoded: libheif's and libde265's."""

TEXTS = (b"Exif", b"mime")
HEVC, GRID = b"hvc1", b"grid"
MEASURED = (*TEXTS, HEVC, GRID, b"tmap", b"uri ", b"av01")
"""Kinds of items whose decoding is measured; others are given the worst bound."""

UNSPECIFIED = 2

VIDEO, SRGB = (1, 6, 14, 15), 13
"""Transfer functions of video. Browsers show such an AVIF by sRGB's, and a PNG by a display's."""


def parse(data: bytes) -> Structure:
    """Raises PictureTooLarge for more boxes, items or extents than a photo has."""
    found = [items_in(data, box) for box in boxes(data, 0, len(data)) if box.kind == b"meta"]
    samples = [each for items in found for each in _samples(data, items)]
    if any(b"hvcC" == box.kind for items in found for box in items.properties):
        samples += sets_in_pictures(data)
    texts = [place for items in found for place in _places(items, TEXTS)]
    pictures = [place for items in found for place in _places(items, (HEVC,))]
    return Structure(
        length=len(data),
        metadata=len(data)
        + COPIES * sum(place.length for place in texts)
        + CODED_COPIES * max((place.length for place in pictures), default=0),
        block=max((_pixels(data, box) for items in found for box in items.properties), default=0),
        chroma=max((each.chroma for each in samples), default=0),
        bits=max((each.bits for each in samples), default=8),
        is_tiled=any(GRID in items.kinds.values() for items in found),
        is_cut_short=any(place.is_cut for place in pictures),
        code_points=_code_points(data, found[0].primary) if found else None,
    )


def _samples(data: bytes, items: Items) -> Iterator[Samples]:
    """How the samples of every picture in the file are stored."""
    if not set(items.kinds.values()) <= set(MEASURED):
        yield WORST
    for box in items.properties:
        if box.kind == b"hvcC":
            yield from sets_in_configuration(data, box)
        elif box.kind == b"av1C":
            yield _av1_samples(number(data, box.start + 2, 1))


def _av1_samples(flags: int) -> Samples:
    """By the third byte of an av1C box."""
    bits = 8 if not flags & 0x40 else 12 if flags & 0x20 else 10
    chroma = 0 if flags & 0x10 else 1 if flags & 0x04 else 2 if flags & 0x08 else 3
    return Samples(chroma, bits)


def _places(items: Items, kinds: tuple[bytes, ...]) -> Iterator[Place]:
    """Of the items of these kinds."""
    return (items.places[each] for each in items.places if items.kinds.get(each) in kinds)


def _pixels(data: bytes, box: Box) -> int:
    """Width × height in an ispe box: of a picture, a tile, or a thumbnail."""
    if box.kind != b"ispe":
        return 0
    return number(data, box.start + FULL, 4) * number(data, box.start + FULL + 4, 4)


def _code_points(data: bytes, properties: list[Box]) -> CodePoints | None:
    """Of the primary item; an ICC profile, which comes before them, makes them None."""
    colours = [box for box in properties if box.kind == b"colr"]
    kinds = [data[box.start : box.start + 4] for box in colours]
    if b"nclx" not in kinds or {b"prof", b"rICC"} & set(kinds):
        return None
    at = colours[kinds.index(b"nclx")].start + 4
    primaries, transfer = number(data, at, 2), number(data, at + 2, 2)
    if UNSPECIFIED in (primaries, transfer):
        return None
    return CodePoints(primaries=primaries, transfer=SRGB if transfer in VIDEO else transfer)
