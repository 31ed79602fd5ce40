#!/usr/bin/env bash
# A grey PNG of 16 bits becomes white when Pillow converts it; a coloured one of 16 bits does not.
#
# A coloured PNG of 16 bits is opened as RGB, each sample reduced to its upper eight bits. A grey
# one keeps its numbers (mode I;16), and convert("L") or convert("RGB") cuts off what is above 255
# in place of scaling: of a ramp from black to white 255 parts of 256 are white. No warning.
#
# Pillow 13.0.0: its manual, "Concepts", lists I;16 among the modes with limited support.
. "$(dirname "$0")/shared.bash"
install pillow==13.0.0 numpy==2.4.6

observe python - <<'PYTHON'
import io
import struct
import zlib

import numpy as np
from PIL import Image

GREY, COLOUR = 0, 2


def png(kind, samples):
    """A PNG of one row: 16 bits a sample, big-endian."""

    def chunk(name, data):
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    header = struct.pack(">IIBBBBB", 256, 1, 16, kind, 0, 0, 0)
    pixels = zlib.compress(b"\0" + samples.astype(">u2").tobytes())
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    )


ramp = np.arange(256) * 257  # from black to white
for name, kind, samples in (("grey", GREY, ramp), ("colour", COLOUR, np.repeat(ramp, 3))):
    image = Image.open(io.BytesIO(png(kind, samples)))
    pixels = np.asarray(image.convert("RGB"))[0, :, 0]
    print(f"{name}: mode {image.mode}, of 256 converted pixels {(pixels == 255).sum()} are white,")
    print(f"    the middle of the ramp is {pixels[128]}")
PYTHON
expect <<'END'
grey: mode I;16, of 256 converted pixels 255 are white,
    the middle of the ramp is 255
colour: mode RGB, of 256 converted pixels 1 are white,
    the middle of the ramp is 128
END
