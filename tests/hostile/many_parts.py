"""Small pictures in files of more parts than a shop reads.

A part costs Pillow time and memory before a pixel is decoded. Each file has one part too many,
or a few, not the thousands with which it does harm.
"""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from ..pictures import encoded, garment, jpeg, png, png_chunk, tiff_of
from .case import MEMORY, PIXELS, READY, Case, oversized


def cases() -> Iterator[Case]:
    yield from _jpegs()
    yield from _pngs()
    yield from _gifs()
    yield from _tiffs()
    yield oversized("BMP of 500,001 runs", _runs(b"\x01\x05" * 500_001), "runs")
    yield oversized("BMP of 500,001 empty rows", _runs(b"\0\0" * 500_001), "runs")
    yield Case("BMP in run lengths", _runs(b"\x20\x00\x20\x01\0\0" * 64), READY)


def _runs(body: bytes) -> bytes:
    """A BMP of two colours, 64 by 64, in run lengths."""
    palette = bytes([128, 128, 0, 0, 240, 240, 240, 0]) + bytes(4 * 254)
    pixels_at = 14 + 40 + len(palette)
    header = struct.pack("<IHHI", pixels_at + len(body), 0, 0, pixels_at)
    picture = struct.pack("<IiiHHIIiiII", 40, 64, 64, 1, 8, 1, len(body), 0, 0, 256, 0)
    return b"BM" + header + picture + palette + body


def _jpegs() -> Iterator[Case]:
    progressive = encoded(garment((64, 48)), "JPEG", progressive=True)
    last = progressive[progressive.rindex(b"\xff\xda") : -2]
    scans = progressive[:-2] + last * 9 + b"\xff\xd9"
    yield Case("JPEG of 20 scans", scans, READY)
    yield oversized("JPEG of 110 scans", progressive[:-2] + last * 100 + b"\xff\xd9", "scans")
    yield Case("JPEG with 900 comments", with_segments(0xFE, [b"x"] * 900), READY)
    yield Case("JPEG with EXIF in 1001 parts", _exif_in_parts(1_001, 100), READY)
    yield oversized("JPEG with 50,001 comments", with_segments(0xFE, [b""] * 50_001), "segments")
    tables = with_segments(0xDB, [bytes([0]) + bytes([9]) * 64] * 1_001)
    yield oversized("JPEG with 1001 tables", tables, "segments")
    profile = [b"ICC_PROFILE\0" + bytes([n, 60]) + bytes(65_000) for n in range(1, 61)]
    yield Case("JPEG with an ICC profile of 4 MB", with_segments(0xE2, profile), READY)
    yield oversized("JPEG with 8 MB of profiles", with_segments(0xE2, profile * 2), MEMORY)


def _pngs() -> Iterator[Case]:
    texts = b"".join(png_chunk(b"tEXt", b"Comment %d\0x" % n) for n in range(10_000))
    yield Case("PNG with 10,000 texts", _drawn_with(texts), READY)
    empty = png_chunk(b"teSt", b"") * 50_001
    yield oversized("PNG with 50,001 empty chunks", _drawn_with(empty), "chunks")
    empty = png_chunk(b"TeSt", b"") * 42_000
    yield oversized("PNG with 42,000 empty critical chunks", _drawn_with(empty), MEMORY)
    plain = b"".join(png_chunk(b"tEXt", b"Key %d\0" % n + b"x" * 2**20) for n in range(5))
    yield Case("PNG with 5 plain texts of a megabyte", _drawn_with(plain), READY)
    yield Case("PNG with 6 texts of a megabyte", _drawn_with(_megabytes_of_text(6)), READY)
    exif = png_chunk(b"eXIf", bytes(6_000_000))
    yield oversized("PNG with 6 MB of EXIF", _drawn_with(exif), MEMORY)
    yield oversized("PNG that says it has 2³¹ frames", _drawn_with(_animation(2**31 - 1)), PIXELS)
    yield Case("text bomb", _text_bomb(), READY, True)


def _gifs() -> Iterator[Case]:
    picture = encoded(garment((40, 40)), "GIF")
    blocks = _before_frame(picture, b"!\1\0" + b"\1a" * 200_001 + b"\0")
    yield oversized("GIF with an extension of 200,001 blocks", blocks, "blocks")
    words = _before_frame(canvas(picture, 3_500), b"!\xfe" + b"\x02ab" * 20_000 + b"\0")
    yield oversized("3500² GIF with a comment of 20,000 words", words, MEMORY)
    nothing = _before_frame(picture, b"\x01" * 200_001)
    yield oversized("GIF with 200,001 bytes of nothing", nothing, "blocks")
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x01\x00\x00"
    yield oversized("GIF of 8200 frames", picture[:-1] + frame * 8_200 + b";", PIXELS)


def _tiffs() -> Iterator[Case]:
    shades = np.linspace(0, 255, 64 * 64).reshape(64, 64).astype(np.uint8)
    whole = tiff_of(shades)
    at = 8 + 2 + 12 * struct.unpack_from("<H", whole, 8)[0]
    loop = whole[:at] + struct.pack("<I", 8) + whole[at + 4 :]
    yield Case("TIFF that goes round in circles", loop, READY)
    yield Case("BigTIFF", _big_tiff(shades.tobytes(), 64), READY)
    yield oversized("TIFF of 50,001 strips", _strips(50_001), "values")
    yield oversized("TIFF of 36,000 strips", _strips(36_000), MEMORY)
    yield oversized("TIFF of fields that share their bytes", shared_fields(40, 3_000), "fields")
    yield oversized("TIFF with one tile of 2600²", _tile(2_600), MEMORY)


