"""Hybrid search: by image, by words filled up with look-alikes, or by both rankings fused."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from ..conf import conf
from ..embedders import Vector
from ..spaces.vectors import QueryVector, SpaceVector
from .candidates import SPARE, Candidate, Neighbour
from .embeddings import (
    active_space_id,
    main_vectors,
    nearest_key,
    rocchio,
)
from .fulltext import Matches, SearchTerms, match_terms
from .knn import diverse_neighbours
from .options import NO_THRESHOLD, Query
from .ranking import diversify, group_near_duplicates, ranks, reciprocal_rank_fusion
from .results import MatchLevel, Source

EXPANSION_SEEDS = 3
"""Query expansion: look-alikes of so many of the best products fill up a search by words."""

FUSION_DEPTH = 100
"""Places of each ranking that are fused, for every page, so that pages share one order."""


@dataclass(frozen=True, kw_only=True)
class ImageQuery:
    """The vector to search near, and the vectors of the example products, by key."""

    vector: QueryVector
    examples: Mapping[Any, Vector]

    def because(self, vector: Vector) -> Any | None:
        """The key of the example that `vector` is nearest to."""
        return nearest_key(vector, self.examples)


@dataclass(frozen=True, kw_only=True)
class HybridQuery:
    """A search by words, by a photo or examples, or by both.

    `positive` and `negative` are keys of products; `alpha` is the image's weight, 0 to 1.
    """

    query: Query
    wording: SearchTerms
    photo: SpaceVector | None
    positive: Collection[Any]
    negative: Collection[Any]
    alpha: float
    expand: bool

    def image(self) -> ImageQuery | None:
        """The photo and the examples as one vector (Rocchio); None where they have none.

        All in the photo's space: another may have become active since it was embedded.
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


def hybrid_search(hybrid: HybridQuery, count: int) -> list[Candidate]:
    """The `count` best candidates, and some to spare: by image, by words, or by both fused.

    Where one of the two has nothing to search for, the other answers alone.
    """
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
    """Products that have the words; too few are filled up with look-alikes of the best."""
    words = match_terms(hybrid.wording, hybrid.query.products, exclude=hybrid.query.exclude)
    found = _text_candidates(words, words.rows[: count + SPARE])
    keys = [one.key for one in found]
    if hybrid.expand and keys and len(keys) < count:
        found += _expansion(hybrid, keys, count - len(keys))
    return found


def _expansion(hybrid: HybridQuery, keys: Sequence[Any], count: int) -> list[Candidate]:
    """Look-alikes of the first matches (query expansion), which no text may describe."""
    query = hybrid.query
    space_id = active_space_id(query.products.db)
    if space_id is None:
        return []
    vectors = main_vectors(keys[:EXPANSION_SEEDS], space_id, query.products.db)
    vector = rocchio(vectors.values()) if vectors else None
    if vector is None:
        return []
    image = ImageQuery(vector=SpaceVector.of(vector, space_id), examples=vectors)
    near = diverse_neighbours(image.vector, query, count, {*query.exclude, *keys})
    return as_candidates(near, image)


def by_both(hybrid: HybridQuery, image: ImageQuery, count: int) -> list[Candidate]:
    """Both rankings fused; what lies deeper than the fusion follows."""
    words = match_terms(hybrid.wording, hybrid.query.products, exclude=hybrid.query.exclude)
    near = _candidates(hybrid, image, words.rows)
    keys = {key for one in near for key in one.keys}
    scores = dict(words.rows[:FUSION_DEPTH]) | dict(words.rows.filter(product_id__in=keys))
    groups = [_best_worded_first(one, scores) for one in near]
    best = _fused(groups, scores, hybrid)
    items = {one.key: one for one in as_candidates(groups, image)}
    found = [_item(key, items.get(key), words.level if key in scores else None) for key in best]
    return found[: count + SPARE] + _deeper(
        hybrid, image, words, {*keys, *best}, count - len(found)
    )


def _candidates(
    hybrid: HybridQuery, image: ImageQuery, words: QuerySet[Any, Any]
) -> list[Neighbour]:
    """The nearest of all products, and of those that have the words; near-duplicates grouped.

    The second are needed: of a hundred red products the one of this cut may be far down in both
    rankings. The threshold holds only for what was found by its looks alone.
    """
    query = replace(hybrid.query, diversity=0)
    named = query.products.filter(pk__in=words.values("product_id"))
    with_words = replace(query, products=named, threshold=NO_THRESHOLD)
    near = {
        one.key: one
        for each_query in (query, with_words)
        for group in _nearest_groups(image, each_query)
        for one in group.members
    }
    ordered = sorted(near.values(), key=lambda one: (-one.similarity, one.key))
    return group_near_duplicates(ordered, conf.DUPLICATE_THRESHOLD)


def _nearest_groups(image: ImageQuery, query: Query) -> list[Neighbour]:
    return diverse_neighbours(image.vector, query, FUSION_DEPTH, query.exclude)[:FUSION_DEPTH]


def _best_worded_first(group: Neighbour, scores: Mapping[Any, float]) -> Neighbour:
    """The group led by the near-duplicate with the best text rank."""
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
    """Nearest first, re-ranked for diversity."""
    varied_ones = diversify(near[: conf.CANDIDATES], hybrid.query.diversity)
    return [*varied_ones, *near[conf.CANDIDATES :]]


def _deeper(
    hybrid: HybridQuery, image: ImageQuery, words: Matches, known: Collection[Any], count: int
) -> list[Candidate]:
    """Candidates behind those that were fused: first by words, then by looks."""
    if count <= 0:
        return []
    found = _text_candidates(words, words.rows.exclude(product_id__in=known)[: count + SPARE])
    missing = count - len(found)
    if missing > 0:
        seen = {*hybrid.query.exclude, *known, *(one.key for one in found)}
        found += as_candidates(
            diverse_neighbours(image.vector, hybrid.query, missing, seen), image
        )
    return found


def _text_candidates(words: Matches, rows: Iterable[tuple[Any, float]]) -> list[Candidate]:
    return [Candidate(key=key, source=Source.TEXT, match_level=words.level) for key, _ in rows]


def _item(key: Any, item: Candidate | None, level: MatchLevel | None) -> Candidate:
    """The candidate of this key, as a match of `level` where it has the words."""
    one = item or Candidate(key=key, source=Source.VISUAL)
    return replace(one, source=Source.TEXT, match_level=level) if level else one


def as_candidates(near: Iterable[Neighbour], image: ImageQuery) -> list[Candidate]:
    """Neighbours as candidates, each with the example that it is most like."""
    return [
        Candidate(
            key=one.key, source=Source.VISUAL, neighbour=one, because=image.because(one.vector)
        )
        for one in near
    ]
