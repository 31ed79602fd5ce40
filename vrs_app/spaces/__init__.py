"""Embedding spaces: which one is active, its index, making, filling and switching."""

from .filling import embedder_of, filled_meanwhile, kept_up_to_date
from .index import (
    create_index,
    drop_index,
    has_valid_index,
    index_bytes,
    index_name,
    rebuild_index,
    searchable,
)
from .making import MOST_DIMENSIONS, is_named_by_settings, of
from .states import activate, active, filled, lock, numbered

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
