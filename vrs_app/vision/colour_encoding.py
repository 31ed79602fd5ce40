"""Converting RGB pictures to sRGB by the primaries and transfer function that a file names.

PNG (cICP, gAMA and cHRM), AVIF and HEIC (nclx) name them without a profile: ITU-T H.273.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .cielab import SRGB_TO_XYZ
from .containers import CodePoints, Structure
from .conversion import changes_colours
from .transfer_functions import (
    HDR,
    Floats,
    TransferFunction,
    linear_light,
    srgb_light,
    srgb_values,
    tone_mapped,
)

C, D65, DCI, EQUAL = (0.310, 0.316), (0.3127, 0.3290), (0.314, 0.351), (1 / 3, 1 / 3)
"""x and y of white: of former lamps, of daylight, of cinemas, and of equal energy."""

PRIMARIES = {
    1: (*D65, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060),  # BT.709 and sRGB
    4: (*C, 0.670, 0.330, 0.210, 0.710, 0.140, 0.080),  # BT.470 M
    5: (*D65, 0.640, 0.330, 0.290, 0.600, 0.150, 0.060),  # BT.601, 625 lines
    6: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),  # BT.601, 525 lines
    7: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),  # SMPTE 240M
    8: (*C, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049),  # film
    9: (*D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),  # BT.2020 and BT.2100
    10: (*EQUAL, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0),  # SMPTE ST 428-1, CIE XYZ
    11: (*DCI, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),  # DCI-P3
    12: (*D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),  # Display P3
    22: (*D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),  # EBU Tech 3213
}
"""x and y of white, red, green and blue, by their code points."""


DISPLAY_GAMMA = 2.2
"""Of the display that a PNG's gAMA without chromaticities is meant for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EncodingConversion:
    """Converts RGB pictures to sRGB: to linear light, to sRGB's primaries, tone-mapped, back.

    `linear` is light of each value 0 to 255, 1 for white; `matrix` takes it to sRGB's primaries.
    """

    linear: Floats
    matrix: Floats
    is_hdr: bool = False
    mode: str = "RGB"

    def apply(self, image: Image.Image) -> Image.Image:
        """`image`, RGB, as RGB in sRGB."""
        light = self.linear[np.asarray(image, dtype=np.uint8)] @ self.matrix.T
        if self.is_hdr:
            light = tone_mapped(light)
        return Image.fromarray(srgb_values(light))


def is_known(points: CodePoints | None) -> bool:
    """Whether they name colours; unspecified and reserved ones count as none, as in browsers."""
    known = set(TransferFunction)
    return points is not None and points.primaries in PRIMARIES and points.transfer in known


def conversion_of(structure: Structure) -> EncodingConversion | None:
    """The conversion by what the file names; None where it names nothing, or sRGB."""
    return _conversion(structure.code_points, structure.gamma, structure.chromaticities)


@lru_cache(maxsize=32)
def _conversion(
    code_points: CodePoints | None, gamma: float | None, chromaticities: tuple[float, ...] | None
) -> EncodingConversion | None:
    built = (
        _by_code_points(code_points)
        if code_points is not None and is_known(code_points)
        else _by_gamma(gamma, chromaticities)
    )
    return built if built is not None and changes_colours(built) else None


def _by_code_points(points: CodePoints) -> EncodingConversion:
    return EncodingConversion(
        linear=linear_light(points.transfer),
        matrix=_to_srgb(PRIMARIES[points.primaries]),
        is_hdr=points.transfer in HDR,
    )


def _by_gamma(
    gamma: float | None, chromaticities: tuple[float, ...] | None
) -> EncodingConversion | None:
    """By a PNG's gAMA, the exponent that encoded it, and its cHRM."""
    if gamma is None:
        return None
    values = np.arange(256) / 255
    if chromaticities is None:  # from one display's gamma to that of another
        return EncodingConversion(
            linear=srgb_light(values ** (1 / (gamma * DISPLAY_GAMMA))),
            matrix=np.eye(3, dtype="f"),
        )
    linear = (values ** (1 / gamma)).astype(np.float32)
    return EncodingConversion(linear=linear, matrix=_to_srgb(chromaticities))


def _to_srgb(chromaticities: Sequence[float]) -> Floats:
    """The matrix from linear light of these white, red, green and blue to that of sRGB."""
    white, red, green, blue = zip(chromaticities[::2], chromaticities[1::2], strict=True)
    columns = np.array([_xyz(*red), _xyz(*green), _xyz(*blue)]).T
    to_xyz = columns * np.linalg.solve(columns, _xyz(*white))
    adapted = _adapted(_xyz(*white)) @ to_xyz
    return np.linalg.solve(SRGB_TO_XYZ, adapted).astype(np.float32)


def _xyz(x: float, y: float) -> NDArray[np.float64]:
    """Any amount of that colour; its luminance is 1 unless it has none."""
    return np.array([x, y, 1 - x - y]) / (y or 1.0)


def _adapted(white: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chromatic adaptation from `white` to D65 (Bradford; Lam, 1985)."""
    cones = np.array(
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    )
    ratio = (cones @ SRGB_TO_XYZ.sum(axis=1)) / (cones @ white)
    return np.asarray(np.linalg.solve(cones, ratio[:, None] * cones))
