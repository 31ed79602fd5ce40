"""Hybrid search: by image, by words filled up with look-alikes, or by both rankings fused."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from ..conf import conf
from ..spaces.vectors import QueryVector, SpaceVector
from .candidates import Candidate, Neighbour
from .embeddings import (
    Vector,
    active_space_id,
    main_vectors,
    nearest_key,
    rocchio,
)
from .fulltext import Matches, SearchTerms, match_terms
from .knn import diverse_neighbours
from .options import Query
from .ranking import diversify, group_near_duplicates, ranks, reciprocal_rank_fusion
from .results import MatchLevel, Source


@dataclass(frozen=True, kw_only=True)
class ImageQuery:
    """Where to look, and the products that it was made from, by their keys."""

    vector: QueryVector
    examples: Mapping[Any, Vector]

    def because(self, vector: Vector) -> Any | None:
        """The key of the product that a picture at `vector` is most like."""
        return nearest_key(vector, self.examples)


@dataclass(frozen=True, kw_only=True)
class HybridQuery:
    """`positive` and `negative` are keys of products; `query` says what may answer."""

    query: Query
    wording: SearchTerms
    photo: SpaceVector | None
    positive: Collection[Any]
    negative: Collection[Any]
    alpha: float
    expand: bool

    def image(self) -> ImageQuery | None:
        """What the photo and the products come to; None while that has no direction.

        All in one space, the photo's, though another may be active since it was looked at.
        """
        using = self.query.products.db
        space_id = self.photo.space_id if self.photo else active_space_id(using)
        if space_id is None:
            return None
        vectors = main_vectors([*self.positive, *self.negative], space_id, using)
        positive = {key: vectors[key] for key in self.positive if key in vectors}
        negative = [vectors[key] for key in self.negative if key in vectors]
        photo = [self.photo.numbers] if self.photo else []
        wanted = [*photo, *positive.values()]
        vector = rocchio(wanted, negative) if wanted else None
        if vector is None:
            return None
        return ImageQuery(vector=SpaceVector.of(vector, space_id), examples=positive)


SEEDS = 3
"""Best products by words whose look-alikes fill up a search by words."""

DEPTH = 100
"""Places of each ranking that are fused, on whatever page, so that all pages are of one order."""

NO_THRESHOLD = -1.0
"""The threshold that cuts nothing."""


def hybrid_search(hybrid: HybridQuery, count: int) -> list[Candidate]:
    """The `count` best; what cannot be asked of words or of images is left to the other."""
    image = hybrid.image() if hybrid.alpha or not hybrid.wording else None
    if not hybrid.wording:
        return by_image(hybrid, image, count) if image else []
    if image is None:
        return by_words(hybrid, count)
    return by_image(hybrid, image, count) if hybrid.alpha == 1 else by_both(hybrid, image, count)


def by_image(hybrid: HybridQuery, image: ImageQuery, count: int) -> list[Candidate]:
    near = diverse_neighbours(image.vector, hybrid.query, count, hybrid.query.exclude)
    return as_candidates(near, image)


def by_words(hybrid: HybridQuery, count: int) -> list[Candidate]:
    """What has the words; where that is too little, look-alikes of the best of it too."""
    words = match_terms(hybrid.wording, hybrid.query.products, exclude=hybrid.query.exclude)
    found = _text_candidates(words, words.rows[:count])
    keys = [one.key for one in found]
    if hybrid.expand and keys and len(keys) < count:
        found += _expansion(hybrid, keys, count - len(keys))
    return found


def _expansion(hybrid: HybridQuery, keys: Sequence[Any], count: int) -> list[Candidate]:
    """Words reach what nobody described by way of what somebody did."""
    query = hybrid.query
    space_id = active_space_id(query.products.db)
    if space_id is None:
        return []
    vectors = main_vectors(keys[:SEEDS], space_id, query.products.db)
    vector = rocchio(vectors.values()) if vectors else None
    if vector is None:
        return []
    image = ImageQuery(vector=SpaceVector.of(vector, space_id), examples=vectors)
    near = diverse_neighbours(image.vector, query, count, {*query.exclude, *keys})
    return as_candidates(near, image)


def by_both(hybrid: HybridQuery, image: ImageQuery, count: int) -> list[Candidate]:
    """The rankings by looks and by words as one; what lies deeper in only one comes behind."""
    words = match_terms(hybrid.wording, hybrid.query.products, exclude=hybrid.query.exclude)
    near = _candidates(hybrid, image, words.rows)
    keys = {key for one in near for key in one.keys}
    scores = dict(words.rows[:DEPTH]) | dict(words.rows.filter(product_id__in=keys))
    groups = [_best_worded_first(one, scores) for one in near]
    best = _fused(groups, scores, hybrid)
    items = {one.key: one for one in as_candidates(groups, image)}
    found = [_item(key, items.get(key), words.level if key in scores else None) for key in best]
    return found[:count] + _deeper(hybrid, image, words, {*keys, *best}, count - len(found))


def _candidates(
    hybrid: HybridQuery, image: ImageQuery, words: QuerySet[Any, Any]
) -> list[Neighbour]:
    """The nearest of all, and the nearest of those that have the words, near-duplicates grouped.

    These may be far down in both rankings: of a hundred red products the one of this cut. The
    threshold is for what was found by its looks alone.
    """
    query = replace(hybrid.query, diversity=0)
    named = query.products.filter(pk__in=words.values("product_id"))
    with_words = replace(query, products=named, threshold=NO_THRESHOLD)
    near = {
        one.key: one
        for asked in (query, with_words)
        for group in diverse_neighbours(image.vector, asked, DEPTH, query.exclude)
        for one in group.members
    }
    ordered = sorted(near.values(), key=lambda one: (-one.similarity, one.key))
    return group_near_duplicates(ordered, conf.DUPLICATE_THRESHOLD)


def _best_worded_first(group: Neighbour, scores: Mapping[Any, float]) -> Neighbour:
    """Of near-duplicates the one that has the words best is shown."""
    return group.led_by(max(group.keys, key=lambda key: scores.get(key, 0.0)))


def _fused(
    groups: Sequence[Neighbour], scores: Mapping[Any, float], hybrid: HybridQuery
) -> list[Any]:
    """The keys of both rankings, best first."""
    twins = {twin.key for one in groups for twin in one.duplicates}
    looks = {one.key: place for place, one in enumerate(_diversified(groups, hybrid), 1)}
    words = ranks({key: score for key, score in scores.items() if key not in twins})
    return reciprocal_rank_fusion([(hybrid.alpha, looks), (1 - hybrid.alpha, words)])


def _diversified(near: Sequence[Neighbour], hybrid: HybridQuery) -> list[Neighbour]:
    """Nearest first, in the variety that was asked for."""
    varied_ones = diversify(near[: conf.CANDIDATES], hybrid.query.diversity)
    return [*varied_ones, *near[conf.CANDIDATES :]]


def _deeper(
    hybrid: HybridQuery, image: ImageQuery, words: Matches, known: Collection[Any], count: int
) -> list[Candidate]:
    """What is behind all that was fused: first what has the words, then what looks alike."""
    if count <= 0:
        return []
    found = _text_candidates(words, words.rows.exclude(product_id__in=known)[:count])
    if missing := count - len(found):
        seen = {*hybrid.query.exclude, *known, *(one.key for one in found)}
        found += as_candidates(
            diverse_neighbours(image.vector, hybrid.query, missing, seen), image
        )
    return found


def _text_candidates(words: Matches, rows: Iterable[tuple[Any, float]]) -> list[Candidate]:
    return [Candidate(key=key, source=Source.TEXT, match_level=words.level) for key, _ in rows]


def _item(key: Any, item: Candidate | None, level: MatchLevel | None) -> Candidate:
    """`item`, or the product of this key; `level` where it has the words."""
    one = item or Candidate(key=key, source=Source.VISUAL)
    return replace(one, source=Source.TEXT, match_level=level) if level else one


def as_candidates(near: Iterable[Neighbour], image: ImageQuery) -> list[Candidate]:
    """What was found near `image`, each with the product of the image that it is most like."""
    return [
        Candidate(
            key=one.key, source=Source.VISUAL, neighbour=one, because=image.because(one.vector)
        )
        for one in near
    ]
