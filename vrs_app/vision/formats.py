"""The formats that a shop accepts, for people and for browsers."""

from PIL import Image

from ..conf import conf
from . import heif

NAMES = {"WEBP": "WebP", heif.FORMAT: "HEIC"}
"""What people call them where Pillow's name is another."""


def accepted_formats() -> list[str]:
    """Those of `VRS["IMAGE_FORMATS"]` that can be read here, as people call them."""
    return [NAMES.get(name, name) for name in _readable()]


def accept_attribute() -> str:
    """The same for the `accept` attribute of a file input: MIME types, and endings of HEIC.

    Browsers on computers that know no HEIC find its files by their endings alone.
    """
    Image.init()
    readable = _readable()
    kinds = [Image.MIME[name] for name in readable if name in Image.MIME]
    endings = heif.EXTENSIONS if heif.FORMAT in readable else ()
    return ",".join([*dict.fromkeys(kinds), *endings])


def _readable() -> list[str]:
    names = (name.upper() for name in conf.IMAGE_FORMATS)
    return [name for name in names if name != heif.FORMAT or heif.is_installed()]
