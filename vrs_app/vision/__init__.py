"""Decoding uploaded files of any kind into upright RGB pixels, and measuring their colours."""

from .colour_terms import words_of
from .loading import (
    LoadedPicture,
    Pixels,
    check,
    digest,
    load,
    open_upright,
    to_square,
)
from .palette import SHADES

__all__ = [
    "SHADES",
    "LoadedPicture",
    "Pixels",
    "check",
    "digest",
    "load",
    "open_upright",
    "to_square",
    "words_of",
]
