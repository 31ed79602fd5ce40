"""What a PNG's chunks say of its colours, beside an ICC profile (PNG, third edition, 11.3.2)."""

import struct
from collections.abc import Mapping

from .structure import CodePoints

CODE_POINTS, GAMMA, CHROMATICITIES, SRGB = b"cICP", b"gAMA", b"cHRM", b"sRGB"

LENGTHS = {CODE_POINTS: 4, GAMMA: 4, CHROMATICITIES: 32, SRGB: 1}
"""Bytes of each chunk; one of another length is malformed, and ignored."""

UNIT = 100_000
"""What stands for 1 in gAMA and cHRM."""

GAMMAS = 0.01, 10.0
"""The least and the most that an encoder can have meant."""

LEAST_AREA = 0.001
"""Area of the triangle of red, green and blue that spans colours at all; sRGB's is 0.11."""

FULL_RANGE = 1


def code_points(chunks: Mapping[bytes, bytes]) -> CodePoints | None:
    """By cICP; None where it names YCbCr or a narrow range, as browsers apply neither."""
    if CODE_POINTS not in chunks:
        return None
    primaries, transfer, matrix, value_range = chunks[CODE_POINTS]
    if matrix or value_range != FULL_RANGE:
        return None
    return CodePoints(primaries=primaries, transfer=transfer)


def gamma(chunks: Mapping[bytes, bytes]) -> float | None:
    """By gAMA; None where an sRGB chunk says more, or where it or cHRM makes no sense."""
    if SRGB in chunks or GAMMA not in chunks:
        return None
    if CHROMATICITIES in chunks and chromaticities(chunks) is None:
        return None
    (value,) = struct.unpack(">I", chunks[GAMMA])
    least, most = GAMMAS
    return value / UNIT if least <= value / UNIT <= most else None


def chromaticities(chunks: Mapping[bytes, bytes]) -> tuple[float, ...] | None:
    """By cHRM: x and y of white, red, green, blue. None as for `gamma`."""
    if SRGB in chunks or CHROMATICITIES not in chunks:
        return None
    values = struct.unpack(">8I", chunks[CHROMATICITIES])
    points = tuple(value / UNIT for value in values)
    return points if _make_sense(points) else None


def _make_sense(points: tuple[float, ...]) -> bool:
    """Whether white lies within the triangle of red, green and blue, all of them being colours."""
    white, red, green, blue = zip(points[::2], points[1::2], strict=True)
    if any(x <= 0 or y <= 0 or x + y > 1 for x, y in (white, red, green, blue)):
        return False
    whole = _area(red, green, blue)
    parts = _area(white, green, blue), _area(red, white, blue), _area(red, green, white)
    return abs(whole) >= LEAST_AREA and all(part * whole > 0 for part in parts)


def _area(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    """Area of a triangle, negative if its corners stand clockwise."""
    return ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
