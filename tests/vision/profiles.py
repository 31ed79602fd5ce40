"""ICC profiles, and one-colour pictures that have them, made in memory."""

import struct
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from ..browser_colours import Colour

PINK, BEIGE, TEAL = (233, 164, 180), (205, 181, 146), (22, 122, 126)
COLOURS: Sequence[Colour] = (PINK, BEIGE, TEAL)
"""Colours of cloth, in sRGB, that other inks and primaries show as other ones."""

# Columns: red, green and blue in CIE XYZ over D50, as their makers' profiles have them.
DISPLAY_P3 = (
    (0.51512, 0.24120, -0.00105),
    (0.29198, 0.69225, 0.04189),
    (0.15710, 0.06657, 0.78407),
)
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB_D50 = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
WHITE_D50 = (0.9642, 1.0, 0.8249)

INKS = ((0.0, 0.42, 0.86), (0.84, 0.02, 0.26), (1.0, 0.89, 0.02), (0.017, 0.014, 0.014))
"""Cyan, magenta, yellow and black on white paper: what each lets through of red, green, blue."""
GRID = 9

Floats = NDArray[np.float64]


@lru_cache
def rgb_profile(columns: tuple[tuple[float, ...], ...] = DISPLAY_P3, gamma: float = 0) -> bytes:
    """A profile of three primaries; with sRGB's curve where `gamma` is 0."""
    curve = _gamma(gamma) if gamma else _srgb_curve()
    tags = {
        name: _xyz(column) for name, column in zip(("rXYZ", "gXYZ", "bXYZ"), columns, strict=True)
    }
    return _profile("RGB ", "XYZ ", {**tags, **dict.fromkeys(("rTRC", "gTRC", "bTRC"), curve)})


@lru_cache
def grey_profile(gamma: float) -> bytes:
    return _profile("GRAY", "XYZ ", {"kTRC": _gamma(gamma)})


@lru_cache
def cmyk_profile() -> bytes:
    """Four inks on white paper: a table of CIELAB, lut8Type of ISO 15076-1."""
    steps = np.array(list(product(np.linspace(0, 1, GRID), repeat=4)))
    light = np.array([printed(inks) for inks in steps])
    lab = _lab_d50(light) * [255 / 100, 1, 1] + [0, 128, 128]
    straight = bytes(range(256))
    identity = struct.pack(">9i", *(65536, 0, 0, 0, 65536, 0, 0, 0, 65536))
    table = np.clip(np.rint(lab), 0, 255).astype(np.uint8).tobytes()
    lut = b"mft1\0\0\0\0" + bytes([4, 3, GRID, 0]) + identity + straight * 4 + table + straight * 3
    return _profile("CMYK", "Lab ", {"A2B0": lut}, kind="prtr")


def printed(inks: Floats | Sequence[float]) -> Floats:
    """Linear red, green and blue of paper with four inks, 0 to 1."""
    light = np.ones(3)
    for share, ink in zip(inks, INKS, strict=True):
        light = light * (1 - share * (1 - np.array(ink)))
    return light


def inks_of(colour: Colour) -> tuple[int, int, int, int]:
    """Cyan, magenta and yellow, 0 to 255, that print a colour of sRGB; no black."""
    wanted, inks = _linear(colour), np.zeros(4)
    for _ in range(60):
        for each in range(3):
            rest = np.where(np.arange(4) == each, 0, inks)
            through = wanted[each] / printed(rest)[each]
            inks[each] = np.clip((1 - through) / (1 - INKS[each][each]), 0, 1)
    cyan, magenta, yellow, black = (round(255 * share) for share in inks)
    return cyan, magenta, yellow, black


def as_rgb(colour: Colour, profile: bytes) -> Colour:
    """A colour of sRGB in the values of a profile's RGB."""
    red, green, blue = _converted(colour, profile, "RGB")[0, 0].tolist()
    return red, green, blue


def as_grey(value: int, profile: bytes) -> int:
    """A grey of sRGB in the values of a grey profile."""
    return int(_converted((value, value, value), profile, "L")[0, 0])


def one_colour(
    mode: str, colour: tuple[int, ...] | int, format: str, profile: bytes = b""
) -> bytes:
    """A picture of 32 × 32 pixels of one colour, with a profile."""
    file = BytesIO()
    exact: dict[str, Any] = {}
    if format == "JPEG":
        exact = {"quality": 100, "subsampling": 0}
    elif format == "WEBP":
        exact = {"lossless": True}
    picture = Image.new(mode, (32, 32), colour)
    picture.save(file, format, icc_profile=profile or None, **exact)
    return file.getvalue()


def _converted(colour: Colour, profile: bytes, mode: str) -> NDArray[np.uint8]:
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(BytesIO(profile)), "RGB", mode
    )
    return np.asarray(transform.apply(Image.new("RGB", (1, 1), colour)), dtype=np.uint8)


def _profile(space: str, pcs: str, tags: dict[str, bytes], kind: str = "mntr") -> bytes:
    tags = {"wtpt": _xyz(WHITE_D50), "desc": _description(), "cprt": b"text\0\0\0\0none\0", **tags}
    table, content = b"", b""
    begin = 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += name.encode() + struct.pack(">II", begin + len(content), len(tag))
        content += tag + bytes(-len(tag) % 4)
    body = struct.pack(">I", len(tags)) + table + content
    head = struct.pack(
        ">I4xI4s4s4s", 128 + len(body), 0x02400000, kind.encode(), space.encode(), pcs.encode()
    )
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp"
    head = head.ljust(68, b"\0") + struct.pack(">3i", *(round(each * 65536) for each in WHITE_D50))
    return head.ljust(128, b"\0") + body


def _description() -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78)


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(each * 65536) for each in values))


def _gamma(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def _srgb_curve() -> bytes:
    light = _linear_light(np.arange(1024) / 1023)
    return b"curv\0\0\0\0" + struct.pack(">I1024H", 1024, *(round(65535 * each) for each in light))


def _linear(colour: Colour) -> Floats:
    return _linear_light(np.array(colour) / 255)


def _linear_light(values: Floats) -> Floats:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _lab_d50(light: Floats) -> Floats:
    ratios = light @ np.array(SRGB_D50) / WHITE_D50
    x, y, z = np.where(ratios > 216 / 24389, np.cbrt(ratios), ratios * 841 / 108 + 4 / 29).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
