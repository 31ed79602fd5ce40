"""The shop's pages."""

from .bag import bag, bag_add, bag_order, bag_remove
from .photo import photo_search
from .products import product_detail, product_list
from .recommendations import for_you, product_similar
from .search import search
from .service import favicon, healthz

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
