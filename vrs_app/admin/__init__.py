"""Each picture's state, where staff look for it, and the way to try again."""

from .images import IndexedImageAdmin
from .product import PictureStateInline

__all__ = ["IndexedImageAdmin", "PictureStateInline"]
