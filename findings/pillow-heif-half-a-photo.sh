#!/usr/bin/env bash
# Half an iPhone's photo is read without an error, and its lower half is green.
#
# An iPhone stores its photos in tiles of 512 pixels, some 48 of them. libheif passes over a tile
# that is not there, or that cannot be decoded, unless it is asked to be strict, which pillow-heif
# does not ask: what the tile would have covered keeps the zeros of new memory, and zeros are
# green in YCbCr. The same picture in one piece raises an error, so a test with a file that was
# made by `save()` finds nothing wrong.
#
# libheif: heif_decoding_options.strict_decoding in libheif/api/libheif/heif_decoding.h.
. "$(dirname "$0")/shared.bash"
install pillow==13.0.0 pillow-heif==1.8.1

observe python - <<'PYTHON'
import io

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
picture = Image.effect_noise((1024, 1024), 60).convert("RGB")

for name, tile_size in (("in one piece", 0), ("in tiles", 512)):
    file = io.BytesIO()
    picture.save(file, "HEIF", tile_size=tile_size)
    half = Image.open(io.BytesIO(file.getvalue()[: len(file.getvalue()) // 2]))
    try:
        half.load()
    except Exception as error:
        print(f"{name}: {type(error).__name__}")
    else:
        print(f"{name}: read, {half.size}, its last pixel is {half.getpixel((1023, 1023))}")
PYTHON
expect <<'END'
in one piece: ValueError
in tiles: read, (1024, 1024), its last pixel is (0, 136, 0)
END
