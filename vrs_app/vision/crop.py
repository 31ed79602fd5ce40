"""A part of a picture, as a shopper draws it: fractions of the upright picture."""

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; 0 to 1."""

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)

ROUNDING = 1e-6
"""So much may a fraction lie outside of the picture: browsers compute them."""

LEAST_SIDE = 16
"""Pixels that a part has at least on each side; fewer show no garment."""

# Where a point of the upright picture lies in the file, by its EXIF orientation.
STORED: dict[Any, Callable[[float, float], tuple[float, float]]] = {
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (y, 1 - x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (1 - y, x),
}


def checked(box: Sequence[float] | None) -> Box:
    """`box` as four fractions, the whole picture for None; raises ValueError naming `box`."""
    if box is None:
        return WHOLE
    if not _is_four_numbers(box):
        raise ValueError(f"box is {box!r}. {WAY_OUT}")
    left, top, right, bottom = (float(number) for number in box)
    if not (left < right and top < bottom and _is_inside(left, top, right, bottom)):
        raise ValueError(f"box is {box!r}. {WAY_OUT}")
    return max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0)


WAY_OUT = (
    "Write left, top, right and bottom as fractions of the upright picture, each from 0 to 1, "
    "left less than right and top less than bottom."
)


def require_size(box: Box, width: int, height: int) -> None:
    """Raises ValueError where `box` holds too few of a picture's width × height pixels."""
    sides = (box[2] - box[0]) * width, (box[3] - box[1]) * height
    if box != WHOLE and min(sides) < LEAST_SIDE:
        across, down = (math.floor(side) for side in sides)
        raise ValueError(
            f"box holds {across} × {down} pixels of the picture; {LEAST_SIDE} × {LEAST_SIDE} "
            "are needed. Draw it larger."
        )


def as_stored(box: Box, orientation: Any) -> Box:
    """Where `box` lies in a file that says its EXIF orientation is this."""
    if orientation not in STORED:
        return box
    left, top = STORED[orientation](box[0], box[1])
    right, bottom = STORED[orientation](box[2], box[3])
    return min(left, right), min(top, bottom), max(left, right), max(top, bottom)


def in_pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """`box` in whole pixels of a picture of this size, at least one each way."""
    left, top = min(round(box[0] * width), width - 1), min(round(box[1] * height), height - 1)
    return left, top, max(round(box[2] * width), left + 1), max(round(box[3] * height), top + 1)


def _is_four_numbers(box: Any) -> bool:
    return (
        isinstance(box, Sequence)
        and len(box) == 4
        and all(isinstance(number, Real) and not isinstance(number, bool) for number in box)
        and all(math.isfinite(number) for number in box)
    )


def _is_inside(*fractions: float) -> bool:
    return all(-ROUNDING <= fraction <= 1 + ROUNDING for fraction in fractions)
