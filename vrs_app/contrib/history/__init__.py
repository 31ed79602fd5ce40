"""Interaction history: recording what shoppers do, and recommending "for you" from it.

`from vrs_app.contrib import history`, then `history.record(request, product, "viewed")` and
`history.recommend_for(request)`. The public names are imported lazily, since Django imports this
package before the models are ready.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .event_types import Kind
    from .explanations import PersonalRecommendation
    from .past_interactions import interactions
    from .popularity import popular_products
    from .recommending import recommend_for
    from .recording import forget, record
    from .shopper import Shopper, shopper_of
    from .viewed import like_recently_viewed, recently_viewed

_MODULES = {
    "Kind": "event_types",
    "PersonalRecommendation": "explanations",
    "Shopper": "shopper",
    "forget": "recording",
    "interactions": "past_interactions",
    "like_recently_viewed": "viewed",
    "popular_products": "popularity",
    "recently_viewed": "viewed",
    "recommend_for": "recommending",
    "record": "recording",
    "shopper_of": "shopper",
}

__all__ = [
    "Kind",
    "PersonalRecommendation",
    "Shopper",
    "forget",
    "interactions",
    "like_recently_viewed",
    "popular_products",
    "recently_viewed",
    "recommend_for",
    "record",
    "shopper_of",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
