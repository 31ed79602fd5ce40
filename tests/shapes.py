"""Pictures of simple shapes: look-alikes are those of one shape, whatever the size or seed."""

import random
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = 128


def shape(kind: str = "disc", colour: str = "teal", *, seed: int = 0) -> bytes:
    """A JPEG of one shape on near white, a little different for each `seed`."""
    chance = random.Random(f"{kind} {colour} {seed}")
    picture = Image.new("RGB", (SIZE, SIZE), (250, 248, 245))
    draw = ImageDraw.Draw(picture)
    left, top = chance.randint(12, 22), chance.randint(12, 22)
    right, bottom = SIZE - chance.randint(12, 22), SIZE - chance.randint(12, 22)
    match kind:
        case "disc":
            draw.ellipse((left, top, right, bottom), fill=colour)
        case "stripes":
            for x in range(left, right, 16):
                draw.rectangle((x, top, x + 7, bottom), fill=colour)
        case "bars":
            for y in range(top, bottom, 16):
                draw.rectangle((left, y, right, y + 7), fill=colour)
        case "triangle":
            draw.polygon([(left, bottom), (right, bottom), (SIZE // 2, top)], fill=colour)
        case _:
            raise ValueError(kind)
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()
