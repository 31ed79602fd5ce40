"""What a shopper looks for: words, an image, or both."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..vectors import SpaceVector
from .looks import Vector, active_space_id, between, in_space, nearest_key, point_at, vector_of
from .matching import Wording
from .question import Question


@dataclass(frozen=True, kw_only=True)
class Image:
    """Where to look, and the products that it was made from, by their keys."""

    point: SpaceVector
    looks: Mapping[Any, Vector]

    def because(self, vector: Vector) -> Any | None:
        """The key of the product that a picture at `vector` is most like."""
        return nearest_key(vector, self.looks)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """`positive` and `negative` are keys of products; `question` says what may answer."""

    question: Question
    wording: Wording
    photo: SpaceVector | None
    positive: Collection[Any]
    negative: Collection[Any]
    alpha: float
    expand: bool

    def image(self) -> Image | None:
        """What the photo and the products come to; None while that has no direction.

        All in one space, the photo's, though another may be active since it was looked at.
        """
        using = self.question.shown.db
        space_id = self.photo.space_id if self.photo else active_space_id(using)
        if space_id is None:
            return None
        looks = in_space([*self.positive, *self.negative], space_id, using)
        positive = {key: looks[key] for key in self.positive if key in looks}
        negative = [looks[key] for key in self.negative if key in looks]
        photo = [vector_of(self.photo)] if self.photo else []
        wanted = [*photo, *positive.values()]
        vector = between(wanted, negative) if wanted else None
        if vector is None:
            return None
        return Image(point=point_at(vector, space_id), looks=positive)
