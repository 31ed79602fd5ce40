"""Files that are no pictures, or of a kind that is not opened, or two things at once."""

import struct
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from PIL import Image, PngImagePlugin

from ..pictures import encoded, garment, jpeg
from .case import READY, Case

SCRIPT = b"<script>alert(1)</script>"


def cases() -> Iterator[Case]:
    yield Case("EPS", encoded(garment(), "EPS"), "format")
    yield Case("SVG with script", b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT, "format")
    yield Case("HTML named .jpg", b"<!doctype html><title>x</title>" + SCRIPT, "format")
    yield Case("PDF named .jpg", encoded(garment(), "PDF"), "format")
    yield Case("HEIC stub", _heif(b"heic"), "damaged")
    yield Case("HEIC stub of the general brand", _heif(b"mif1"), "damaged")
    for format in ("ICO", "PPM", "TGA", "PCX", "DDS"):
        yield Case(format, encoded(garment(), format), "format")
    yield Case("JPEG 2000", encoded(garment(), "JPEG2000"), "format")
    yield Case("XBM, which is a program", encoded(garment().convert("1"), "XBM"), "format")
    yield Case("Photoshop's own", b"8BPS\0\1" + bytes(100), "format")
    yield Case("sound", b"RIFF" + struct.pack("<I", 40) + b"WAVEfmt " + bytes(40), "format")
    yield Case("program", b"\x7fELF" + bytes(200), "format")
    yield Case("ZIP", _zipped(), "format")
    yield from _two_at_once()


def _two_at_once() -> Iterator[Case]:
    yield Case("JPEG and ZIP in one", jpeg(garment()) + _zipped(), READY)
    yield Case("JPEG and web page in one", jpeg(garment()) + SCRIPT, READY)
    yield Case("JPEG with a web page as its comment", jpeg(garment(), comment=SCRIPT), READY)
    yield Case("PNG with a program among its texts", _png_program(), READY)
    yield Case("GIF and JavaScript in one", gif_script(), READY, True)
    yield Case("GIF and JavaScript, no picture", b"GIF89a/*" + bytes(9) + b"*/=1;", "damaged")


def _heif(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1heic" + bytes(200)


def _zipped() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return file.getvalue()


def _png_program() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "<?php echo 'run'; ?>")
    return encoded(garment(), "PNG", pnginfo=texts)


def gif_script() -> bytes:
    """A GIF whose width reads as the start of a comment, and whose end is a script."""
    picture = Image.new("P", (int.from_bytes(b"/*", "little"), 2))
    return encoded(picture, "GIF") + b"*/=1;alert(1)//"
