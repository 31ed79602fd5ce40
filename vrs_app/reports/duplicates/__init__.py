"""Products that are sold twice: the same photo, or nearly the same, under two keys.

Two products are a pair where the main picture of one is as near as the threshold to any
picture of the other. Not any to any: a size chart or a close-up of the cloth, which many
products show, makes no two of them the same.
"""

from .groups import Group, groups, pairs
from .of_product import duplicates_of
from .pairs import Pair

__all__ = ["Group", "Pair", "duplicates_of", "groups", "pairs"]
