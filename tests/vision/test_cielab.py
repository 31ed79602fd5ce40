"""Lab, and distances as they look."""

import numpy as np
import pytest

from vrs_app.vision.cielab import squared_cie94, to_lab


@pytest.mark.parametrize(
    ("pixel", "lab"),  # by Lindbloom's calculator, D65
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((128, 128, 128), (53.59, 0, 0)),
    ],
)
def test_srgb_becomes_lab(pixel: tuple[int, ...], lab: tuple[float, ...]) -> None:
    assert to_lab(np.array(pixel, dtype=np.uint8)) == pytest.approx(lab, abs=0.05)


def test_a_shadow_is_nearer_than_another_hue() -> None:
    red, shadow, purple = to_lab(
        np.array([(190, 40, 40), (140, 30, 30), (150, 40, 150)], dtype=np.uint8)
    )
    squared = squared_cie94(np.stack([shadow, purple]), red[None])
    assert squared[0, 0] < squared[1, 0]
