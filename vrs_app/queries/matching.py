"""Products whose words a shopper named."""

from collections.abc import Collection
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchRank
from django.db.models import F, QuerySet

from ..languages import text_language
from ..models import ProductText
from ..texts import plain

MOST_WORDS = 16
"""Of a search that are read: people write two or three."""

LONGEST = 200
"""Characters of a search that are read."""


class Wording:
    """A search as PostgreSQL reads it: `all_words`, the last one begun only, or `any_word`.

    Neither where nothing is left of it but words that say nothing.
    """

    def __init__(self, words: str) -> None:
        read = plain(words[:LONGEST]).split()
        self._words = [word for word in read if any(map(str.isalnum, word))][:MOST_WORDS]
        self._language = text_language()

    def __bool__(self) -> bool:
        return bool(self._words)

    @property
    def all_words(self) -> SearchQueryCombinable:
        return reduce(and_, self._parts())

    @property
    def any_word(self) -> SearchQueryCombinable:
        return reduce(or_, self._parts())

    def _parts(self) -> list[SearchQueryCombinable]:
        """Each word by itself: PostgreSQL takes "t-shirt" for three, which belong together."""
        *whole, last = self._words
        plainly = [SearchQuery(word, config=self._language, search_type="plain") for word in whole]
        return [*plainly, SearchQuery(_begun(last), config=self._language, search_type="raw")]


def _begun(word: str) -> str:
    """A query for the words that begin with `word`, whatever signs are in it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "':*"


def matching(
    wording: Wording, shown: QuerySet[Any], *, exclude: Collection[Any] = ()
) -> QuerySet[Any, Any]:
    """(key, rank) of those of `shown` that have all words, or any where none has all.

    Best first. The rank counts where a word stands (title, labels, colours, description) and
    how often, which for a measured colour is how much of the picture has it.
    """
    every = _matching(wording.all_words, wording, shown, exclude)
    return every if every.exists() else _matching(wording.any_word, wording, shown, exclude)


def _matching(
    query: SearchQueryCombinable,
    wording: Wording,
    shown: QuerySet[Any],
    exclude: Collection[Any],
) -> QuerySet[Any, Any]:
    return (
        ProductText.objects.using(shown.db)
        .filter(words=query, product__in=shown.values("pk"))
        .exclude(product_id__in=exclude)
        .annotate(rank=SearchRank(F("words"), wording.any_word))
        .order_by("-rank", "product_id")
        .values_list("product_id", "rank")
    )
