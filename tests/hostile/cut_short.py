"""Files that end too early, or of which something broke on the way."""

from collections.abc import Iterator

from PIL import Image

from ..pictures import encoded, garment, heic, jpeg, noise, png
from .case import Case


def cases() -> Iterator[Case]:
    photo, drawing = jpeg(garment()), encoded(garment(), "PNG")
    damaged_end = bytearray(drawing)
    damaged_end[-20] ^= 0xFF
    yield Case("0 bytes", b"", "empty")
    yield Case("1 byte", b"\xff", "format")
    yield Case("JPEG header of 20 bytes", photo[:20], "damaged")
    yield Case("half a JPEG", _half(photo), "damaged")
    yield Case("half a PNG", _half(drawing), "damaged")
    yield Case("half a WebP", _half(encoded(garment(), "WEBP")), "damaged")
    yield Case("half a GIF", _half(encoded(Image.fromarray(noise((90, 90))), "GIF")), "damaged")
    yield Case("half a BMP", _half(encoded(garment(), "BMP")), "damaged")
    yield Case("half a TIFF", _half(encoded(garment(), "TIFF")), "damaged")
    yield Case("half an AVIF", _half(encoded(garment(), "AVIF")), "damaged")
    yield Case("AVIF header of 100 bytes", encoded(garment(), "AVIF")[:100], "damaged")
    yield Case("half a HEIC", _half(heic(garment())), "damaged")
    yield Case("half a HEIC in tiles", _half(heic(garment(), tile_size=128)), "damaged")
    yield Case("HEIC header of 100 bytes", heic(garment())[:100], "damaged")
    yield Case("TIFF header of 8 bytes", encoded(garment(), "TIFF")[:8], "damaged")
    yield Case("PNG with a wrong checksum", bytes(damaged_end), "damaged")
    yield Case("PNG with a damaged header", drawing.replace(b"IHDR", b"IHDr"), "damaged")
    yield Case("PNG of no pixels", png((0, 0)), "damaged")
    yield Case("WebP with damaged pixels", _zeroed(encoded(garment(), "WEBP")), "damaged")
    yield Case("AVIF with damaged pixels", _zeroed(encoded(garment(), "AVIF")), "damaged")
    yield Case("HEIC with damaged pixels", _zeroed(heic(garment())), "damaged")
    yield Case("JPEG without pixels", photo[: photo.index(b"\xff\xda")] + b"\xff\xd9", "damaged")
    yield Case("TIFF that points out of itself", b"II*\0" + b"\xff" * 4, "damaged")


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _zeroed(data: bytes) -> bytes:
    """As long as before, with zeros for most of the pixels."""
    start = data.find(b"mdat") + 4 if b"mdat" in data else 60
    return data[:start] + bytes(len(data[start:]))
