"""Products whose words a shopper named."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchRank
from django.db.models import Case, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.lookups import Exact, GreaterThan

from ..languages import ANY_LANGUAGE, text_language
from ..models import ProductText
from ..texts import plain
from .recommendation import MatchLevel
from .tsquery import quoted

MOST_WORDS = 16
"""Of a search that are read: people write two or three."""

LONGEST_SEARCH = 200
"""Characters of a search that are read."""


class Wording:
    """A search as PostgreSQL reads it: `all_words`, the last one begun only, or `any_word`.

    Neither where nothing is left of it but words that say nothing.
    """

    def __init__(self, words: str) -> None:
        read = plain(words[:LONGEST_SEARCH]).split()
        self._words = [word for word in read if any(map(str.isalnum, word))][:MOST_WORDS]
        self._language = text_language()

    def __bool__(self) -> bool:
        return bool(self._words)

    @property
    def all_words(self) -> Q:
        begun = self._is_begun
        if whole := self._whole:
            others = reduce(and_, whole)
            begun &= Q(words=others) | Q(Exact(_Nodes(others), 0))
        return Q(words=reduce(and_, [*whole, self._last])) | begun

    @property
    def any_word(self) -> Q:
        return Q(words=self._any) | self._is_begun

    @property
    def rank(self) -> CombinedExpression:
        """Where the words stand, and how often; the mean over them, as PostgreSQL has it.

        The last one counts as it is written where only so it was found.
        """
        as_written = SearchRank(F("begun"), self._begun) / Value(float(len(self._words)))
        has_stem = Q(words=self._last) | Q(Exact(_Nodes(self._last), 0))
        last = Case(When(has_stem, then=Value(0.0)), default=as_written)
        return SearchRank(F("words"), self._any) + last

    @property
    def _whole(self) -> list[SearchQueryCombinable]:
        """Each word by itself: PostgreSQL takes "t-shirt" for three, which belong together."""
        return [
            SearchQuery(word, config=self._language, search_type="plain")
            for word in self._words[:-1]
        ]

    @property
    def _last(self) -> SearchQueryCombinable:
        return self._beginning(self._language)

    @property
    def _begun(self) -> SearchQueryCombinable:
        """Unstemmed: the stem of "leggings" is "leg", which does not begin with "legg"."""
        return self._beginning(ANY_LANGUAGE)

    def _beginning(self, language: str) -> SearchQueryCombinable:
        beginning = f"{quoted(self._words[-1])}:*"
        return SearchQuery(beginning, config=language, search_type="raw")

    @property
    def _any(self) -> SearchQueryCombinable:
        return reduce(or_, [*self._whole, self._last])

    @property
    def _is_begun(self) -> Q:
        """Unless the language knows the word for one that says nothing, such as "the"."""
        return Q(begun=self._begun) & Q(GreaterThan(_Nodes(self._last), 0))


@dataclass(frozen=True, kw_only=True)
class Matches:
    """(key, rank) of products, best first, each of which has the words of a search so far."""

    level: MatchLevel
    rows: QuerySet[Any, Any]


def matching(wording: Wording, shown: QuerySet[Any], *, exclude: Collection[Any] = ()) -> Matches:
    """Those of `shown` that have all words, or any where none has all.

    The rank counts where a word stands (title, labels, colours, description) and how often,
    which for a measured colour is how much of the picture has it.
    """
    every = _ranked(wording.all_words, wording, shown, exclude)
    if every.exists():
        return Matches(level=MatchLevel.FULL, rows=every)
    some = _ranked(wording.any_word, wording, shown, exclude)
    return Matches(level=MatchLevel.PARTIAL, rows=some)


def _ranked(
    condition: Q, wording: Wording, shown: QuerySet[Any], exclude: Collection[Any]
) -> QuerySet[Any, Any]:
    return (
        ProductText.objects.using(shown.db)
        .filter(condition, product__in=shown.values("pk"))
        .exclude(product_id__in=exclude)
        .annotate(rank=wording.rank)
        .order_by("-rank", "product_id")
        .values_list("product_id", "rank")
    )


class _Nodes(Func):
    """The size of a query: 0 where it says nothing.

    PostgreSQL knows that while it plans, so that nothing of it is left beside the indexes.
    """

    function = "numnode"
    output_field = IntegerField()
