"""Files that are, or say that they are, of more pixels than a shop decodes.

Each is a little above or below one of the limits that `LIMITS` sets.
"""

import struct
from collections.abc import Iterator

from PIL import Image

from ..pictures import GREY, PALETTE, RGBA, encoded, garment, heic, jpeg, png, png_chunk
from .case import MEMORY, PILLOWS_OWN, PIXELS, READY, SIDE, Case, oversized
from .many_parts import canvas


def cases() -> Iterator[Case]:
    yield oversized("3700² 1-bit PNG", png((3_700, 3_700), bits=1, colour=GREY), PIXELS)
    yield oversized("60000² lying header", _lying_header(60_000), PILLOWS_OWN)
    yield oversized("3700² header with 100 bytes", _lying_header(3_700), PIXELS)
    yield Case("3600² header with 100 bytes", _lying_header(3_600), "damaged")
    yield Case("3600² 1-bit PNG", png((3_600, 3_600), bits=1, colour=GREY), READY, True)
    yield Case("3600² palette with transparency", clear_palette(3_600), READY, True)
    yield oversized("2600² PNG", png((2_600, 2_600)), MEMORY)
    yield Case("2400² RGBA", png((2_400, 2_400), colour=RGBA), READY, True)
    yield Case("80000×1", png((80_000, 1)), READY, True)
    yield Case("1×80000", png((1, 80_000)), READY, True)
    yield oversized("100001×1", png((100_001, 1)), SIDE)
    yield Case("90000×140 palette", png((90_000, 140), colour=PALETTE, extra=BLACK), READY, True)
    yield Case("1×1", encoded(Image.new("RGB", (1, 1), "red"), "PNG"), READY)
    yield from _jpegs()
    yield from _others()


BLACK = png_chunk(b"PLTE", bytes(768))


def _jpegs() -> Iterator[Case]:
    yield Case("phone's JPEG of 10 million pixels", jpeg(garment((3_650, 2_738))), READY)
    yield Case("panorama", jpeg(garment((60_000, 160))), READY)
    yield oversized("65535² lying JPEG", _lying_jpeg(jpeg(), 65_535), PILLOWS_OWN)
    yield Case("3000² lying JPEG", _lying_jpeg(jpeg(), 3_000), READY)
    yield oversized("2100² lying progressive JPEG", _lying_progressive_jpeg(2_100), MEMORY)


def _others() -> Iterator[Case]:
    yield oversized("1300² WebP", _flat_webp(1_300), MEMORY)
    teal = Image.new("RGB", (1_800, 1_800), "teal")
    yield oversized("1800² TIFF", encoded(teal, "TIFF", compression="tiff_deflate"), MEMORY)
    large = canvas(encoded(garment(), "GIF"), 3_600)
    yield oversized("3600² GIF of a small frame", large, MEMORY)
    yield oversized("1300² WebP of a small frame", _webp_canvas(1_300), MEMORY)
    yield oversized("16384² WebP of a small frame", _webp_canvas(16_384), PILLOWS_OWN)
    yield Case("60000² lying AVIF", _lying_avif(60_000), "damaged")
    yield oversized("1300² lying AVIF", _lying_avif(1_300), MEMORY)
    yield Case("1200² lying AVIF", _lying_avif(1_200), READY)
    yield from _heics()
    yield oversized("BMP of one long row", _run_length_bmp(100_001, 1), SIDE)
    yield oversized("2600² BMP that jumps to its end", _run_length_bmp(2_600, 2_600), MEMORY)
    yield Case("BMP that jumps to its end", _run_length_bmp(2_400, 2_400), READY, True)


def _heics() -> Iterator[Case]:
    small = heic(garment())
    yield Case("HEIC that says it is smaller", _with_sides(small, 64), "damaged")
    yield Case("1500² lying HEIC", _with_sides(small, 1_500), "damaged")
    yield oversized("2200² lying HEIC", _with_sides(small, 2_200), MEMORY)
    yield oversized("60000² lying HEIC", _with_sides(small, 60_000), PIXELS)
    tiles = heic(garment(), tile_size=128)
    yield oversized("HEIC of tiles that say they are 2200²", _with_sides(tiles, 2_200, 2), MEMORY)


def _lying_header(side: int) -> bytes:
    """The first 100 bytes of a PNG that says it is so large."""
    return png((1, 1), colour=GREY).replace(
        png((1, 1), colour=GREY)[8:33],
        png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, GREY, 0, 0, 0)),
    )[:100]


def clear_palette(side: int) -> bytes:
    extra = png_chunk(b"PLTE", bytes(range(256)) * 3) + png_chunk(b"tRNS", bytes(256))
    return png((side, side), colour=PALETTE, extra=extra)


def _lying_jpeg(data: bytes, side: int) -> bytes:
    """With so many pixels in its frame, and only as many behind it as it had."""
    frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: frame + 5] + struct.pack(">HH", side, side) + data[frame + 9 :]


def _lying_progressive_jpeg(side: int) -> bytes:
    """The same in several scans, of which libjpeg keeps every coefficient.

    Seen with Pillow 13.0.0: a file of 2 KB took 470 MB to load.
    """
    small = encoded(garment((64, 48)), "JPEG", progressive=True, subsampling=0)
    return _lying_jpeg(small, side)


def _flat_webp(side: int) -> bytes:
    """One colour, without losses.

    Seen with Pillow 13.0.0: loading a WebP takes five times the memory of its pixels, which
    was 245 MB for a file of 36 bytes.
    """
    return encoded(Image.new("RGB", (side, side), "teal"), "WEBP", lossless=True, method=0)


def _webp_canvas(side: int) -> bytes:
    """An animation whose only frame is 16 × 16, on a canvas as large as it says.

    Seen with Pillow 13.0.0: libwebp fills all of the canvas, which took 1.2 GB for a file of
    92 bytes.
    """
    frame = encoded(Image.new("RGB", (16, 16), "red"), "WEBP", lossless=True)[12:]
    sides = (side - 1).to_bytes(3, "little") * 2
    place = bytes(6) + (15).to_bytes(3, "little") * 2 + bytes(4)
    chunks = _chunk(b"VP8X", b"\x02\0\0\0" + sides) + _chunk(b"ANIM", bytes(6))
    body = b"WEBP" + chunks + _chunk(b"ANMF", place + frame)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _lying_avif(side: int) -> bytes:
    """A small picture that says it is so large, to which the decoder enlarges it.

    Seen with Pillow 13.0.0: a file of 1 KB took 660 MB to load.
    """
    return _with_sides(encoded(garment(), "AVIF"), side)


def _with_sides(data: bytes, side: int, which: int = 1) -> bytes:
    """An AVIF or HEIC with other sides in one of its ispe boxes."""
    before = b"ispe".join(data.split(b"ispe", which)[:which])
    place = len(before) + 8
    return data[:place] + struct.pack(">II", side, side) + data[place + 8 :]


def _run_length_bmp(width: int, height: int) -> bytes:
    """A grey BMP that holds no pixel, only jumps of two rows up to its end."""
    pixels = b"\0\2" * (height * 3 // 2)
    palette = b"".join(bytes([grey, grey, grey, 0]) for grey in range(256))
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(pixels), 0, 0, 256, 0)
    start = 14 + len(header) + len(palette)
    length = start + len(pixels)
    return b"BM" + struct.pack("<IHHI", length, 0, 0, start) + header + palette + pixels
