"""The hostile corpus: what people and attackers upload, and what must become of it."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import numpy as np
from PIL import Image

from .pictures import (
    GREY,
    PALETTE,
    RGBA,
    animated,
    encoded,
    garment,
    hidden_colours,
    jpeg,
    noise,
    png,
    png_chunk,
    png_of,
    tiff_of,
    turned,
)

READY = "ready"

NAMES = {
    "out of the folder": "../../x.jpg",
    "absolute": "/etc/hostname",
    "NUL": "products/a\0.jpg",
    "300 characters": "products/" + "x" * 296 + ".jpg",
    "right-to-left override": "products/\u202egpj.exe",
    "half a character": "products/\udcff.jpg",
    "a folder": "products",
    "below a file": "products/there.jpg/x.jpg",
    "gone": "products/gone.jpg",
}
"""Storage names under which there is no picture, for a storage with products/there.jpg."""


@dataclass(frozen=True)
class Case:
    """A file, and "ready" or the code of the error that the shop's staff should read."""

    name: str
    data: bytes
    verdict: str


@cache
def cases() -> tuple[Case, ...]:
    return (*_cut_short(), *_too_large(), *_unusual(), *_animations(), *_metadata(), *_strangers())


def _cut_short() -> Iterator[Case]:
    photo, drawing = jpeg(garment()), encoded(garment(), "PNG")
    damaged_end = bytearray(drawing)
    damaged_end[-20] ^= 0xFF
    yield Case("0 bytes", b"", "empty")
    yield Case("1 byte", b"\xff", "format")
    yield Case("JPEG header of 20 bytes", photo[:20], "damaged")
    yield Case("half a JPEG", photo[: len(photo) // 2], "damaged")
    yield Case("half a PNG", drawing[: len(drawing) // 2], "damaged")
    yield Case("half a WebP", _half(encoded(garment(), "WEBP")), "damaged")
    yield Case("half a GIF", _half(encoded(Image.fromarray(noise((90, 90))), "GIF")), "damaged")
    yield Case("PNG with a wrong checksum", bytes(damaged_end), "damaged")
    yield Case("PNG with a damaged header", drawing.replace(b"IHDR", b"IHDr"), "damaged")
    yield Case("PNG of no pixels", png((0, 0)), "damaged")


def _too_large() -> Iterator[Case]:
    yield Case("14000² 1-bit PNG", png((14_000, 14_000), bits=1, colour=GREY), "too_large")
    yield Case("13000² 1-bit PNG", png((13_000, 13_000), bits=1, colour=GREY), "too_large")
    yield Case("60000² lying header", _lying_header(60_000), "too_large")
    yield Case("9000² header with 100 bytes", _lying_header(9_000), "too_large")
    yield Case("7000² header with 100 bytes", _lying_header(7_000), "damaged")
    yield Case("7000² 1-bit PNG", png((7_000, 7_000), bits=1, colour=GREY), READY)
    yield Case("7000² palette with transparency", _clear_palette(7_000), READY)
    yield Case("7000² JPEG", jpeg(Image.new("RGB", (7_000, 7_000), "teal")), READY)
    yield Case("4500² RGBA", png((4_500, 4_500), colour=RGBA), READY)
    yield Case("80000×1", png((80_000, 1)), READY)
    yield Case("1×80000", png((1, 80_000)), READY)
    yield Case("1×1", encoded(Image.new("RGB", (1, 1), "red"), "PNG"), READY)
    yield Case("text bomb", _text_bomb(), "damaged")


def _unusual() -> Iterator[Case]:
    deep = np.linspace(0, 65_535, 64 * 64).reshape(64, 64)
    yield Case("CMYK JPEG", jpeg(garment().convert("CMYK")), READY)
    yield Case("grey JPEG", jpeg(garment().convert("L")), READY)
    yield Case("16-bit PNG", png_of(deep.astype(np.uint16)), READY)
    yield Case("16-bit TIFF, high byte first", tiff_of(deep.astype(">u2")), READY)
    yield Case("float TIFF", tiff_of((deep / 65_535).astype("<f4")), READY)
    yield Case("float TIFF of NaN", tiff_of(np.full((64, 64), np.nan, "<f4")), "damaged")
    yield Case("float TIFF of infinities", tiff_of(np.full((64, 64), np.inf, "<f4")), "damaged")
    yield Case("palette with transparency", _clear_palette(64), READY)
    yield Case("RGBA fully transparent", encoded(hidden_colours(), "PNG"), READY)
    yield Case("LA", encoded(garment().convert("LA"), "PNG"), READY)
    yield Case("1-bit PNG", encoded(garment().convert("1"), "PNG"), READY)
    yield Case("BMP", encoded(garment(), "BMP"), READY)
    yield Case("WebP with alpha", encoded(hidden_colours(), "WEBP"), READY)
    yield Case("solid white", jpeg(Image.new("RGB", (64, 64), "white")), READY)
    yield Case("solid black", jpeg(Image.new("RGB", (64, 64), "black")), READY)


def _animations() -> Iterator[Case]:
    clear_first = Image.new("P", (40, 40), 0)
    yield Case("GIF of 51 frames", animated(51, (100, 100), "GIF"), READY)
    yield Case(
        "GIF of 51 large frames", _enlarged(animated(51, (99, 99), "GIF"), 1_100), "too_large"
    )
    yield Case("animated WebP", animated(9, (100, 100), "WEBP"), READY)
    yield Case(
        "GIF with transparent first frame",
        encoded(
            clear_first,
            "GIF",
            transparency=0,
            save_all=True,
            append_images=[Image.new("P", (40, 40), 1)],
        ),
        READY,
    )
    yield Case("MPO with a second frame", _mpo(), READY)


def _metadata() -> Iterator[Case]:
    garbage = bytes(range(256)) * 8
    yield Case("EXIF orientation 6", turned(6), READY)
    yield Case("EXIF orientation 99", turned(99), READY)
    yield Case("garbage EXIF", jpeg(exif=b"Exif\0\0II*\0" + garbage), READY)
    yield Case("EXIF that points at itself", jpeg(exif=_looping_exif()), READY)
    yield Case("garbage ICC in a JPEG", jpeg(icc_profile=garbage), READY)
    yield Case("garbage ICC in a PNG", encoded(garment(), "PNG", icc_profile=garbage), READY)


def _strangers() -> Iterator[Case]:
    script = b"<script>alert(1)</script>"
    yield Case("EPS", encoded(garment(), "EPS"), "format")
    yield Case("SVG with script", b'<svg xmlns="http://www.w3.org/2000/svg">' + script, "format")
    yield Case("HTML named .jpg", b"<!doctype html><title>x</title>" + script, "format")
    yield Case("PDF named .jpg", encoded(garment(), "PDF"), "format")
    yield Case("HEIC stub", _heif(b"heic"), "format")
    yield Case("HEIC stub of the general brand", _heif(b"mif1"), "format")
    yield Case("ICO", encoded(garment(), "ICO"), "format")
    yield Case("JPEG 2000", encoded(garment(), "JPEG2000"), "format")
    yield Case("sound", b"RIFF" + struct.pack("<I", 40) + b"WAVEfmt " + bytes(40), "format")
    yield Case("ZIP", _zipped(), "format")
    yield Case("JPEG and ZIP in one", jpeg(garment()) + _zipped(), READY)
    yield Case("GIF and JavaScript in one", _gif_script(), READY)
    yield Case("GIF and JavaScript, no picture", b"GIF89a/*" + bytes(9) + b"*/=1;", "damaged")


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _lying_header(side: int) -> bytes:
    """The first 100 bytes of a PNG that says it is so large."""
    return png((1, 1), colour=GREY).replace(
        png((1, 1), colour=GREY)[8:33],
        png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, GREY, 0, 0, 0)),
    )[:100]


def _clear_palette(side: int) -> bytes:
    extra = png_chunk(b"PLTE", bytes(range(256)) * 3) + png_chunk(b"tRNS", bytes(256))
    return png((side, side), colour=PALETTE, extra=extra)


def _text_bomb() -> bytes:
    """A compressed comment of 64 MB in 300 KB."""
    comment = b"Comment\0\0" + zlib.compress(bytes(64 << 20), 1)
    return png((64, 64), extra=png_chunk(b"zTXt", comment))


def _mpo() -> bytes:
    """What many cameras write: a JPEG and, behind it, a second whole one."""
    second = Image.new("L", (5_100, 5_000), "black")
    return encoded(garment((5_100, 5_000)), "MPO", save_all=True, append_images=[second])


def _looping_exif() -> bytes:
    """Its first directory names itself as the directory of the camera's own facts."""
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8)


def _heif(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1heic" + bytes(200)


def _zipped() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return file.getvalue()


def _enlarged(gif: bytes, side: int) -> bytes:
    """A GIF with a larger canvas than its frames fill."""
    return gif[:6] + struct.pack("<HH", side, side) + gif[10:]


def _gif_script() -> bytes:
    """A GIF whose width reads as the start of a comment, and whose end is a script."""
    picture = Image.new("P", (int.from_bytes(b"/*", "little"), 2))
    return encoded(picture, "GIF") + b"*/=1;alert(1)//"