def with_segments(kind: int, contents: list[bytes]) -> bytes:
    """A JPEG with these segments before all of its own."""
    head = bytes([0xFF, kind])
    segments = (head + struct.pack(">H", len(each) + 2) + each for each in contents)
    whole = jpeg(garment((64, 48)))
    return whole[:2] + b"".join(segments) + whole[2:]


def _exif_in_parts(count: int, length: int) -> bytes:
    """A JPEG whose EXIF is so many segments of `length` zeros.

    Seen with Pillow 13.0.0: it joins them one by one and copies all that it has each time. A
    file of 2 MB took 5 s to open, one of 23 MB took 2 s.
    """
    return with_segments(0xE1, [b"Exif\0\0" + bytes(length)] * count)


def _drawn_with(chunks: bytes) -> bytes:
    """A PNG of a garment with these chunks before its pixels."""
    whole = encoded(garment((64, 48)), "PNG")
    return whole[:33] + chunks + whole[33:]


def _megabytes_of_text(count: int) -> bytes:
    """Chunks of compressed text, a megabyte each when unpacked, in which one letter is wide.

    Seen with Pillow 13.0.0: it keeps four bytes a letter of such a text, which was 250 MB for
    a file of 64 KB.
    """
    megabyte = zlib.compress(b"x" * (2**20 - 4) + "\U0001f457".encode())
    return b"".join(_international(b"Key %d" % n, megabyte) for n in range(count))


def _international(key: bytes, compressed: bytes) -> bytes:
    return png_chunk(b"iTXt", key + b"\0\1\0\0\0" + compressed)


def _animation(frames: int) -> bytes:
    return png_chunk(b"acTL", struct.pack(">II", frames, 0))


def _text_bomb() -> bytes:
    """A compressed comment of 2 MB in 2 KB; Pillow unpacks one at most."""
    comment = b"Comment\0\0" + zlib.compress(bytes(2 << 20))
    return png((64, 64), extra=png_chunk(b"zTXt", comment))


def canvas(gif: bytes, side: int) -> bytes:
    """A GIF with another canvas than its frames fill."""
    return gif[:6] + struct.pack("<HH", side, side) + gif[10:]


def _before_frame(gif: bytes, blocks: bytes) -> bytes:
    start = 13 + (3 << (gif[10] & 7) + 1)
    return gif[:start] + blocks + gif[start:]


def shared_fields(count: int, length: int) -> bytes:
    """A TIFF directory of so many fields, each of which is all that follows it."""
    size = length - 14 - 12 * count
    entries = (
        struct.pack("<HHII", 1_000 + n, 3, size // 2, 14 + 12 * count) for n in range(count)
    )
    return b"II*\0" + struct.pack("<IH", 8, count) + b"".join(entries) + bytes(4 + size)


def _directory(fields: dict[int, tuple[int, int, int]], start: int) -> bytes:
    """The header and the only directory of a TIFF; fields by tag: type, count, value."""
    entries = [struct.pack("<HHII", tag, *field) for tag, field in sorted(fields.items())]
    return b"II*\0" + struct.pack("<IH", start, len(entries)) + b"".join(entries) + bytes(4)


def _strips(count: int) -> bytes:
    """One grey pixel after the other, as it says, each in a strip of its own."""
    start = 8 + 2 + 12 * 9 + 4
    fields = {256: (4, 1, 1), 257: (4, 1, 90_000), 258: (3, 1, 8), 259: (3, 1, 1)}
    fields |= {262: (3, 1, 1), 277: (3, 1, 1), 278: (4, 1, 1)}
    fields |= {273: (4, count, start), 279: (4, count, start + 4 * count)}
    return _directory(fields, 8) + bytes(8 * count)


def _tile(side: int) -> bytes:
    """A picture of 64 × 64 in the corner of one tile so large, all of it zeros."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(side)) for _ in range(side)) + packer.flush()
    fields = {256: (4, 1, 64), 257: (4, 1, 64), 258: (3, 1, 8), 259: (3, 1, 8)}
    fields |= {262: (3, 1, 1), 277: (3, 1, 1), 322: (4, 1, side), 323: (4, 1, side)}
    fields |= {324: (4, 1, 8 + 2 + 12 * 10 + 4), 325: (4, 1, len(packed))}
    return _directory(fields, 8) + packed


def _big_tiff(pixels: bytes, side: int) -> bytes:
    fields = {256: side, 257: side, 258: 8, 259: 1, 262: 1, 273: 0, 277: 1, 278: side}
    fields |= {279: len(pixels)}
    fields[273] = 16 + 8 + 20 * len(fields) + 8
    entries = [struct.pack("<HHQQ", tag, 4, 1, value) for tag, value in fields.items()]
    head = b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, len(entries))
    return head + b"".join(entries) + bytes(8) + pixels
