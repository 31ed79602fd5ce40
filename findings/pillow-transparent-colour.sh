#!/usr/bin/env bash
# The transparent colour of a PNG is another in Pillow, if the PNG has 2, 4 or 16 bits a sample.
#
# A PNG without alpha may name one transparent colour (tRNS), in samples of its own depth. Pillow
# turns the samples into eight bits and leaves the transparent colour as it is, so the background
# of such a file is solid, without a warning; with eight bits, or one, it is transparent. A colour
# of 16 bits may be transparent by chance: of it the lower eight bits are compared.
#
# Pillow 13.0.0: PIL/PngImagePlugin.py, chunk_tRNS. PNG, third edition, 11.3.1.1.
. "$(dirname "$0")/shared.bash"
install pillow==13.0.0

observe python - <<'PYTHON'
import io
import struct
import zlib

from PIL import Image

GREY, RGB = 0, 2


def png(kind, bits, row, clear):
    """A PNG of one row of eight pixels."""

    def chunk(name, data):
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    header = struct.pack(">IIBBBBB", 8, 1, bits, kind, 0, 0, 0)
    transparent = struct.pack(f">{len(clear)}H", *clear)
    parts = ((b"IHDR", header), (b"tRNS", transparent), (b"IDAT", zlib.compress(b"\0" + row)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in (*parts, (b"IEND", b"")))


for name, kind, bits, row, clear in (
    ("grey of 1 bit", GREY, 1, b"\xff", [1]),
    ("grey of 2 bits", GREY, 2, b"\xaa\xaa", [2]),
    ("grey of 4 bits", GREY, 4, b"\x99" * 4, [9]),
    ("grey of 8 bits", GREY, 8, b"\x99" * 8, [0x99]),
    ("RGB of 8 bits", RGB, 8, b"\x99" * 24, [0x99] * 3),
    ("RGB of 16 bits", RGB, 16, b"\x99\x10" * 24, [0x9910] * 3),
):
    image = Image.open(io.BytesIO(png(kind, bits, row, clear)))
    red, _, _, alpha = image.convert("RGBA").getpixel((0, 0))
    stored = image.info["transparency"]
    print(f"{name}: the pixel is {red}, the transparent colour {stored}, alpha {alpha}")
PYTHON
expect <<'END'
grey of 1 bit: the pixel is 255, the transparent colour 255, alpha 0
grey of 2 bits: the pixel is 170, the transparent colour 2, alpha 255
grey of 4 bits: the pixel is 153, the transparent colour 9, alpha 255
grey of 8 bits: the pixel is 153, the transparent colour 153, alpha 0
RGB of 8 bits: the pixel is 153, the transparent colour (153, 153, 153), alpha 0
RGB of 16 bits: the pixel is 153, the transparent colour (39184, 39184, 39184), alpha 255
END
