"""The colours that Chromium shows of picture files, and how far others are from them."""

from base64 import b64encode
from collections.abc import Sequence

import numpy as np
from playwright.sync_api import Browser

from vrs_app.vision.cielab import to_lab

Colour = tuple[int, int, int]
"""Red, green and blue in sRGB, 0 to 255."""

# The middle of each picture, drawn on white into a canvas, which is sRGB.
SCRIPT = """async addresses => {
    const colours = [];
    for (const address of addresses) {
        const picture = new Image();
        picture.src = address;
        await picture.decode();
        const canvas = document.createElement("canvas");
        canvas.width = picture.naturalWidth;
        canvas.height = picture.naturalHeight;
        const context = canvas.getContext("2d");
        context.fillStyle = "white";
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.drawImage(picture, 0, 0);
        const [x, y] = [canvas.width >> 1, canvas.height >> 1];
        colours.push([...context.getImageData(x, y, 1, 1).data].slice(0, 3));
    }
    return colours;
}"""


def colours_in_chromium(browser: Browser, files: Sequence[bytes]) -> list[Colour]:
    """Red, green and blue in the middle of each picture, on white, as sRGB."""
    page = browser.new_page()
    try:
        # Chromium finds the format out by the bytes.
        urls = [f"data:image/png;base64,{b64encode(file).decode()}" for file in files]
        return [(red, green, blue) for red, green, blue in page.evaluate(SCRIPT, urls)]
    finally:
        page.close()


def difference(one: Colour, other: Colour) -> float:
    """The ΔE (CIE76) of two colours; below 3 cloth looks the same."""
    first, second = to_lab(np.array([one, other], dtype=np.uint8))
    return float(np.linalg.norm(first - second))
