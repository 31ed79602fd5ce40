"""Hybrid search: by image, by words filled up with look-alikes, or by both rankings fused."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from ..conf import conf
from ..spaces.vectors import SpaceVector
from .candidates import Found, Neighbour
from .embeddings import (
    Vector,
    active_space_id,
    between,
    in_space,
    nearest_key,
    point_at,
    vector_of,
)
from .fulltext import Matches, Wording, matching
from .knn import varied
from .options import Question
from .ranking import diversified, fused, grouped, ranks
from .results import MatchLevel, Source


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


SEEDS = 3
"""Best products by words whose look-alikes fill up a search by words."""

DEPTH = 100
"""Places of each ranking that are fused, on whatever page, so that all pages are of one order."""

ANY = -1.0
"""The threshold that cuts nothing."""


def found_for(wish: Wish, count: int) -> list[Found]:
    """The `count` best; what cannot be asked of words or of images is left to the other."""
    image = wish.image() if wish.alpha or not wish.wording else None
    if not wish.wording:
        return by_looks(wish, image, count) if image else []
    if image is None:
        return by_words(wish, count)
    return by_looks(wish, image, count) if wish.alpha == 1 else by_both(wish, image, count)


def by_looks(wish: Wish, image: Image, count: int) -> list[Found]:
    near = varied(image.point, wish.question, count, wish.question.exclude)
    return alike(near, image)


def by_words(wish: Wish, count: int) -> list[Found]:
    """What has the words; where that is too little, look-alikes of the best of it too."""
    words = matching(wish.wording, wish.question.shown, exclude=wish.question.exclude)
    found = _worded(words, words.rows[:count])
    keys = [one.key for one in found]
    if wish.expand and keys and len(keys) < count:
        found += _expansion(wish, keys, count - len(keys))
    return found


def _expansion(wish: Wish, keys: Sequence[Any], count: int) -> list[Found]:
    """Words reach what nobody described by way of what somebody did."""
    question = wish.question
    space_id = active_space_id(question.shown.db)
    if space_id is None:
        return []
    looks = in_space(keys[:SEEDS], space_id, question.shown.db)
    vector = between(looks.values()) if looks else None
    if vector is None:
        return []
    image = Image(point=point_at(vector, space_id), looks=looks)
    near = varied(image.point, question, count, {*question.exclude, *keys})
    return alike(near, image)


def by_both(wish: Wish, image: Image, count: int) -> list[Found]:
    """The rankings by looks and by words as one; what lies deeper in only one comes behind."""
    words = matching(wish.wording, wish.question.shown, exclude=wish.question.exclude)
    near = _candidates(wish, image, words.rows)
    keys = {key for one in near for key in one.keys}
    scores = dict(words.rows[:DEPTH]) | dict(words.rows.filter(product_id__in=keys))
    groups = [_led_by_words(one, scores) for one in near]
    best = _fused(groups, scores, wish)
    items = {one.key: one for one in alike(groups, image)}
    found = [_item(key, items.get(key), words.level if key in scores else None) for key in best]
    return found[:count] + _deeper(wish, image, words, {*keys, *best}, count - len(found))


def _candidates(wish: Wish, image: Image, words: QuerySet[Any, Any]) -> list[Neighbour]:
    """The nearest of all, and the nearest of those that have the words, near-duplicates grouped.

    These may be far down in both rankings: of a hundred red products the one of this cut. The
    threshold is for what was found by its looks alone.
    """
    question = replace(wish.question, diversity=0)
    named = question.shown.filter(pk__in=words.values("product_id"))
    with_words = replace(question, shown=named, threshold=ANY)
    near = {
        one.key: one
        for asked in (question, with_words)
        for group in varied(image.point, asked, DEPTH, question.exclude)
        for one in group.members
    }
    ordered = sorted(near.values(), key=lambda one: (-one.similarity, one.key))
    return grouped(ordered, conf.DUPLICATE_THRESHOLD)


def _led_by_words(group: Neighbour, scores: Mapping[Any, float]) -> Neighbour:
    """Of near-duplicates the one that has the words best is shown."""
    return group.led_by(max(group.keys, key=lambda key: scores.get(key, 0.0)))


def _fused(groups: Sequence[Neighbour], scores: Mapping[Any, float], wish: Wish) -> list[Any]:
    """The keys of both rankings, best first."""
    twins = {twin.key for one in groups for twin in one.duplicates}
    looks = {one.key: place for place, one in enumerate(_in_order(groups, wish), 1)}
    words = ranks({key: score for key, score in scores.items() if key not in twins})
    return fused([(wish.alpha, looks), (1 - wish.alpha, words)])


def _in_order(near: Sequence[Neighbour], wish: Wish) -> list[Neighbour]:
    """Nearest first, in the variety that was asked for."""
    varied_ones = diversified(near[: conf.CANDIDATES], wish.question.diversity)
    return [*varied_ones, *near[conf.CANDIDATES :]]


def _deeper(
    wish: Wish, image: Image, words: Matches, known: Collection[Any], count: int
) -> list[Found]:
    """What is behind all that was fused: first what has the words, then what looks alike."""
    if count <= 0:
        return []
    found = _worded(words, words.rows.exclude(product_id__in=known)[:count])
    if missing := count - len(found):
        seen = {*wish.question.exclude, *known, *(one.key for one in found)}
        found += alike(varied(image.point, wish.question, missing, seen), image)
    return found


def _worded(words: Matches, rows: Iterable[tuple[Any, float]]) -> list[Found]:
    return [Found(key=key, source=Source.TEXT, match_level=words.level) for key, _ in rows]


def _item(key: Any, item: Found | None, level: MatchLevel | None) -> Found:
    """`item`, or the product of this key; `level` where it has the words."""
    one = item or Found(key=key, source=Source.VISUAL)
    return replace(one, source=Source.TEXT, match_level=level) if level else one


def alike(near: Iterable[Neighbour], image: Image) -> list[Found]:
    """What was found near `image`, each with the product of the image that it is most like."""
    return [
        Found(key=one.key, source=Source.VISUAL, neighbour=one, because=image.because(one.vector))
        for one in near
    ]
