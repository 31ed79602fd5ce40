"""Colours of files that name primaries and a transfer function instead of a profile."""

import numpy as np
import pytest
from PIL import Image

from vrs_app.vision.colour_encoding import conversion_of
from vrs_app.vision.containers import CodePoints, Structure
from vrs_app.vision.transfer_functions import (
    PEAK,
    REFERENCE_WHITE,
    TransferFunction,
    tone_mapped,
)

from ..browser_colours import Colour, difference
from .profiles import ADOBE_RGB, COLOURS, as_rgb, rgb_profile

ADOBE_CHROMATICITIES = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
SRGB_CHROMATICITIES = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)


def named(primaries: int, transfer: int) -> Structure:
    return Structure(length=0, code_points=CodePoints(primaries=primaries, transfer=transfer))


def converted(structure: Structure, colour: Colour) -> Colour:
    conversion = conversion_of(structure)
    image = Image.new("RGB", (1, 1), colour)
    found = conversion.apply(image) if conversion else image
    red, green, blue = np.asarray(found)[0, 0].tolist()
    return red, green, blue


@pytest.mark.parametrize("colour", COLOURS)
def test_display_p3_by_code_points_is_display_p3_by_profile(colour: Colour) -> None:
    assert difference(converted(named(12, 13), as_rgb(colour, rgb_profile())), colour) < 1


@pytest.mark.parametrize("colour", COLOURS)
def test_chromaticities_and_gamma_are_the_profile_of_the_same(colour: Colour) -> None:
    stored = as_rgb(colour, rgb_profile(ADOBE_RGB, 2.2))
    structure = Structure(length=0, gamma=1 / 2.2, chromaticities=ADOBE_CHROMATICITIES)
    assert difference(converted(structure, stored), colour) < 1.5


@pytest.mark.parametrize(
    "structure",
    [
        Structure(length=0),
        named(1, 13),
        named(2, 2),
        Structure(length=0, gamma=0.45455),
    ],
    ids=["nothing", "sRGB", "unspecified", "the usual gamma"],
)
def test_srgb_and_what_names_nothing_change_no_pixel(structure: Structure) -> None:
    assert conversion_of(structure) is None


def test_a_darker_gamma_is_brightened() -> None:
    assert converted(Structure(length=0, gamma=1.0), (64, 64, 64))[0] > 120
    linear = Structure(length=0, gamma=1.0, chromaticities=SRGB_CHROMATICITIES)
    assert converted(linear, (55, 55, 55))[0] == pytest.approx(128, abs=2)


@pytest.mark.parametrize("transfer", [TransferFunction.PQ, TransferFunction.HLG])
def test_hdr_is_tone_mapped_into_what_a_page_can_show(transfer: int) -> None:
    greys = [converted(named(9, transfer), (value,) * 3)[0] for value in range(0, 256, 5)]
    assert greys == sorted(greys)
    assert greys[0] == 0
    assert greys[-1] == 255
    # White of HDR, 203 nits (ITU-R BT.2408), is darker than its lights, and far from black.
    white = {TransferFunction.PQ: 148, TransferFunction.HLG: 191}[TransferFunction(transfer)]
    assert 170 < converted(named(9, transfer), (white,) * 3)[0] < 215


def test_tone_mapping_keeps_hues_and_makes_the_peak_white() -> None:
    light = np.array([[PEAK / REFERENCE_WHITE] * 3, [1.0, 0.5, 0.25]], dtype=np.float32)
    peak, colour = tone_mapped(light)
    assert peak == pytest.approx(1)
    assert colour / colour[0] == pytest.approx([1, 0.5, 0.25])
