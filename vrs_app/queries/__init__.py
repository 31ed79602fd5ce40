"""Which products look alike: small public functions on one private nearest-vectors core."""

from .answer import Recommendations
from .looks import looks_of
from .matching import LONGEST_SEARCH
from .narrowing import offered
from .question import Options
from .recommendation import MatchLevel, Recommendation, Source
from .searching import more_like_these, newest_products, search
from .similar import similar_products, similar_to

__all__ = [
    "LONGEST_SEARCH",
    "MatchLevel",
    "Options",
    "Recommendation",
    "Recommendations",
    "Source",
    "looks_of",
    "more_like_these",
    "newest_products",
    "offered",
    "search",
    "similar_products",
    "similar_to",
]
