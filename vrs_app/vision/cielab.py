"""The CIELAB colour space and CIE94 colour differences."""

import numpy as np
from numpy.typing import NDArray

Lab = NDArray[np.float32]
"""… × 3: lightness 0 to 100, a* from green to red, b* from blue to yellow."""

SRGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""Linear sRGB (IEC 61966-2-1) to CIE XYZ; its white is D65."""

TO_XYZ = SRGB_TO_XYZ.astype(np.float32) / np.array([[0.95047], [1], [1.08883]], dtype=np.float32)

_levels = np.arange(256, dtype=np.float32) / 255
LINEAR = np.where(_levels <= 0.04045, _levels / 12.92, ((_levels + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
"""Linear light, 0 to 1, of each value 0 to 255 of an sRGB channel."""

K_L, K_1, K_2 = 2.0, 0.048, 0.014
"""The parameters of CIE94 for textiles."""


def to_lab(pixels: NDArray[np.uint8]) -> Lab:
    """sRGB pixels (… × 3, 0 to 255) as CIELAB (… × 3), after CIE 15:2004."""
    ratios = LINEAR[pixels] @ TO_XYZ.T
    roots = np.where(ratios > 216 / 24389, np.cbrt(ratios), ratios * (841 / 108) + 4 / 29)
    x, y, z = roots[..., 0], roots[..., 1], roots[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def squared_cie94(colours: Lab, standards: Lab) -> NDArray[np.float32]:
    """Squared CIE94 differences of n `colours` (n × 3) from m `standards` (m × 3): n × m.

    CIE 116-1995 with its parameters for textiles: lightness, which folds and lamps change most,
    counts half; differences between vivid colours count less than between dull ones.
    """
    chroma = np.hypot(standards[:, 1], standards[:, 2])
    difference = colours[:, None, :] - standards[None, :, :]
    saturation = np.hypot(colours[:, 1], colours[:, 2])[:, None] - chroma
    hue = np.maximum(difference[..., 1] ** 2 + difference[..., 2] ** 2 - saturation**2, 0)
    squared = (
        (difference[..., 0] / K_L) ** 2
        + (saturation / (1 + K_1 * chroma)) ** 2
        + hue / (1 + K_2 * chroma) ** 2
    )
    return np.asarray(squared, dtype=np.float32)
