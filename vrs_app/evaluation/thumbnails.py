"""Pictures small enough to lie inside a page."""

import base64
from io import BytesIO

from PIL import Image

from .. import files, images
from ..exceptions import VrsError

SIDE = 160
"""Of the longer side, in pixels: some 5 KB a picture."""
QUALITY = 75


def data_uri(name: str) -> str | None:
    """A picture of the storage as a data: URI; None where it cannot be read.

    One picture is in memory at a time, and never more of it than the settings allow.
    """
    try:
        loaded = images.load(files.read(name), SIDE)
    except VrsError:
        return None
    scale = SIDE / max(loaded.width, loaded.height)
    size = (max(1, round(loaded.width * scale)), max(1, round(loaded.height * scale)))
    small = Image.fromarray(loaded.pixels).resize(size, Image.Resampling.BILINEAR)
    written = BytesIO()
    small.save(written, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(written.getvalue()).decode()
