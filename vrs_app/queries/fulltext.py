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

from ..infra.text_search import ANY_LANGUAGE, plain, text_language
from ..models import ProductText
from .results import MatchLevel

MAX_WORDS = 16
"""Words of a search beyond these are ignored."""

LONGEST_SEARCH = 200
"""Characters of a search beyond these are ignored."""

MAX_RANKED_WORDS = 32
"""Words of a product by which others are ranked."""

MAX_PAIRED_WORDS = 8
"""Words of the title that are searched for in pairs, at most."""

MIN_PAIRED_WORDS = 4
"""Where the title has fewer words, those of category and attributes are added."""

WORDS_OF_PRODUCT = """
    SELECT lexeme, coalesce(weights[1], 'D') AS weight
    FROM vrs_app_producttext CROSS JOIN LATERAL unnest(words)
    WHERE product_id = %s
    ORDER BY weight, positions[1], lexeme
    LIMIT %s
"""


def quoted(word: str) -> str:
    """`word` as one quoted lexeme of a tsquery."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


class SearchTerms:
    """The words of a search as tsqueries: `all_words` or `any_word`; the last is a prefix.

    False where no word is left. Stop words match nothing.
    """

    def __init__(self, words: str) -> None:
        read = plain(words[:LONGEST_SEARCH]).split()
        self._words = [word for word in read if any(map(str.isalnum, word))][:MAX_WORDS]
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
        """`ts_rank` of the words: by weight and frequency, the mean over the words.

        The last word counts unstemmed where only its prefix matched.
        """
        as_written = SearchRank(F("begun"), self._begun) / Value(float(len(self._words)))
        has_stem = Q(words=self._last) | Q(Exact(_Nodes(self._last), 0))
        last = Case(When(has_stem, then=Value(0.0)), default=as_written)
        return SearchRank(F("words"), self._any) + last

    @property
    def _whole(self) -> list[SearchQueryCombinable]:
        """A query for each word but the last: PostgreSQL splits "t-shirt" into three lexemes."""
        return [
            SearchQuery(word, config=self._language, search_type="plain")
            for word in self._words[:-1]
        ]

    @property
    def _last(self) -> SearchQueryCombinable:
        return self._beginning(self._language)

    @property
    def _begun(self) -> SearchQueryCombinable:
        """The prefix unstemmed: the stem of "leggings" is "leg", which "legg" does not match."""
        return self._beginning(ANY_LANGUAGE)

    def _beginning(self, language: str) -> SearchQueryCombinable:
        beginning = f"{quoted(self._words[-1])}:*"
        return SearchQuery(beginning, config=language, search_type="raw")

    @property
    def _any(self) -> SearchQueryCombinable:
        return reduce(or_, [*self._whole, self._last])

    @property
    def _is_begun(self) -> Q:
        """The prefix matches, and the word is no stop word of the language, such as "the"."""
        return Q(begun=self._begun) & Q(GreaterThan(_Nodes(self._last), 0))


@dataclass(frozen=True, kw_only=True)
class Matches:
    """(key, rank) of products, best first, all of the same match level."""

    level: MatchLevel
    rows: QuerySet[Any, Any]


def match_terms(
    wording: SearchTerms, shown: QuerySet[Any], *, exclude: Collection[Any] = ()
) -> Matches:
    """Those of `shown` that have all words; those that have any, where none has all.

    The rank weighs where a word stands (title, labels, colours, description) and how often: a
    measured colour stands more often the more of the picture it covers.
    """
    every = _ranked(wording.all_words, wording, shown, exclude)
    if every.exists():
        return Matches(level=MatchLevel.FULL, rows=every)
    some = _ranked(wording.any_word, wording, shown, exclude)
    return Matches(level=MatchLevel.PARTIAL, rows=some)


def _ranked(
    condition: Q, wording: SearchTerms, shown: QuerySet[Any], exclude: Collection[Any]
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
    """Number of nodes of a tsquery: 0 where it has only stop words.

    The planner folds it to a constant, so that the indexes stay usable.
    """

    function = "numnode"
    output_field = IntegerField()


class Word(NamedTuple):
    """A lexeme of a tsvector with the greatest of its weights, A to D."""

    lexeme: str
    weight: str

    @property
    def query(self) -> str:
        """The lexeme quoted for a tsquery."""
        return quoted(self.lexeme)


def described_alike(
    product: Model, shown: QuerySet[Any], *, limit: int, exclude: Collection[Any]
) -> list[Any]:
    """The primary keys of those of `shown` that share words with the product, best first.

    Products that share two words of its title come before those that share any one word; where
    the title is short, category and attributes count as part of it. Two SELECTs, and a third
    where the second found fewer than `limit`. [] where the product shares no words.
    """
    words = _words_of(product, shown.db)
    found: list[Any] = []
    for query in dict.fromkeys((_pairs(words), _any_of(word.query for word in words))):
        if query and len(found) < limit:
            rest = ranked_by_words(query, words, shown, exclude=[product.pk, *exclude, *found])
            found += rest[: limit - len(found)]
    return found


def ranked_by_words(
    query: str, words: Iterable[Word], shown: QuerySet[Any], *, exclude: Collection[Any]
) -> QuerySet[Any, Any]:
    """The keys of those of `shown` that the tsquery `query` matches, by rank over all `words`."""
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
    """The product's words in the order of their weights."""
    connection = connections[using]
    field = ProductText._meta.get_field("product")
    with connection.cursor() as cursor:
        key = field.get_db_prep_value(product.pk, connection)
        cursor.execute(WORDS_OF_PRODUCT, [key, MAX_RANKED_WORDS])
        return [Word(*row) for row in cursor.fetchall()]


def _pairs(words: Sequence[Word]) -> str:
    """A tsquery for any two of the first words: one common word matches too much.

    Every match is ranked, so fewer matches make a quicker answer.
    """
    title = sum(word.weight == "A" for word in words)
    count = min(max(title, MIN_PAIRED_WORDS), MAX_PAIRED_WORDS)
    first = [word.query for word in words if word.weight < "D"][:count]
    return _any_of(f"{one} & {other}" for one, other in combinations(first, 2)) or _any_of(first)


def _any_of(queries: Iterable[str]) -> str:
    return " | ".join(queries)  # "&" binds more closely than "|"


def _tsquery(query: str) -> Expression:
    """`query` cast as it stands: its words are lexemes already."""
    return Cast(Value(query), SearchQueryField())


class _Match(Func):
    """`words @@ query`; Django's lookup would parse the query's text again."""

    arg_joiner = " @@ "
    template = "%(expressions)s"
    output_field = BooleanField()
