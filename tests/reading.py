"""The ways in which this shop reads a file that somebody uploaded, and Pillow alone.

Each passes over a bad file.
"""

from contextlib import suppress
from io import BytesIO
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from shop.media.thumbnails import WIDTHS
from shop.media.uploads import PictureField
from vrs_app import vision
from vrs_app.exceptions import PictureError
from vrs_app.photos.preprocess import prepare
from vrs_app.vision.crop import WHOLE

BOXES = (WHOLE, (0.1, 0.1, 0.95, 0.9), (0.5, 0.5, 0.6, 0.6))


def as_a_worker(path: str) -> None:
    with suppress(PictureError):
        vision.load(Path(path).read_bytes(), 128)


def as_photo_search(path: str) -> None:
    for box in BOXES:
        with Path(path).open("rb") as file, suppress(PictureError, ValueError):
            prepare(file, box)


def as_the_admin(path: str) -> None:
    with suppress(ValidationError):
        PictureField().clean(SimpleUploadedFile("x.jpg", Path(path).read_bytes()))


def as_a_thumbnail(path: str) -> None:
    for width in (min(WIDTHS), max(WIDTHS)):
        with Path(path).open("rb") as file, suppress(PictureError):
            vision.open_upright(file, within=(width, 3 * width))


def by_pillow_alone(path: str) -> None:
    """With Pillow's own limits, and no check of ours before."""
    try:
        with Image.open(BytesIO(Path(path).read_bytes())) as image:
            image.load()
            image.convert("RGB")
    except MemoryError:  # the limit of the measuring process, and no refusal of Pillow's
        raise
    except Exception:
        return
