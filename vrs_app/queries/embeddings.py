"""What products look like, and what lies between several of them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..models import EmbeddingSpace
from ..spaces.vectors import Packed, SpaceVector, main_pictures, unpacked, written

Vector = NDArray[np.float32]

SHORTEST = 1e-6
"""A shorter vector has no direction."""

AWAY = 0.5
"""How far the mean of unwanted looks pushes, for each step that the wanted ones pull."""


def looks_of(products: Iterable[Any], using: str | None = None) -> dict[Any, Vector]:
    """The unit vector of the main picture of each product, or key, that has one, by its key."""
    keys = [getattr(product, "pk", product) for product in products]
    space_id = active_space_id(using)
    return {} if space_id is None else in_space(keys, space_id, using)


def active_space_id(using: str | None = None) -> int | None:
    active = EmbeddingSpace.objects.using(using).filter(state=EmbeddingSpace.State.ACTIVE)
    return active.values_list("pk", flat=True).first()


def in_space(keys: Collection[Any], space_id: int, using: str | None = None) -> dict[Any, Vector]:
    """What `looks_of` answers, in the space of that id."""
    if not keys:
        return {}
    rows = (
        main_pictures(space_id)
        .using(using)
        .filter(image__product__in=keys)
        .values_list("image__product_id", Packed("vector"))
    )
    found = dict(rows)
    return dict(zip(found, unpacked(found.values()), strict=True)) if found else {}


def between(wanted: Collection[Vector], unwanted: Collection[Vector] = ()) -> Vector | None:
    """The unit vector towards the mean of the `wanted` and away from that of the `unwanted`.

    None where they cancel each other out.

    Rocchio, "Relevance feedback in information retrieval", in Salton (ed.), The SMART
    Retrieval System, 1971.
    """
    towards = np.mean(list(wanted), axis=0)
    if len(unwanted):
        towards = towards - AWAY * np.mean(list(unwanted), axis=0)
    length = np.linalg.norm(towards)
    direction: Vector = (towards / max(length, SHORTEST)).astype(np.float32)
    return direction if length > SHORTEST else None


def vector_of(point: SpaceVector) -> Vector:
    """The numbers of `point`."""
    return np.array(point.vector.strip("[]").split(","), dtype=np.float32)


def point_at(vector: Vector, space_id: int) -> SpaceVector:
    return SpaceVector(space_id=space_id, dimensions=len(vector), vector=written(vector))


def nearest_key(vector: Vector, looks: Mapping[Any, Vector]) -> Any | None:
    """The key of those `looks` that are most like `vector`."""
    return max(looks, key=lambda key: float(looks[key] @ vector), default=None)
