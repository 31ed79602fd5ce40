"""Generated pictures: good ones, all different, and broken ones."""

from collections.abc import Callable, Mapping
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 180, 225
COLOURS = ("red", "blue", "green", "orange", "purple", "black", "brown", "pink")
KINDS = ("disc", "square", "stripes", "triangle")


def good(rng: Random, kind: str = "", colour: str = "") -> bytes:
    """A JPEG of 180 × 225 pixels, of one shape on near white; no two are equal."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (250, 248, 245))
    draw = ImageDraw.Draw(picture)
    left, top = rng.randint(10, 60), rng.randint(10, 80)
    right, bottom = WIDTH - rng.randint(10, 60), HEIGHT - rng.randint(10, 80)
    fill = colour or rng.choice(COLOURS)
    match kind or rng.choice(KINDS):
        case "disc":
            draw.ellipse((left, top, right, bottom), fill=fill)
        case "square":
            draw.rectangle((left, top, right, bottom), fill=fill)
        case "stripes":
            for x in range(left, right, 14):
                draw.rectangle((x, top, x + 6, bottom), fill=fill)
        case _:
            draw.polygon([(left, bottom), (right, bottom), (WIDTH // 2, top)], fill=fill)
    # Random specks make every file unique.
    specks = [(rng.randrange(WIDTH), rng.randrange(HEIGHT)) for _ in range(20)]
    draw.point(specks, fill="grey")
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def _cut_short(rng: Random) -> bytes:
    data = good(rng)
    return data[: len(data) // 2]


def _html(rng: Random) -> bytes:
    return f"<html>{rng.random()}</html>".encode()


def _empty(_chance: Random) -> bytes:
    return b""


BROKEN: Mapping[str, Callable[[Random], bytes]] = {
    "damaged": _cut_short,
    "format": _html,
    "empty": _empty,
}
"""How to make a file that fails with the code."""


def broken(rng: Random) -> tuple[str, bytes]:
    """The code by which it must fail, and the bytes of a file that is no picture."""
    code = rng.choice(list(BROKEN))
    return code, BROKEN[code](rng)
