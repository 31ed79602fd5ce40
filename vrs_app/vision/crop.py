"""Crop boxes, as fractions of the upright picture."""

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; 0 to 1."""

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)

TOLERANCE = 1e-6
"""How far a fraction may lie outside 0 to 1, by the rounding errors of browsers."""

LEAST_SIDE = 16
"""The smallest side of a box in pixels; fewer show no garment."""

# By EXIF orientation: a point of the upright picture → the same point of the stored picture.
TO_STORED: dict[Any, Callable[[float, float], tuple[float, float]]] = {
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (y, 1 - x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (1 - y, x),
}

WAY_OUT = (
    "Write left, top, right and bottom as fractions of the upright picture, each from 0 to 1, "
    "left less than right and top less than bottom."
)


def checked(box: Sequence[float] | None) -> Box:
    """`box` validated and clipped to 0 to 1; WHOLE for None. Raises ValueError naming `box`."""
    if box is None:
        return WHOLE
    if not _is_four_numbers(box):
        raise ValueError(f"box is {box!r}. {WAY_OUT}")
    left, top, right, bottom = (float(number) for number in box)
    if not (left < right and top < bottom and _is_inside(left, top, right, bottom)):
        raise ValueError(f"box is {box!r}. {WAY_OUT}")
    return max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0)


def require_size(box: Box, width: int, height: int) -> None:
    """Raise ValueError if `box` is smaller than LEAST_SIDE in a picture of width × height."""
    sides = (box[2] - box[0]) * width, (box[3] - box[1]) * height
    if box != WHOLE and min(sides) < LEAST_SIDE:
        across, down = (math.floor(side) for side in sides)
        raise ValueError(
            f"box holds {across} × {down} pixels of the picture; {LEAST_SIDE} × {LEAST_SIDE} "
            "are needed. Draw it larger."
        )


def as_stored(box: Box, orientation: Any) -> Box:
    """`box`, of the upright picture, in the stored picture of this EXIF orientation."""
    if orientation not in TO_STORED:
        return box
    left, top = TO_STORED[orientation](box[0], box[1])
    right, bottom = TO_STORED[orientation](box[2], box[3])
    return min(left, right), min(top, bottom), max(left, right), max(top, bottom)


def in_pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """`box` in pixels of a picture of width × height, at least one pixel each way."""
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
    return all(-TOLERANCE <= fraction <= 1 + TOLERANCE for fraction in fractions)
