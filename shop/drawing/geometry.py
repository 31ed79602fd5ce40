"""Outlines in garment units: x from the centre line, y downwards, one unit a pixel."""

from itertools import pairwise
from math import cos, dist, hypot, pi, radians, sin

Point = tuple[float, float]
Path = tuple[Point, ...]


def _tangent(before: Point, after: Point, reach: float) -> Point:
    length = dist(before, after) or 1.0
    return (after[0] - before[0]) / length * reach, (after[1] - before[1]) / length * reach


def _arc(start: Point, end: Point, leaving: Point, arriving: Point, steps: int) -> list[Point]:
    points = []
    for step in range(1, steps + 1):
        t = step / steps
        a, b = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t
        c, d = -2 * t**3 + 3 * t**2, t**3 - t**2
        points.append(
            (
                a * start[0] + b * leaving[0] + c * end[0] + d * arriving[0],
                a * start[1] + b * leaving[1] + c * end[1] + d * arriving[1],
            )
        )
    return points


def _level(end: Point, neighbour: Point) -> Point:
    return (-neighbour[0], neighbour[1]) if end[0] == 0 else end


def spline(*points: Point, steps: int = 10) -> Path:
    """A smooth curve through all points (cardinal spline, tangents by chord length).

    Where it starts or ends on the centre line, it crosses it level, so that its mirror image
    carries on without a corner.
    """
    if len(points) < 3:
        return tuple(points)
    first, final = _level(points[0], points[1]), _level(points[-1], points[-2])
    path = [points[0]]
    last = len(points) - 1
    for index in range(last):
        start, end = points[index], points[index + 1]
        reach = dist(start, end)
        leaving = _tangent(points[index - 1] if index else first, end, reach)
        beyond = points[index + 2] if index + 2 <= last else final
        arriving = _tangent(start, beyond, reach)
        path += _arc(start, end, leaving, arriving, steps)
    return tuple(path)


def join(*paths: Path) -> Path:
    """The paths one after the other, with corners where they meet."""
    return tuple(point for path in paths for point in path)


def mirror(path: Path) -> Path:
    """The path on the other side of the centre line, walked the other way."""
    return tuple((-x, y) for x, y in reversed(path))


def symmetric(*right: Path) -> Path:
    """An outline from its right half, given from the top centre to the bottom centre."""
    half = join(*right)
    return half + mirror(half)


def shift(path: Path, across: float, down: float) -> Path:
    return tuple((x + across, y + down) for x, y in path)


def turn(path: Path, degrees: float, about: Point) -> Path:
    """The path turned clockwise as seen on the picture."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return tuple(
        (
            about[0] + (x - about[0]) * c - (y - about[1]) * s,
            about[1] + (x - about[0]) * s + (y - about[1]) * c,
        )
        for x, y in path
    )


def ellipse(centre: Point, across: float, down: float, points: int = 28) -> Path:
    return tuple(
        (
            centre[0] + across * cos(2 * pi * i / points),
            centre[1] + down * sin(2 * pi * i / points),
        )
        for i in range(points)
    )


def box(left: float, top: float, right: float, bottom: float) -> Path:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _normals(path: Path) -> list[Point]:
    normals = []
    for index in range(len(path)):
        before, after = path[max(index - 1, 0)], path[min(index + 1, len(path) - 1)]
        across, down = after[0] - before[0], after[1] - before[1]
        length = hypot(across, down) or 1.0
        normals.append((-down / length, across / length))
    return normals


def offset(path: Path, distance: float) -> Path:
    """A parallel of the path; positive is to the right hand when walking down the page's left."""
    return tuple(
        (x + nx * distance, y + ny * distance)
        for (x, y), (nx, ny) in zip(path, _normals(path), strict=True)
    )


def ribbon(path: Path, width: float, end_width: float | None = None) -> Path:
    """The outline of a band along the path, of one width or changing evenly to another."""
    final = width if end_width is None else end_width
    count = max(len(path) - 1, 1)
    halves = [(width + (final - width) * i / count) / 2 for i in range(len(path))]
    normals = _normals(path)
    left = [
        (x + nx * h, y + ny * h) for (x, y), (nx, ny), h in zip(path, normals, halves, strict=True)
    ]
    right = [
        (x - nx * h, y - ny * h) for (x, y), (nx, ny), h in zip(path, normals, halves, strict=True)
    ]
    return tuple(left + right[::-1])


def between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def dashes(path: Path, length: float) -> list[Path]:
    """The path cut into stitches of `length` with gaps of two thirds of it."""
    pieces: list[Path] = []
    walked, gap = 0.0, length * 0.66
    piece: list[Point] = [path[0]]
    for start, end in pairwise(path):
        reach = dist(start, end)
        at = 0.0
        while reach - at > 1e-6:
            drawing = walked < length
            room = (length if drawing else length + gap) - walked
            step = min(room, reach - at)
            at, walked = at + step, walked + step
            here = between(start, end, at / reach)
            if drawing:
                piece.append(here)
            if drawing and walked >= length - 1e-6:
                pieces.append(tuple(piece))
            if not drawing and walked >= length + gap - 1e-6:
                walked, piece = 0.0, [here]
    return pieces
