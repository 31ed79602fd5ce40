"""Embedding spaces and their vectors: states, index, the spaces that workers fill."""

from .index import (
    create_index,
    drop_index,
    has_valid_index,
    index_bytes,
    index_name,
    rebuild_index,
    searchable,
)
from .registry import (
    activate,
    active,
    by_number,
    filled,
    is_named_by_settings,
    lock,
    space_of,
)
from .targets import embedder_of, fallback_targets, targets
from .vectors import (
    SpaceVector,
    nearly_same_from,
    pairwise_similarities,
    similarities,
)

__all__ = [
    "SpaceVector",
    "activate",
    "active",
    "by_number",
    "create_index",
    "drop_index",
    "embedder_of",
    "fallback_targets",
    "filled",
    "has_valid_index",
    "index_bytes",
    "index_name",
    "is_named_by_settings",
    "lock",
    "nearly_same_from",
    "pairwise_similarities",
    "rebuild_index",
    "searchable",
    "similarities",
    "space_of",
    "targets",
]
