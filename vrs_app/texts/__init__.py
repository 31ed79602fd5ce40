"""The words of products, noted where a search finds them."""

from .keeping import sync, sync_everything, sync_surely
from .reading import LONGEST, Texts, plain, texts_of

__all__ = ["LONGEST", "Texts", "plain", "sync", "sync_everything", "sync_surely", "texts_of"]
