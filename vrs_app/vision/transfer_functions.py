"""Transfer functions: from the values of a file to linear light, and back to values of sRGB.

Code points are those of ITU-T H.273.
"""

from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class TransferFunction(IntEnum):
    """Code points of transfer functions."""

    BT709 = 1
    GAMMA_22 = 4
    GAMMA_28 = 5
    BT601 = 6
    SMPTE_240M = 7
    LINEAR = 8
    XVYCC = 11
    SRGB = 13
    BT2020_10 = 14
    BT2020_12 = 15
    PQ = 16
    CINEMA = 17
    HLG = 18


VIDEO = (
    TransferFunction.BT709,
    TransferFunction.BT601,
    TransferFunction.XVYCC,
    TransferFunction.BT2020_10,
    TransferFunction.BT2020_12,
)
"""Shown by the curve of the displays that video is graded on: ITU-R BT.1886."""

HDR = (TransferFunction.PQ, TransferFunction.HLG)

REFERENCE_WHITE, PEAK = 203.0, 1000.0
"""Nits of white in HDR (ITU-R BT.2408), and the nits that tone mapping makes white."""

ENCODED_STEPS = 4096


def linear_light(transfer: int) -> Floats:
    """Light of each value 0 to 255, relative to white; of HDR, to its reference white."""
    values = np.arange(256) / 255
    match transfer:
        case _ if transfer in VIDEO:
            return np.asarray(values**2.4, dtype=np.float32)
        case TransferFunction.GAMMA_22:
            return np.asarray(values**2.2, dtype=np.float32)
        case TransferFunction.GAMMA_28:
            return np.asarray(values**2.8, dtype=np.float32)
        case TransferFunction.SMPTE_240M:
            power = ((values + 0.1115) / 1.1115) ** (1 / 0.45)
            return np.where(values < 0.0913, values / 4, power).astype(np.float32)
        case TransferFunction.CINEMA:
            return np.asarray(values**2.6 * (52.37 / 48), dtype=np.float32)
        case TransferFunction.LINEAR:
            return np.asarray(values, dtype=np.float32)
        case TransferFunction.PQ:
            return _pq_light(values)
        case TransferFunction.HLG:
            return _hlg_light(values)
    return srgb_light(values)


def srgb_light(values: NDArray[np.floating]) -> Floats:
    """IEC 61966-2-1, for values 0 to 1."""
    power = ((values + 0.055) / 1.055) ** 2.4
    return np.where(values <= 0.04045, values / 12.92, power).astype(np.float32)


def _pq_light(values: NDArray[np.floating]) -> Floats:
    """SMPTE ST 2084: up to 10,000 nits."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = values ** (1 / m2)
    nits = 10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    return np.asarray(nits / REFERENCE_WHITE, dtype=np.float32)


def _hlg_light(values: NDArray[np.floating]) -> Floats:
    """Hybrid log-gamma (ITU-R BT.2100) on a display of PEAK nits, system gamma 1.2 a channel."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)
    return np.asarray(PEAK * scene**1.2 / REFERENCE_WHITE, dtype=np.float32)


def tone_mapped(light: Floats) -> Floats:
    """Light above white brought down to it: Reinhard et al., SIGGRAPH 2002, equation 4.

    Applied to the largest of red, green and blue, so that hues stay; PEAK nits become white.
    """
    largest = np.maximum(light.max(axis=-1, keepdims=True), 0)
    most = PEAK / REFERENCE_WHITE
    return np.asarray(light * (1 + largest / most**2) / (1 + largest), dtype=np.float32)


def srgb_values(light: Floats) -> NDArray[np.uint8]:
    """Values 0 to 255 in sRGB of linear light; what is darker than 0 or lighter than 1 is cut."""
    steps = np.clip(light, 0, 1)
    steps *= ENCODED_STEPS - 1  # in place: a tile of floats takes three megabytes
    steps += 0.5
    return _values_of_steps()[steps.astype(np.uint16)]


@lru_cache(maxsize=1)
def _values_of_steps() -> NDArray[np.uint8]:
    """The value 0 to 255 in sRGB of linear light in ENCODED_STEPS steps."""
    light = np.linspace(0, 1, ENCODED_STEPS)
    power = 1.055 * light ** (1 / 2.4) - 0.055
    values = 255 * np.where(light <= 0.0031308, 12.92 * light, power)
    return np.asarray(np.rint(values), dtype=np.uint8)
