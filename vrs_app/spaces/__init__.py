"""Embedding spaces: which one is active, its index, making, filling and switching."""

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
    MOST_DIMENSIONS,
    activate,
    active,
    filled,
    is_named_by_settings,
    lock,
    numbered,
    of,
)
from .targets import embedder_of, filled_meanwhile, kept_up_to_date

__all__ = [
    "MOST_DIMENSIONS",
    "activate",
    "active",
    "create_index",
    "drop_index",
    "embedder_of",
    "filled",
    "filled_meanwhile",
    "has_valid_index",
    "index_bytes",
    "index_name",
    "is_named_by_settings",
    "kept_up_to_date",
    "lock",
    "numbered",
    "of",
    "rebuild_index",
    "searchable",
]
