"""Files that are, or say that they are, of more pixels than anybody wants to decode."""

import struct
from collections.abc import Iterator

from PIL import Image

from ..pictures import GREY, PALETTE, RGBA, encoded, garment, jpeg, png, png_chunk
from .case import READY, Case


def cases() -> Iterator[Case]:
    yield Case("14000² 1-bit PNG", png((14_000, 14_000), bits=1, colour=GREY), "too_large")
    yield Case("13000² 1-bit PNG", png((13_000, 13_000), bits=1, colour=GREY), "too_large")
    yield Case("60000² lying header", _lying_header(60_000), "too_large")
    yield Case("9000² header with 100 bytes", _lying_header(9_000), "too_large")
    yield Case("7000² header with 100 bytes", _lying_header(7_000), "damaged")
    yield Case("7000² 1-bit PNG", png((7_000, 7_000), bits=1, colour=GREY), READY, True)
    yield Case("7000² palette with transparency", clear_palette(7_000), READY, True)
    yield Case("7000² PNG", png((7_000, 7_000)), "too_large")
    yield Case("4500² RGBA", png((4_500, 4_500), colour=RGBA), READY, True)
    yield Case("80000×1", png((80_000, 1)), READY, True)
    yield Case("1×80000", png((1, 80_000)), READY, True)
    yield Case("2000000×1", png((2_000_000, 1)), "too_large")
    yield Case("90000×550 palette", png((90_000, 550), colour=PALETTE, extra=BLACK), READY, True)
    yield Case("1×1", encoded(Image.new("RGB", (1, 1), "red"), "PNG"), READY)
    yield from _jpegs()
    yield from _others()


BLACK = png_chunk(b"PLTE", bytes(768))


def _jpegs() -> Iterator[Case]:
    progressive = encoded(garment((64, 48)), "JPEG", progressive=True, subsampling=0)
    yield Case("phone's JPEG of 50 million pixels", jpeg(garment((8_160, 6_120))), READY)
    yield Case("panorama", jpeg(garment((60_000, 800))), READY)
    yield Case("65535² lying JPEG", _lying_jpeg(jpeg(), 65_535), "too_large")
    yield Case("7000² lying JPEG", _lying_jpeg(jpeg(), 7_000), READY)
    yield Case("7000² lying progressive JPEG", _lying_jpeg(progressive, 7_000), "too_large")


def _others() -> Iterator[Case]:
    teal = Image.new("RGB", (4_000, 4_000), "teal")
    yield Case("4000² WebP", encoded(teal, "WEBP", lossless=True, method=0), "too_large")
    yield Case("4000² TIFF", encoded(teal, "TIFF", compression="tiff_deflate"), "too_large")
    small = encoded(garment(), "GIF")
    large = small[:6] + struct.pack("<HH", 7_000, 7_000) + small[10:]
    yield Case("7000² GIF of a small frame", large, "too_large")
    yield Case("9000² WebP of a small frame", _webp_canvas(9_000), "too_large")
    yield Case("7000² WebP of a small frame", _webp_canvas(7_000), "too_large")
    yield Case("16384² WebP of a small frame", _webp_canvas(16_384), "too_large")
    yield Case("60000² lying AVIF", _lying_avif(60_000), "damaged")
    yield Case("9000² lying AVIF", _lying_avif(9_000), "too_large")
    yield Case("2200² lying AVIF", _lying_avif(2_200), READY)
    yield Case("BMP of one endless row", _run_length_bmp(50_000_000, 1), "too_large")
    yield Case("BMP that jumps to its end", _run_length_bmp(4_000, 4_000), READY, True)


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


def _webp_canvas(side: int) -> bytes:
    """An animation whose only frame is 16 × 16, on a canvas as large as it says."""
    frame = encoded(Image.new("RGB", (16, 16), "red"), "WEBP", lossless=True)[12:]
    sides = (side - 1).to_bytes(3, "little") * 2
    place = bytes(6) + (15).to_bytes(3, "little") * 2 + bytes(4)
    chunks = _chunk(b"VP8X", b"\x02\0\0\0" + sides) + _chunk(b"ANIM", bytes(6))
    body = b"WEBP" + chunks + _chunk(b"ANMF", place + frame)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _lying_avif(side: int) -> bytes:
    data = encoded(garment(), "AVIF")
    place = data.index(b"ispe") + 8
    return data[:place] + struct.pack(">II", side, side) + data[place + 8 :]


def _run_length_bmp(width: int, height: int) -> bytes:
    """A grey BMP that holds no pixel, only jumps of two rows up to its end."""
    # (0, 2) is the word for a jump and how far it goes; Pillow before 12.2 reads that twice.
    pixels = b"\0\2" * (height * 3 // 2)
    palette = b"".join(bytes([grey, grey, grey, 0]) for grey in range(256))
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(pixels), 0, 0, 256, 0)
    start = 14 + len(header) + len(palette)
    length = start + len(pixels)
    return b"BM" + struct.pack("<IHHI", length, 0, 0, start) + header + palette + pixels
