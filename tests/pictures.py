"""Pictures made in memory, in any mode and format, and the bytes of files that lie."""

import struct
import zlib
from io import BytesIO
from typing import Any, Literal

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vrs_app.vision import Pixels

TOP_LEFT, TOP_RIGHT = (220, 30, 30), (30, 160, 60)
BOTTOM_LEFT, BOTTOM_RIGHT = (40, 60, 210), (240, 200, 40)
"""The corners of `quarters`, far enough apart to tell after any compression."""

GREY, RGB, PALETTE, RGBA = 0, 2, 3, 6
"""Colour types of PNG."""

_CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, RGBA: 4}


# --- pictures -------------------------------------------------------------------------------


def quarters(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A picture whose four quarters tell which way up it is."""
    width, height = size
    picture = Image.new("RGB", size, TOP_LEFT)
    picture.paste(TOP_RIGHT, (width // 2, 0, width, height // 2))
    picture.paste(BOTTOM_LEFT, (0, height // 2, width // 2, height))
    picture.paste(BOTTOM_RIGHT, (width // 2, height // 2, width, height))
    return picture


def garment(size: tuple[int, int] = (300, 400), colour: str = "teal") -> Image.Image:
    """Something that no mirror and no turn leaves as it is."""
    width, height = size
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.polygon(
        [
            (width // 4, height // 6),
            (width * 7 // 8, height // 4),
            (width * 3 // 4, height * 7 // 8),
            (width // 8, height * 3 // 4),
        ],
        fill=colour,
    )
    draw.ellipse((width // 3, height // 3, width // 2, height // 2), fill="orange")
    return picture


def noise(size: tuple[int, int], seed: int = 0) -> Pixels:
    """Height × width × 3 of chance, which compresses badly and is near nothing else."""
    width, height = size
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(size: tuple[int, int], seed: int = 0) -> Image.Image:
    """Large soft spots of chance, as photos have them."""
    return Image.fromarray(noise((9, 9), seed)).resize(size, Image.Resampling.BICUBIC)


def encoded(picture: Image.Image, format: str, **options: Any) -> bytes:
    """The bytes of `picture` as a file."""
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def jpeg(picture: Image.Image | None = None, **options: Any) -> bytes:
    return encoded(picture or quarters(), "JPEG", quality=92, **options)


def heic(picture: Image.Image | None = None, *, bits: int = 8, **options: Any) -> bytes:
    """As an iPhone writes it; `exif` with an orientation becomes irot and imir, as there."""
    picture = picture or quarters()
    values = np.asarray(picture)
    mode = picture.mode
    if bits > 8:
        mode, values = f"{mode};16", values.astype(np.uint16) * 257
    file = BytesIO()
    options = {"quality": 90, "enc_params": {"preset": "ultrafast"}} | options
    pillow_heif.encode(mode, picture.size, values.tobytes(), file, **options)
    return file.getvalue()


def exif_orientation(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def turned(orientation: int) -> bytes:
    """`quarters` as a camera writes it that says by EXIF how it was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return jpeg(exif=exif)


def animated(frames: int, size: tuple[int, int], format: Literal["GIF", "WEBP"]) -> bytes:
    """So many frames, each of its own colour; the first is red."""
    pictures = [Image.new("RGB", size, (255 - 4 * n, 4 * n, 0)) for n in range(frames)]
    return encoded(pictures[0], format, save_all=True, append_images=pictures[1:], duration=40)


def hidden_colours(size: tuple[int, int] = (64, 64)) -> Image.Image:
    """Wholly transparent, with black under the glass."""
    return Image.new("RGBA", size, (0, 0, 0, 0))


# --- bytes ----------------------------------------------------------------------------------


def png_chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def png(size: tuple[int, int], *, bits: int = 8, colour: int = RGB, extra: bytes = b"") -> bytes:
    """A whole PNG of zeros that no library would write so large; `extra` are more chunks."""
    width, height = size
    row = 1 + (width * bits * _CHANNELS[colour] + 7) // 8
    packer = zlib.compressobj(1)
    packed = [packer.compress(bytes(row)) for _ in range(height)]
    return _png_file(size, bits, colour, extra, b"".join(packed) + packer.flush())


def png_of(values: NDArray[np.uint16]) -> bytes:
    """A grey PNG of 16 bits a pixel."""
    height, width = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return _png_file((width, height), 16, GREY, b"", zlib.compress(rows))


def _png_file(size: tuple[int, int], bits: int, colour: int, extra: bytes, data: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header), extra, png_chunk(b"IDAT", data), png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def tiff_of(values: NDArray[Any], *, orientation: int = 1) -> bytes:
    """A grey TIFF of any number type, in its byte order."""
    order = ">" if values.dtype.str[0] == ">" else "<"
    data = values.tobytes()
    kinds = {"u": 1, "i": 2, "f": 3}
    fields = {256: values.shape[1], 257: values.shape[0], 258: values.itemsize * 8, 259: 1}
    fields |= {262: 1, 273: 0, 274: orientation, 277: 1, 278: values.shape[0]}
    fields |= {279: len(data), 339: kinds[values.dtype.kind]}
    fields[273] = 8 + 2 + 12 * len(fields) + 4
    entries = [struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in fields.items()]
    head = b"MM\0*" if order == ">" else b"II*\0"
    return b"".join([head, struct.pack(order + "IH", 8, len(entries)), *entries, bytes(4), data])
