"""Decoding uploaded files of any kind into upright RGB pixels, and measuring their colours."""

from . import heif
from .colour_terms import words_of
from .decoder_version import DECODER_VERSION, has_changed_since
from .formats import accept_attribute, accepted_formats
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

heif.register()

__all__ = [
    "DECODER_VERSION",
    "SHADES",
    "LoadedPicture",
    "Pixels",
    "accept_attribute",
    "accepted_formats",
    "check",
    "digest",
    "has_changed_since",
    "load",
    "open_upright",
    "to_square",
    "words_of",
]
