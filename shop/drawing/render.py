"""Paint a sketch in a cloth: panel after panel, from the bottom to the top."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from .backdrop import shadow, wall
from .lettering import number_masks
from .palette import Colour, brightness
from .panels import Panel, Sketch, Stroke
from .patterns import Cloth, paint
from .shading import Relief, blur, relief
from .viewport import Field, Patch, Viewport, fill, lines, patch_of
from .weave import grain, ribs, structure

COOL = np.asarray((1.05, 1.0, 0.95), dtype=np.float32)[:, None, None]  # shadows lean towards blue
WARP = 9.0  # units that a pattern is carried along by a slope of one


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What all panels of a picture share."""

    cloth: Cloth
    view: Viewport
    number: str = ""
    tint: int = 0


def _flat(colour: Colour) -> Field:
    return np.asarray(colour, dtype=np.float32)[:, None, None]


def _figured(panel: Panel, scene: Scene) -> bool:
    """Whether there is a pattern that folds would carry along."""
    plain = panel.tint is not None or not panel.patterned
    return not plain and scene.cloth.pattern not in ("plain", "number")


def _cloth_coordinates(panel: Panel, patch: Patch, shape: Relief) -> tuple[Field, Field]:
    x, y = patch.units()
    u, v = x + WARP * shape.tilt_x, y + WARP * shape.tilt_y
    if not panel.grain:
        return u, v
    points = np.asarray(panel.outline, dtype=np.float32)
    middle_x, middle_y = points.mean(axis=0)
    angle = np.radians(panel.grain)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    across, down = u - middle_x, v - middle_y
    return across * c + down * s, down * c - across * s + middle_y


def _stuff(panel: Panel, scene: Scene, u: Field, v: Field) -> Field:
    """The panel's own colour before any light falls on it."""
    cloth = scene.cloth
    if panel.tint is not None:
        return _flat(panel.tint)
    if not panel.patterned:
        return _flat(cloth.ground)
    return paint(cloth, u, v, 1 / scene.view.scale)


def _texture(panel: Panel, scene: Scene, patch: Patch, u: Field, v: Field) -> Field:
    if panel.tint is not None and panel.gloss:
        return np.ones((1, 1), dtype=np.float32)
    noise = grain(scene.cloth.fabric, scene.view.scale)
    texture = noise[patch.top : patch.bottom, patch.left : patch.right]
    if panel.rib:
        return texture * ribs(u, panel.rib)
    regular = structure(scene.cloth.fabric, u, v) if panel.tint is None else None
    return texture if regular is None else texture * regular


def _press(colour: Field, mask: Field) -> Field:
    """A seam: dark along the line, bright just below and to the right of it."""
    bright = np.zeros_like(mask)
    bright[2:, 1:] = mask[:-2, :-1]
    return colour * (1 - 0.9 * mask + 0.22 * bright * (1 - mask))


def _strokes(panel: Panel, patch: Patch, colour: Field, light: Field) -> Field:
    groups: dict[Colour | None, list[Stroke]] = {}
    for stroke in panel.strokes:
        groups.setdefault(stroke.ink, []).append(stroke)
    for ink, strokes in groups.items():
        mask = lines(strokes, patch)
        if ink is None:
            colour = _press(colour, mask)
        else:
            colour = colour + mask * (_flat(ink) * light - colour)
    return colour


def _printed(panel: Panel, scene: Scene, patch: Patch, colour: Field) -> Field:
    if panel.number is None or not scene.number:
        return colour
    outline, digits = number_masks(scene.number, panel.number, patch)
    figure = _flat(scene.cloth.figure)
    dark = brightness(scene.cloth.figure) < 0.45
    rim = _flat((236, 234, 228) if dark else (44, 46, 60))
    colour = colour + 0.9 * outline * (rim - colour)
    return colour + 0.96 * digits * (figure - colour)


def _lit(colour: Field, light: Field, gloss: float) -> Field:
    missing = np.minimum(light - 1, 0)
    bright = np.maximum(light - 1, 0)
    sheen = np.float32(62 + 260 * gloss)
    base = 1 + np.float32(0.35) * bright
    return np.asarray(colour * (base + missing * COOL) + bright * sheen, dtype=np.float32)


def _cast(canvas: Field, panel: Panel, view: Viewport) -> None:
    """Darken what lies under the panel's edge."""
    reach = 7 * view.scale
    patch = patch_of(panel.outline, view, margin=round(reach * 2))
    if patch.empty:
        return
    step = 4 if min(patch.size) > 160 else 2
    size = max(patch.size[0] // step, 1), max(patch.size[1] // step, 1)
    small = Image.new("L", size)
    ImageDraw.Draw(small).polygon(patch.points(panel.outline, 1 / step), fill=255)
    mask = np.asarray(small, dtype=np.float32) * np.float32(panel.lift / 255)
    soft = blur(mask, reach / 2 / step)
    down, across = max(round(reach / 2 / step), 1), max(round(reach / 4 / step), 1)
    moved = np.pad(soft, ((down, 0), (across, 0)), mode="edge")[:-down, :-across]
    full = Image.fromarray(np.ascontiguousarray(moved)).resize(
        patch.size, Image.Resampling.BILINEAR
    )
    dark = 1 - np.asarray(full, dtype=np.float32)
    canvas[:, patch.top : patch.bottom, patch.left : patch.right] *= dark


def _lay(canvas: Field, panel: Panel, scene: Scene) -> None:
    patch = patch_of(panel.outline, scene.view)
    if patch.empty:
        return
    if panel.lift:
        _cast(canvas, panel, scene.view)
    cover = fill(panel.outline, patch)
    shape = relief(panel, patch, cover, tilted=_figured(panel, scene))
    u, v = _cloth_coordinates(panel, patch, shape)
    light = shape.light * _texture(panel, scene, patch, u, v)
    colour = _printed(panel, scene, patch, _stuff(panel, scene, u, v))
    colour = _lit(colour, light, panel.gloss)
    if panel.strokes:
        colour = _strokes(panel, patch, colour, shape.light)
    under = canvas[:, patch.top : patch.bottom, patch.left : patch.right]
    under += cover * (colour - under)


def render(sketch: Sketch, scene: Scene) -> Image.Image:
    """The finished picture, RGB."""
    canvas = wall(scene.tint, sketch.standing) * shadow(sketch, scene.view)
    for panel in sketch.panels:
        _lay(canvas, panel, scene)
    np.clip(canvas, 0, 255, out=canvas)
    canvas += np.float32(0.5)
    red, green, blue = (Image.fromarray(plane) for plane in canvas.astype(np.uint8))
    return Image.merge("RGB", (red, green, blue))
