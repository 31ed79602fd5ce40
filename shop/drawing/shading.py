"""Light on cloth: a height map of edges, folds and drapery, lit from the upper left."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from .geometry import ribbon
from .panels import Drape, Fold, Panel
from .viewport import Field, Patch

LIGHT = (0.55, 0.75)
STRENGTH = 0.62
_LEVEL = np.zeros((1, 1), dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class Relief:
    """How bright each pixel is (1 = the cloth's own colour) and how the surface tilts."""

    light: Field
    tilt_x: Field
    tilt_y: Field


def _resize(field: Field, size: tuple[int, int]) -> Field:
    resized = Image.fromarray(field).resize(size, Image.Resampling.BILINEAR)
    return np.asarray(resized, dtype=np.float32)


def _box(field: Field, radius: int, axis: int) -> Field:
    pads = [(0, 0), (0, 0)]
    pads[axis] = (radius + 1, radius)
    total = np.cumsum(np.pad(field, pads, mode="edge"), axis=axis, dtype=np.float32)
    width = 2 * radius + 1
    if axis == 0:
        return (total[width:] - total[:-width]) / np.float32(width)
    return (total[:, width:] - total[:, :-width]) / np.float32(width)


def blur(field: Field, sigma: float) -> Field:
    """Nearly a Gaussian blur: two box filters each way; cloth goes on beyond the picture."""
    radius = max(round(sigma * 1.2), 1)
    for axis in (0, 1, 0, 1):
        field = _box(field, radius, axis)
    return field


def _taper(fold: Fold) -> tuple[tuple[float, float], ...]:
    middle = len(fold.path) // 2
    first = ribbon(fold.path[: middle + 1], 0.0, fold.width)
    second = ribbon(fold.path[middle:], fold.width, 0.0)
    half = len(first) // 2
    rest = len(second) // 2
    return first[:half] + second[:rest] + second[rest:] + first[half:]


def _ridges(folds: tuple[Fold, ...], patch: Patch, size: tuple[int, int], zoom: float) -> Field:
    total = np.zeros((size[1], size[0]), dtype=np.float32)
    for soft, pick in ((0.45, False), (0.45, True)):
        chosen = [fold for fold in folds if (fold.width > 14) == pick]
        if not chosen:
            continue
        layer = Image.new("F", size)
        pen = ImageDraw.Draw(layer)
        for fold in chosen:
            pen.polygon(patch.points(_taper(fold), zoom), fill=fold.depth * fold.width)
        width = sum(fold.width for fold in chosen) / len(chosen)
        sigma = soft * width * patch.view.scale * zoom
        total += blur(np.asarray(layer, dtype=np.float32), sigma)
    return total


def _flutes(drape: Drape, x: Field, y: Field) -> Field:
    reach = drape.bottom - drape.apex[1]
    along = (x - drape.apex[0]) / np.maximum(y - drape.apex[1], 1) * reach
    turns = along * (2 * np.pi / drape.wavelength) + drape.phase
    if drape.pleated:
        saw = turns / (2 * np.pi)
        wave = np.float32(2.6) * (saw - np.floor(saw)) ** 3
    else:
        wave = np.sin(turns + 0.9 * np.sin(turns * 0.37 + drape.phase * 2.1))
    ramp = np.clip((y - drape.top) / (drape.bottom - drape.top), 0, 1)
    height = wave * ramp * (drape.slope * drape.wavelength / (2 * np.pi))
    return np.asarray(height, dtype=np.float32)


def _height(panel: Panel, patch: Patch, rounded: Field, zoom: float) -> Field:
    size = rounded.shape[1], rounded.shape[0]
    height: Field = rounded * np.float32(panel.relief * panel.puff)
    if panel.folds:
        height = height + _ridges(panel.folds, patch, size, zoom)
    if panel.drape:
        x, y = patch.units()
        columns = np.linspace(x[0, 0], x[0, -1], size[0], dtype=np.float32)[None, :]
        rows = np.linspace(y[0, 0], y[-1, 0], size[1], dtype=np.float32)[:, None]
        height = height + _flutes(panel.drape, columns, rows)
    return height


def _body(panel: Panel, patch: Patch, mask: Field, zoom: float) -> Field:
    """The mask with the neighbours that swell together with the panel."""
    if not panel.joined:
        return mask
    layer = Image.new("L", (mask.shape[1], mask.shape[0]))
    pen = ImageDraw.Draw(layer)
    for path in panel.joined:
        pen.polygon(patch.points(path, zoom), fill=255)
    swollen = np.asarray(layer, dtype=np.float32) / np.float32(255)
    return np.asarray(np.maximum(mask, swollen), dtype=np.float32)


def _light(tilt_x: Field, tilt_y: Field, rounded: Field, tone: float) -> Field:
    """What faces the lamp is brighter; edges, where cloth turns away, are a little darker."""
    facing = LIGHT[0] * tilt_x + LIGHT[1] * tilt_y
    light = 1 + STRENGTH * facing / np.sqrt(1 + 0.6 * facing * facing)
    hollow = np.clip(rounded * 2 - 1, 0, 1)
    return np.asarray(np.clip(light * (0.88 + 0.12 * hollow) * tone, 0.3, 1.5), np.float32)


def relief(panel: Panel, patch: Patch, cover: Field, tilted: bool) -> Relief:
    """Shade one panel whose mask is `cover`; worked out coarsely, since light is smooth."""
    extent = max(patch.size)
    step = 1 if extent < 70 else 2 if extent < 200 else 3
    size = max(patch.size[0] // step, 2), max(patch.size[1] // step, 2)
    zoom = 1 / step
    mask = _body(panel, patch, _resize(cover, size) if step > 1 else cover, zoom)
    sigma = max(panel.puff * patch.view.scale * zoom / 2, 0.8)
    rounded = np.clip(blur(mask, sigma), 0, 1)
    height = _height(panel, patch, rounded, zoom)
    pixel = np.float32(step / patch.view.scale)
    tilt_y, tilt_x = (np.asarray(slope / pixel, np.float32) for slope in np.gradient(height))
    light = _resize(_light(tilt_x, tilt_y, rounded, panel.tone), patch.size)
    if not tilted:
        return Relief(light=light, tilt_x=_LEVEL, tilt_y=_LEVEL)
    return Relief(
        light=light, tilt_x=_resize(tilt_x, patch.size), tilt_y=_resize(tilt_y, patch.size)
    )
