"""What a carousel reads before it searches: the product's vector and pins, in one SELECT."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model
from django.db.models.functions import JSONObject

from ..spaces.vectors import StoredVector
from . import curation
from .knn_sql import stored_vectors, vector_of
from .options import Query
from .results import Source


@dataclass(frozen=True, kw_only=True)
class Start:
    """`vector` of the product's main picture, if it has one; its `pins` by position, from 1."""

    vector: StoredVector | None = None
    pins: Mapping[int, Any]


def start_of(query: Query) -> Start:
    """One SELECT; a second for the pins of a product without a vector."""
    product = query.product
    if product is None:
        return Start(pins={})
    if Source.VISUAL not in query.sources:
        return Start(pins=curation.pins(product))
    rows = curation.pin_rows(product, query.products.db)
    pinned = {
        f"pins_{number}": ArraySubquery(
            each.values(json=JSONObject(position="position", key="key"))
        )
        for number, each in enumerate(rows or [])
    }
    row = stored_vectors(product, query.products.db).annotate(**pinned).first()
    if row is None or rows is None:
        return Start(vector=vector_of(row) if row else None, pins=curation.pins(product))
    return Start(vector=vector_of(row), pins=_pins(product, [row[name] for name in pinned]))


def _pins(product: Model, read: list[list[dict[str, Any]]]) -> dict[int, Any]:
    """The pins of every curation, by position; of two at one position the first wins."""
    key = product._meta.pk
    assert key is not None
    found: dict[int, Any] = {}
    for pins in read:
        found = {each["position"]: key.to_python(each["key"]) for each in pins} | found
    return dict(sorted(found.items()))
