"""Photos that are not in the shop, made in memory."""

from io import BytesIO

from PIL import Image

from tests.pictures import jpeg
from tests.shapes import shape


def street(size: tuple[int, int] = (900, 1200)) -> bytes:
    """A photo with two garments: a disc in its upper half, stripes in its lower one."""
    width, height = size
    photo = Image.new("RGB", size, (250, 248, 245))
    side = min(width, height // 2)
    for kind, top in (("disc", 0), ("stripes", height // 2)):
        garment = Image.open(BytesIO(shape(kind, seed=77))).resize((side, side))
        photo.paste(garment, ((width - side) // 2, top))
    return jpeg(photo)


def lying(photo: bytes) -> bytes:
    """The same photo as a phone writes it that was held upright: turned, and EXIF says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return jpeg(Image.open(BytesIO(photo)).transpose(Image.Transpose.ROTATE_90), exif=exif)
