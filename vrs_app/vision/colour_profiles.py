"""Converting pictures to sRGB by their embedded ICC profiles (ISO 15076-1), with LittleCMS."""

import hashlib
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms

from .conversion import changes_colours

MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}
"""The mode of the values that a profile describes, by its colour space."""

FITTING = {"RGB": ("RGB",), "L": ("L", "RGB"), "CMYK": ("CMYK",), "LAB": ("LAB",)}
"""Which of MODES fit pictures of a mode. Browsers apply a profile of RGB to greys as well."""

CLASSES = ("mntr", "prtr", "scnr", "spac")
"""Profile classes that describe colours of pixels; others describe links or effects."""

MOST_BYTES = 4_000_000
"""A larger profile is treated as none; those of print shops have three million at most."""

BYTES_A_BYTE, BYTES_A_TRANSFORM = 4, 2_000_000
"""Memory that LittleCMS takes at most: bytes for each of the profile's, and bytes besides."""

SIGNATURE, SIGNATURE_AT = b"acsp", 36
TABLE_AT, BYTES_A_TAG, MOST_TAGS = 128, 12, 100
UNBOUNDED = b"mpet"
"""Type of tags (multiProcessElements) whose few bytes may take any memory; browsers use none."""

MOST_CACHED = 16

INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
"""Nearest to what Chromium shows of files from print, and most colours keep their name by it."""

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True, kw_only=True)
class ProfileConversion:
    """Converts pictures of one mode to RGB in sRGB, by one ICC profile."""

    mode: str
    transform: ImageCms.ImageCmsTransform

    def apply(self, image: Image.Image) -> Image.Image:
        """`image`, of this `mode`, as RGB."""
        return self.transform.apply(image)


class _Cache:
    """The latest conversions, by digest of the profile and mode; None for profiles unfit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[bytes, str], ProfileConversion | None] = OrderedDict()

    def get(self, profile: bytes, mode: str) -> ProfileConversion | None:
        key = hashlib.sha256(profile).digest(), mode
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        built = _build(profile, mode)  # not locked: other pictures need not wait
        with self._lock:
            self._kept[key] = built
            while len(self._kept) > MOST_CACHED:
                self._kept.popitem(last=False)
        return built

    def renew_lock(self) -> None:
        """In a process that was forked while another thread held it."""
        self._lock = threading.Lock()


_cache = _Cache()
os.register_at_fork(after_in_child=_cache.renew_lock)


def conversion_of(image: Image.Image) -> ProfileConversion | None:
    """The conversion by the profile in an opened picture; None where there is none to apply.

    A profile that is unreadable, too large, of another colour space, or sRGB's own counts as
    none.
    """
    profile, mode = _profile_in(image), base_mode(image.mode)
    return _cache.get(profile, mode) if profile and mode in FITTING else None


def bytes_to_convert(image: Image.Image) -> int:
    """The most bytes of memory that building the conversion takes, known before it is built."""
    profile = _profile_in(image)
    return BYTES_A_BYTE * len(profile) + BYTES_A_TRANSFORM if profile else 0


def _profile_in(image: Image.Image) -> bytes:
    """The profile in an opened picture, if it looks like one; else empty."""
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or len(profile) > MOST_BYTES:
        return b""
    is_one = profile.startswith(SIGNATURE, SIGNATURE_AT)
    return profile if is_one and _is_bounded(profile) else b""


def _is_bounded(profile: bytes) -> bool:
    """Whether no tag can take much more memory than it has bytes."""
    count = int.from_bytes(profile[TABLE_AT : TABLE_AT + 4])
    if not 0 < count <= MOST_TAGS:
        return False
    entries = (TABLE_AT + 4 + BYTES_A_TAG * number for number in range(count))
    starts = [int.from_bytes(profile[at + 4 : at + 8]) for at in entries]
    return not any(profile.startswith(UNBOUNDED, start) for start in starts)


def base_mode(mode: str) -> str:
    """The mode whose values a profile describes: without palette, alpha or bit depth."""
    if mode in ("P", "PA", "RGBA", "RGBX", "RGBa"):
        return "RGB"
    return "L" if mode in ("1", "LA", "La") or mode.startswith(("I", "F")) else mode


def _build(profile: bytes, mode: str) -> ProfileConversion | None:
    """The conversion of pictures of this base mode; None where the profile does not fit."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        header = source.profile
        described = MODES.get(header.xcolor_space.strip())
        if described not in FITTING[mode] or header.device_class not in CLASSES:
            return None
        # Not optimised, LittleCMS rounds greys of few levels less coarsely.
        flags = ImageCms.Flags.NOOPTIMIZE if described == "L" else ImageCms.Flags.NONE
        transform = ImageCms.buildTransform(source, SRGB, described, "RGB", INTENT, flags)
        conversion = ProfileConversion(mode=described, transform=transform)
        return conversion if changes_colours(conversion) else None
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
