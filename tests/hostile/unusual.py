"""Pictures of unusual modes, which are good ones all the same, and of numbers that are none."""

import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image

from ..pictures import encoded, garment, heic, hidden_colours, jpeg, png_of, tiff_of
from .case import MEMORY, READY, Case, oversized
from .too_large import clear_palette


def cases() -> Iterator[Case]:
    deep = np.linspace(0, 65_535, 64 * 64).reshape(64, 64)
    yield Case("CMYK JPEG", jpeg(garment().convert("CMYK")), READY)
    yield Case("lossless JPEG", lossless(2000), READY, True)
    yield oversized("2600² lossless JPEG", lossless(2_600, components=3)[:1000], MEMORY)
    yield Case("grey JPEG", jpeg(garment().convert("L")), READY)
    yield Case("16-bit PNG", png_of(deep.astype(np.uint16)), READY)
    yield Case("16-bit TIFF, high byte first", tiff_of(deep.astype(">u2")), READY)
    yield Case("float TIFF", tiff_of((deep / 65_535).astype("<f4")), READY)
    yield Case("float TIFF of NaN", tiff_of(np.full((64, 64), np.nan, "<f4")), "damaged")
    yield Case("float TIFF of infinities", tiff_of(np.full((64, 64), np.inf, "<f4")), "damaged")
    yield Case("palette with transparency", clear_palette(64), READY, True)
    yield Case("RGBA fully transparent", encoded(hidden_colours(), "PNG"), READY, True)
    yield Case("LA", encoded(garment().convert("LA"), "PNG"), READY)
    yield Case("1-bit PNG", encoded(garment().convert("1"), "PNG"), READY)
    yield Case("BMP", encoded(garment(), "BMP"), READY)
    yield Case("AVIF", encoded(garment(), "AVIF"), READY)
    yield Case("HEIC", heic(garment()), READY)
    yield Case("HEIC in tiles", heic(garment(), tile_size=128), READY)
    yield Case("HEIC of 10 bits", heic(garment(), bits=10), READY)
    yield Case("WebP with alpha", encoded(hidden_colours(), "WEBP"), READY, True)
    yield Case("solid white", jpeg(Image.new("RGB", (64, 64), "white")), READY, True)
    yield Case("solid black", jpeg(Image.new("RGB", (64, 64), "black")), READY, True)


def lossless(side: int, components: int = 1) -> bytes:
    """A flat JPEG as scanners of archives write it, which cannot be made smaller as it is read."""
    layers = range(1, components + 1)
    frame = struct.pack(">BHHB", 8, side, side, components)
    frame += b"".join(bytes([layer, 0x11, 0]) for layer in layers)
    codes = bytes([0, 1, 1, *[0] * 14, 0, 1])
    scan = bytes([components]) + b"".join(bytes([layer, 0]) for layer in layers) + bytes([1, 0, 0])
    segments = [(0xC3, frame), (0xC4, codes), (0xDA, scan)]
    parts = [struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body for kind, body in segments]
    return b"\xff\xd8" + b"".join(parts) + bytes(components * side * side // 8 + 10) + b"\xff\xd9"
