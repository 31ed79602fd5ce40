"""Decoding uploaded files of any kind into upright RGB pixels, and measuring their colours."""

from .loading import (
    LoadedPicture,
    Pixels,
    check,
    digest,
    load,
    open_upright,
    to_square,
)

__all__ = [
    "LoadedPicture",
    "Pixels",
    "check",
    "digest",
    "load",
    "open_upright",
    "to_square",
]
