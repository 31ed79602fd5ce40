"""The shop's pages."""

from .bag import bag, bag_add, bag_order, bag_remove
from .for_you import for_you
from .photo import photo_search
from .products import product_detail, product_list
from .search import search
from .service import favicon, healthz
from .similar import product_similar

__all__ = [
    "bag",
    "bag_add",
    "bag_order",
    "bag_remove",
    "favicon",
    "for_you",
    "healthz",
    "photo_search",
    "product_detail",
    "product_list",
    "product_similar",
    "search",
]
