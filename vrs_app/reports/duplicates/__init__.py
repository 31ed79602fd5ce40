"""Near-duplicates: products listed twice, with the same or nearly the same photo.

Two products are a pair if the main picture of one is at least as similar as the threshold to any
picture of the other. Not any to any: a size chart or a close-up of the cloth, which many products
share, would pair them all.
"""

from .groups import Group, groups, pairs
from .of_product import duplicates_of
from .pairs import Pair

__all__ = ["Group", "Pair", "duplicates_of", "groups", "pairs"]
