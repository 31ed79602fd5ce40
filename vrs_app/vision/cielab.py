"""CIELAB: numbers in which a distance is as large as it looks."""

import numpy as np
from numpy.typing import NDArray

Lab = NDArray[np.float32]
"""… × 3: lightness 0 to 100, green to red, blue to yellow."""

# sRGB (IEC 61966-2-1) to CIE XYZ over the white point D65.
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ],
    dtype=np.float32,
) / np.array([[0.95047], [1.0], [1.08883]], dtype=np.float32)

_levels = np.arange(256, dtype=np.float32) / 255
LINEAR = np.where(_levels <= 0.04045, _levels / 12.92, ((_levels + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
"""How much light each value of an sRGB channel stands for."""

LIGHTNESS = 2.0
CHROMA, HUE = 0.048, 0.014
"""The constants of CIE94 for textiles."""


def to_lab(pixels: NDArray[np.uint8]) -> Lab:
    """sRGB (… × 3, 0 to 255) in CIELAB (CIE 15:2004)."""
    ratios = LINEAR[pixels] @ TO_XYZ.T
    bent = np.where(ratios > 216 / 24389, np.cbrt(ratios), ratios * (841 / 108) + 4 / 29)
    x, y, z = bent[..., 0], bent[..., 1], bent[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def distances(colours: Lab, standards: Lab) -> NDArray[np.float32]:
    """Squared CIE94 differences of n colours from m standards, n × m.

    CIE 116-1995, with its constants for textiles: lightness, which folds and lamps change
    most, counts half; differences among vivid colours count less.
    """
    chroma = np.hypot(standards[:, 1], standards[:, 2])
    difference = colours[:, None, :] - standards[None, :, :]
    saturation = np.hypot(colours[:, 1], colours[:, 2])[:, None] - chroma
    hue = np.maximum(difference[..., 1] ** 2 + difference[..., 2] ** 2 - saturation**2, 0)
    squared = (
        (difference[..., 0] / LIGHTNESS) ** 2
        + (saturation / (1 + CHROMA * chroma)) ** 2
        + hue / (1 + HUE * chroma) ** 2
    )
    return np.asarray(squared, dtype=np.float32)
