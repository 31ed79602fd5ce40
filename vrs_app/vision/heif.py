"""Reading HEIC, the photos of iPhones, by pillow-heif (libheif), which the extra `heif` installs.

Pillow's own plugin of pillow-heif keeps two copies of the picture; this one is smaller, and
can divide its sides as libjpeg does a JPEG's.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

if TYPE_CHECKING:
    from pillow_heif import HeifImage

FORMAT = "HEIF"
"""Pillow's name of the format, in `VRS["IMAGE_FORMATS"]` too."""

EXTENSIONS = (".heic", ".heif", ".hif")
MIME_TYPE = "image/heic"

BRANDS = b"heic heix heim heis hevc hevx hevm hevs mif1 msf1".split()
"""Brands of files with HEVC pictures; the last two may also hold AV1 ones, which are AVIF."""

REDUCTIONS = (8, 4, 2, 1)

BAND_PIXELS = 500_000
"""Pixels that are copied at a time."""


def is_installed() -> bool:
    return find_spec("pillow_heif") is not None


def accepts(beginning: bytes) -> bool:
    """Whether a file of these first bytes may be a HEIC."""
    return beginning[4:8] == b"ftyp" and beginning[8:12] in BRANDS


def register() -> None:
    """Let Pillow, and so Django's ImageField, open HEIC where pillow-heif is installed.

    It is imported at the first such file. A plugin that the shop has registered stays.
    """
    if is_installed() and FORMAT not in Image.OPEN:
        Image.register_open(FORMAT, HeifPicture, accepts)
        Image.register_extensions(FORMAT, list(EXTENSIONS))
        Image.register_mime(FORMAT, MIME_TYPE)


class HeifPicture(ImageFile.ImageFile):
    """The primary picture of a file, upright: its irot and imir hold, EXIF's orientation does not.

    That is as the standard has it (ISO/IEC 23008-12) and as browsers show an AVIF.
    """

    format = FORMAT
    format_description = "HEIC"

    _picture: "HeifImage | None" = None
    _reduction = 1

    def _open(self) -> None:
        from pillow_heif import open_heif, options

        options.DECODE_THREADS = 1  # each takes memory of its own; workers are several
        assert self.fp is not None
        try:
            file = open_heif(self.fp, remove_stride=False)
            self._picture = picture = file[file.primary_index]
        except (ValueError, RuntimeError, LookupError, EOFError) as error:
            raise SyntaxError(str(error)) from error
        self._size, self._mode = picture.size, "L" if picture.mode == "I;16" else picture.mode
        if profile := picture.info.get("icc_profile"):
            self.info["icc_profile"] = profile

    def draft(
        self, mode: str | None, size: tuple[int, int] | None
    ) -> tuple[str, tuple[int, int, float, float]] | None:
        """Divide the sides by the largest of REDUCTIONS that leaves them at least `size`."""
        if self._picture is None or size is None or self._reduction > 1:
            return None
        scale = min(self.width // max(1, size[0]), self.height // max(1, size[1]))
        self._reduction = next((each for each in REDUCTIONS if each <= scale), 1)
        box = (0, 0, *self.size)
        self._size = -(-self.width // self._reduction), -(-self.height // self._reduction)
        return self.mode, box

    def load(self) -> Any:
        if self._picture is not None:
            picture, self._picture, self.fp = self._picture, None, None
            self.im = _reduced(picture, self.mode, self.size, self._reduction).im
        return super().load()


def _reduced(
    picture: "HeifImage", mode: str, size: tuple[int, int], reduction: int
) -> Image.Image:
    """The decoded picture, band by band, since a copy of all of it takes as much again."""
    picture.load()
    width, height = picture.size
    if (-(-width // reduction), -(-height // reduction)) != size:
        raise ValueError("decoded, it has another size")
    reduced = Image.new(mode, size)
    rows = np.frombuffer(picture.data, np.uint8).reshape(height, picture.stride)
    step = max(1, BAND_PIXELS // (width * reduction)) * reduction
    for top in range(0, height, step):
        band = _band(rows[top : top + step], picture.mode, width)
        reduced.paste(band.reduce(reduction), (0, top // reduction))
    return reduced


def _band(rows: NDArray[np.uint8], mode: str, width: int) -> Image.Image:
    if mode == "I;16":  # greys of 16 bits, the higher ones last
        return Image.fromarray(np.ascontiguousarray(rows[:, 1 : 2 * width : 2]))
    return Image.frombuffer(
        mode, (width, len(rows)), rows.tobytes(), "raw", mode, rows.shape[1], 1
    )
