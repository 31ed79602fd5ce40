"""Pictures made in a moment: good ones, each unlike every other, and broken ones."""

from collections.abc import Callable, Mapping
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 180, 225
COLOURS = ("red", "blue", "green", "orange", "purple", "black", "brown", "pink")
KINDS = ("disc", "square", "stripes", "triangle")


def good(chance: Random, kind: str = "", colour: str = "") -> bytes:
    """A JPEG of one shape on near white."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (250, 248, 245))
    draw = ImageDraw.Draw(picture)
    left, top = chance.randint(10, 60), chance.randint(10, 80)
    right, bottom = WIDTH - chance.randint(10, 60), HEIGHT - chance.randint(10, 80)
    fill = colour or chance.choice(COLOURS)
    match kind or chance.choice(KINDS):
        case "disc":
            draw.ellipse((left, top, right, bottom), fill=fill)
        case "square":
            draw.rectangle((left, top, right, bottom), fill=fill)
        case "stripes":
            for x in range(left, right, 14):
                draw.rectangle((x, top, x + 6, bottom), fill=fill)
        case _:
            draw.polygon([(left, bottom), (right, bottom), (WIDTH // 2, top)], fill=fill)
    # What makes it one of its kind, byte by byte.
    specks = [(chance.randrange(WIDTH), chance.randrange(HEIGHT)) for _ in range(20)]
    draw.point(specks, fill="grey")
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def _cut_short(chance: Random) -> bytes:
    whole = good(chance)
    return whole[: len(whole) // 2]


def _a_page(chance: Random) -> bytes:
    return f"<html>{chance.random()}</html>".encode()


def _nothing(_chance: Random) -> bytes:
    return b""


BROKEN: Mapping[str, Callable[[Random], bytes]] = {
    "damaged": _cut_short,
    "format": _a_page,
    "empty": _nothing,
}
"""By the code with which such a picture fails."""


def broken(chance: Random) -> tuple[str, bytes]:
    """The code of its failure, and a file that is no picture."""
    code = chance.choice(list(BROKEN))
    return code, BROKEN[code](chance)
