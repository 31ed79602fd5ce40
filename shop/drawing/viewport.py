"""From garment units to pixels, and from outlines to soft-edged masks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .geometry import Path, Point, dashes
from .panels import Stroke

Field = NDArray[np.float32]
WIDTH, HEIGHT = 720, 900
SUPERSAMPLE = 3


@dataclass(frozen=True, kw_only=True)
class Viewport:
    """Which point of the garment is in the picture's middle, and how large a unit is."""

    centre: Point = (0.0, 450.0)
    scale: float = 1.0

    def place(self, path: Path) -> NDArray[np.float64]:
        """The path in pixels."""
        points = np.asarray(path, dtype=np.float64)
        return (points - self.centre) * self.scale + (WIDTH / 2, HEIGHT / 2)


def fitted(paths: list[Path], fill_width: float = 590, fill_height: float = 760) -> Viewport:
    """The view that shows all paths in the picture's middle, small things enlarged a little."""
    points = np.concatenate([np.asarray(path, dtype=np.float64) for path in paths])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = min(fill_width / (high[0] - low[0]), fill_height / (high[1] - low[1]), 1.5)
    middle = (low + high) / 2
    return Viewport(centre=(float(middle[0]), float(middle[1])), scale=float(scale))


@dataclass(frozen=True, kw_only=True)
class Patch:
    """The rectangle of the picture that one panel touches."""

    left: int
    top: int
    right: int
    bottom: int
    view: Viewport

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    @property
    def empty(self) -> bool:
        return self.right - self.left < 2 or self.bottom - self.top < 2

    def points(self, path: Path, zoom: float) -> list[tuple[float, float]]:
        """The path in the patch's own pixels, enlarged by `zoom`."""
        placed = (self.view.place(path) - (self.left, self.top)) * zoom
        return [(float(x), float(y)) for x, y in placed]

    def units(self) -> tuple[Field, Field]:
        """Garment coordinates of each pixel: x of shape (1, width), y of shape (height, 1)."""
        across = np.arange(self.left, self.right, dtype=np.float32)[None, :] + 0.5
        down = np.arange(self.top, self.bottom, dtype=np.float32)[:, None] + 0.5
        scale = np.float32(1 / self.view.scale)
        x = (across - WIDTH / 2) * scale + np.float32(self.view.centre[0])
        y = (down - HEIGHT / 2) * scale + np.float32(self.view.centre[1])
        return x.astype(np.float32), y.astype(np.float32)


def patch_of(path: Path, view: Viewport, margin: int = 2) -> Patch:
    """The part of the picture under the path, cut off at the picture's edges."""
    placed = view.place(path)
    left, top = np.floor(placed.min(axis=0)).astype(int) - margin
    right, bottom = np.ceil(placed.max(axis=0)).astype(int) + margin
    return Patch(
        left=max(int(left), 0),
        top=max(int(top), 0),
        right=min(int(right), WIDTH),
        bottom=min(int(bottom), HEIGHT),
        view=view,
    )


def fill(path: Path, patch: Patch) -> Field:
    """How much of each pixel the outline covers, 0 to 1."""
    width, height = patch.size
    large = Image.new("L", (width * SUPERSAMPLE, height * SUPERSAMPLE))
    ImageDraw.Draw(large).polygon(patch.points(path, SUPERSAMPLE), fill=255)
    return np.asarray(large.reduce(SUPERSAMPLE), dtype=np.float32) / np.float32(255)


def lines(strokes: list[Stroke], patch: Patch) -> Field:
    """How strongly each pixel is covered by the strokes, 0 to 1."""
    zoom = 2
    width, height = patch.size
    large = Image.new("L", (width * zoom, height * zoom))
    pen = ImageDraw.Draw(large)
    for stroke in strokes:
        thickness = max(round(stroke.width * patch.view.scale * zoom), 1)
        pieces = dashes(stroke.path, stroke.dash) if stroke.dash else [stroke.path]
        for piece in pieces:
            pen.line(
                patch.points(piece, zoom),
                fill=round(255 * stroke.strength),
                width=thickness,
                joint="curve",
            )
    return np.asarray(large.reduce(zoom), dtype=np.float32) / np.float32(255)
