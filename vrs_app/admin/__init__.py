"""The admin: each picture's state, why it failed, and buttons to retry."""

from .columns import product_url
from .images import IndexedImageAdmin
from .product import PictureStateInline
from .waiting import WaitingMixin

__all__ = ["IndexedImageAdmin", "PictureStateInline", "WaitingMixin", "product_url"]
