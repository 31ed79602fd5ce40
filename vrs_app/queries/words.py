"""Which products are described alike, by PostgreSQL's full-text rank."""

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQueryField, SearchRank
from django.db import connections
from django.db.models import BooleanField, Expression, F, Func, Model, QuerySet, Value
from django.db.models.functions import Cast

from ..models import ProductText
from .tsquery import quoted

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
