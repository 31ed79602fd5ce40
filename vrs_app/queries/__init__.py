"""The read side: public queries on one nearest-neighbour search, filters inside.

The first group of names is for shops, the second for apps with queries of their own, such as
`vrs_app.contrib.history`; the modules of this package are private.
"""

from .candidates import SPARE, Candidate
from .curation import Curation, use_curation, without_hidden
from .embeddings import active_space_id, main_vectors, rocchio, vectors_by_product
from .filters import offered
from .fulltext import LONGEST_SEARCH
from .hybrid import ImageQuery, as_candidates
from .hydrate import first_shown
from .knn import diverse_neighbours
from .options import Options, Query, build_query, keys_of
from .results import MatchLevel, Recommendation, Recommendations, Source
from .search import because_products, more_like_these, newest_products, search
from .similar import similar_products, similar_to

__all__ = [
    "LONGEST_SEARCH",
    "MatchLevel",
    "Options",
    "Recommendation",
    "Recommendations",
    "Source",
    "more_like_these",
    "newest_products",
    "offered",
    "search",
    "similar_products",
    "similar_to",
    "vectors_by_product",
]

__all__ += [
    "SPARE",
    "Candidate",
    "Curation",
    "ImageQuery",
    "Query",
    "active_space_id",
    "as_candidates",
    "because_products",
    "build_query",
    "diverse_neighbours",
    "first_shown",
    "keys_of",
    "main_vectors",
    "rocchio",
    "use_curation",
    "without_hidden",
]
