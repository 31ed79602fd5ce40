"""Which products look alike: small public functions on one private nearest-vectors core."""

from .recommendation import Recommendation, Source
from .similar import same_category, similar_products, similar_to

__all__ = ["Recommendation", "Source", "same_category", "similar_products", "similar_to"]
