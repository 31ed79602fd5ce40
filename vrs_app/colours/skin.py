"""Skin, where somebody wears the garment."""

import numpy as np
from numpy.typing import NDArray

LOWEST, LEFT, RIGHT = 0.3, 0.35, 0.65
"""Shares of height and width between which a model's face or neck is."""
LEAST = 0.25
"""Share of that part which looks like skin where somebody is in the picture."""

# Chai and Ngan, Face segmentation using skin-color map in videophone applications, IEEE
# Transactions on Circuits and Systems for Video Technology 9 (1999).
BLUE, RED = (77, 127), (133, 173)
"""Chrominance of skin of any tone, in YCbCr."""


def skin(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The pixels that look like skin, height × width; none where no face can be."""
    red, green, blue = (pixels[..., channel].astype(np.float32) for channel in range(3))
    blueness = 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue
    redness = 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue
    found = (blueness > BLUE[0]) & (blueness < BLUE[1]) & (redness > RED[0]) & (redness < RED[1])
    height, width = found.shape
    face = found[: int(height * LOWEST), int(width * LEFT) : int(width * RIGHT)]
    return found if face.mean() >= LEAST else np.zeros_like(found)
