"""Which products look alike: small public functions on one private nearest-vectors core."""

from .answer import Recommendations
from .narrowing import offered
from .question import Options
from .recommendation import Recommendation, Source
from .similar import similar_products, similar_to

__all__ = [
    "Options",
    "Recommendation",
    "Recommendations",
    "Source",
    "offered",
    "similar_products",
    "similar_to",
]
