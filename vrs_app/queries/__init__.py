"""Which products look alike: small public functions on one private nearest-vectors core."""

from .embeddings import looks_of
from .filters import offered
from .fulltext import LONGEST_SEARCH
from .options import Options
from .results import MatchLevel, Recommendation, Recommendations, Source
from .search import more_like_these, newest_products, search
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
