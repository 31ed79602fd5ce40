"""Bytes of any uploaded file to upright RGB pixels, and the colours that they show."""

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
