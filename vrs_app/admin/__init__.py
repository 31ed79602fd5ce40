"""Each picture's state, where staff look for it, and the way to retry."""

from .columns import product_url
from .images import IndexedImageAdmin
from .product import PictureStateInline

__all__ = ["IndexedImageAdmin", "PictureStateInline", "product_url"]
