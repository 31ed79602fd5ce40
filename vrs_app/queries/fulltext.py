"""PostgreSQL's full-text search: products that have the words, and products described alike."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import and_, or_
from typing import Any, NamedTuple

from django.contrib.postgres.search import (
    SearchQuery,
    SearchQueryCombinable,
    SearchQueryField,
    SearchRank,
)
from django.db import connections
from django.db.models import (
    BooleanField,
    Case,
    Expression,
    F,
    Func,
    IntegerField,
    Model,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, GreaterThan

from ..infra.plain_text import plain
from ..infra.text_config import ANY_LANGUAGE, text_language
from ..models import ProductText
from .results import MatchLevel


def quoted(word: str) -> str:
    """`word` as one lexeme, whatever signs are in it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


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


MOST_COMPARED = 32
"""Words of a product that others are ranked by."""

MOST_PAIRED = 8
"""Words of its title that are looked for in pairs."""

FEWEST_PAIRED = 4
"""Where the title has fewer words, those of category and attributes join them."""

WORDS_OF_PRODUCT = """
    SELECT lexeme, coalesce(weights[1], 'D') AS weight
    FROM vrs_app_producttext CROSS JOIN LATERAL unnest(words)
    WHERE product_id = %s
    ORDER BY weight, positions[1], lexeme
    LIMIT %s
"""


class Word(NamedTuple):
    """A word as PostgreSQL noted it, with the greatest of its weights."""

    lexeme: str
    weight: str

    @property
    def query(self) -> str:
        """As a tsquery has it."""
        return quoted(self.lexeme)


def by_text(
    product: Model, shown: QuerySet[Any], *, limit: int, exclude: Collection[Any]
) -> list[Any]:
    """The primary keys of those of `shown` whose words are most like the product's, best first.

    Those that share two words of its title come before those that share any one word; where
    the title is short, category and attributes count as part of it. Two SELECTs, and a third
    where the second found fewer than `limit`.
    [] where the product has no words, or shares them with none.
    """
    words = _words_of(product, shown.db)
    found: list[Any] = []
    for query in dict.fromkeys((_pairs(words), _any_of(word.query for word in words))):
        if query and len(found) < limit:
            rest = alike(query, words, shown, exclude=[product.pk, *exclude, *found])
            found += rest[: limit - len(found)]
    return found


def alike(
    query: str, words: Iterable[Word], shown: QuerySet[Any], *, exclude: Collection[Any]
) -> QuerySet[Any, Any]:
    """The keys of those of `shown` that `query`, a tsquery, matches, ranked by all `words`."""
    rank = SearchRank(
        F("words"), _tsquery(_any_of(word.query for word in words)), normalization=Value(1)
    )
    return (
        ProductText.objects.using(shown.db)
        .filter(_Match(F("words"), _tsquery(query)), product__in=shown.values("pk"))
        .exclude(product_id__in=exclude)
        .order_by(rank.desc(), "product_id")
        .values_list("product_id", flat=True)
    )


def _words_of(product: Model, using: str) -> list[Word]:
    """The product's words as they are read: title, category and attributes, description."""
    connection = connections[using]
    field = ProductText._meta.get_field("product")
    with connection.cursor() as cursor:
        key = field.get_db_prep_value(product.pk, connection)
        cursor.execute(WORDS_OF_PRODUCT, [key, MOST_COMPARED])
        return [Word(*row) for row in cursor.fetchall()]


def _pairs(words: Sequence[Word]) -> str:
    """Two of the first words together: what shares one common word tells little, and is much.

    Every match is read for its rank, so the fewer match, the quicker the answer.
    """
    title = sum(word.weight == "A" for word in words)
    count = min(max(title, FEWEST_PAIRED), MOST_PAIRED)
    first = [word.query for word in words if word.weight < "D"][:count]
    return _any_of(f"{one} & {other}" for one, other in combinations(first, 2)) or _any_of(first)


def _any_of(queries: Iterable[str]) -> str:
    return " | ".join(queries)  # "&" binds more closely than "|"


def _tsquery(query: str) -> Expression:
    """`query` as it stands, in which words are stems already."""
    return Cast(Value(query), SearchQueryField())


class _Match(Func):
    """`words @@ query`; Django's lookup would make a new query of the query's text."""

    arg_joiner = " @@ "
    template = "%(expressions)s"
    output_field = BooleanField()
