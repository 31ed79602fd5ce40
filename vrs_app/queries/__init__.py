"""Which products look alike: small public functions on one private nearest-vectors core."""

from .fallback import same_category, similar_products
from .recommendation import Recommendation, Source
from .similar import similar_to

__all__ = ["Recommendation", "Source", "same_category", "similar_products", "similar_to"]
