"""Which products look alike: small public functions on one private nearest-vectors core."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connections, transaction
from django.db.models import (
    BooleanField,
    F,
    Func,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, JSONObject
from django.http import HttpRequest
from pgvector.django import CosineDistance

from .catalogue import Picture, catalogue
from .conf import conf
from .models import EmbeddingSpace, ImageEmbedding, IndexedImage
from .spaces import searchable

PICTURES_A_PRODUCT = 3
"""How many pictures of one product the first look allows for; a second look goes wider."""


class Source(StrEnum):
    """Where a recommendation comes from."""

    VISUAL = "visual"
    CATEGORY = "category"


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """A product of the shop's own, why it is recommended, and what a page shows of it."""

    product: Any
    source: Source
    picture: Picture | None
    similarity: float | None = None

    @property
    def title(self) -> str:
        return catalogue().title(self.product)

    @property
    def url(self) -> str | None:
        return catalogue().url(self.product)

    @property
    def price_label(self) -> str | None:
        return catalogue().price_label(self.product)

    @property
    def image_url(self) -> str | None:
        return catalogue().image_url(self.picture) if self.picture else None

    @property
    def thumbnail_url(self) -> str | None:
        return catalogue().thumbnail_url(self.picture) if self.picture else None

    @property
    def width(self) -> int | None:
        return self.picture.width if self.picture else None

    @property
    def height(self) -> int | None:
        return self.picture.height if self.picture else None


def similar_products(
    product: Model,
    *,
    limit: int | None = None,
    minimum: int | None = None,
    threshold: float | None = None,
    request: HttpRequest | None = None,
) -> list[Recommendation]:
    """What a product page shows: look-alikes, then the same category, or nothing at all.

    Fewer look-alikes than `minimum` are filled up to `limit` from the product's category;
    fewer than `minimum` even so, and the list is empty, so that no page shows a sad row.
    """
    limit = conf.LIMIT if limit is None else limit
    minimum = min(limit, conf.MINIMUM if minimum is None else minimum)
    found = similar_to(product, limit=limit, threshold=threshold, request=request)
    if len(found) < minimum:
        found += same_category(
            product,
            limit=limit - len(found),
            exclude=[item.product for item in found],
            request=request,
        )
    return found if len(found) >= minimum else []


def similar_to(
    product: Model,
    *,
    queryset: QuerySet[Any] | None = None,
    limit: int | None = None,
    threshold: float | None = None,
    exclude: Iterable[Any] = (),
    request: HttpRequest | None = None,
) -> list[Recommendation]:
    """The visible products that look most like `product`, nearest first, each once.

    `queryset`, of the shop's products, narrows them further, inside the search. `threshold`
    is the lowest cosine similarity, -1 to 1. `exclude` takes products or primary keys. A
    product whose pictures are not embedded yet has no look-alikes: the list is empty.
    """
    query = _main_vector(product)
    if query is None:
        return []
    shown = _both(catalogue().visible(request), queryset)
    neighbours = _nearest(
        query,
        shown,
        limit=conf.LIMIT if limit is None else limit,
        threshold=conf.THRESHOLD if threshold is None else threshold,
        exclude=[product.pk, *(getattr(other, "pk", other) for other in exclude)],
    )
    products = shown.in_bulk([neighbour.product_id for neighbour in neighbours])
    return [
        Recommendation(
            product=products[neighbour.product_id],
            source=Source.VISUAL,
            picture=neighbour.picture,
            similarity=neighbour.similarity,
        )
        for neighbour in neighbours
        if neighbour.product_id in products
    ]


def same_category(
    product: Model,
    *,
    limit: int | None = None,
    exclude: Iterable[Any] = (),
    request: HttpRequest | None = None,
) -> list[Recommendation]:
    """Visible products of the same category, in the order that the Catalogue gives them."""
    shown = catalogue().same_category(product, catalogue().visible(request))
    if shown is None:
        return []
    hidden = [product.pk, *(getattr(other, "pk", other) for other in exclude)]
    pictures = IndexedImage.objects.filter(product=OuterRef("pk")).order_by("position", "pk")
    columns = JSONObject(name="name", width="width", height="height")
    products = shown.exclude(pk__in=hidden).annotate(
        vrs_picture=Subquery(pictures.values(json=columns)[:1])
    )
    return [
        Recommendation(
            product=other,
            source=Source.CATEGORY,
            picture=Picture(**other.vrs_picture) if other.vrs_picture else None,
        )
        for other in products[: conf.LIMIT if limit is None else limit]
    ]


def _both(visible: QuerySet[Any], chosen: QuerySet[Any] | None) -> QuerySet[Any]:
    """The products in both, fetched as `chosen` says unless it is sliced."""
    if chosen is None:
        return visible
    if chosen.query.is_sliced:
        return visible.filter(pk__in=chosen.values("pk"))
    return chosen.filter(pk__in=visible.values("pk"))


# --- the core ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Query:
    """A vector, as PostgreSQL writes it, and the space that it lies in."""

    space_id: int
    dimensions: int
    vector: str


@dataclass(frozen=True, kw_only=True)
class _Neighbour:
    product_id: Any
    similarity: float
    picture: Picture


def _main_vector(product: Model) -> _Query | None:
    """The vector of the product's first picture that has one, in the active space."""
    # As text: the numbers only travel from PostgreSQL to PostgreSQL.
    row = (
        ImageEmbedding.objects.filter(
            ImageEmbedding.is_servable(),
            image__product=product.pk,
            space__state=EmbeddingSpace.State.ACTIVE,
        )
        .order_by("image__position", "image_id")
        .values("space_id", dimensions=F("space__dimensions"), text=Cast("vector", TextField()))
        .first()
    )
    if row is None:
        return None
    return _Query(space_id=row["space_id"], dimensions=row["dimensions"], vector=row["text"])


def _nearest(
    query: _Query,
    products: QuerySet[Any],
    *,
    limit: int,
    threshold: float,
    exclude: Collection[Any],
) -> list[_Neighbour]:
    """The `limit` nearest of `products`, each once with its best picture.

    Pictures are what is searched, so a product with many near ones takes many places: the
    look goes wider until enough products are found or no picture is left.
    """
    pictures = _pictures_by_distance(query, products, exclude)
    wanted = limit * PICTURES_A_PRODUCT
    with _index_settings(pictures.db):
        while True:
            rows = list(pictures[:wanted])
            best = {
                row["product_id"]: row
                for row in reversed(rows)
                if row["digest"] == row["image_digest"]
            }
            if len(best) >= limit or len(rows) < wanted:
                break
            wanted *= 4
    nearest = sorted(best.values(), key=lambda row: row["distance"])[:limit]
    return [
        _Neighbour(
            product_id=row["product_id"],
            similarity=1 - row["distance"],
            picture=Picture(name=row["name"], width=row["width"], height=row["height"]),
        )
        for row in nearest
        if 1 - row["distance"] >= threshold
    ]


def _pictures_by_distance(
    query: _Query, products: QuerySet[Any], exclude: Collection[Any]
) -> QuerySet[Any, Any]:
    """Pictures of `products` in the space of `query`, nearest first.

    Written so that the planner can take the space's index: the cast and the condition of
    the index, the space's id as a literal, and nothing behind the distance in ORDER BY. Both
    digests come along because comparing them here would mislead the planner: it takes two
    equal columns for a rarity and would rather sort the whole catalogue.
    """
    return (
        ImageEmbedding.objects.filter(
            _InSpace(F("space_id"), space_id=query.space_id),
            vector__isnull=False,
            image__product__in=products.values("pk"),
        )
        .exclude(image__product_id__in=exclude)
        .annotate(distance=CosineDistance(searchable(query.dimensions), Value(query.vector)))
        .order_by("distance")
        .values(
            "distance",
            "digest",
            image_digest=F("image__digest"),
            product_id=F("image__product_id"),
            name=F("image__name"),
            width=F("image__width"),
            height=F("image__height"),
        )
    )


class _InSpace(Func):
    """`space_id = 7`, never `space_id = $1`: a partial index is taken for literals only."""

    template = "%(expressions)s = %(space_id)d"
    output_field = BooleanField()


@contextmanager
def _index_settings(using: str) -> Iterator[None]:
    """Let the index go on until the filters have their rows, and leave nothing behind.

    Without iterative scan a filter silently shortens the answer. What is set here is taken
    back by rolling back: in autocommit a transaction of our own, inside the caller's a
    savepoint. Nothing was written, so nothing is lost, and an error in the search leaves
    the caller's transaction whole.
    """
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute(
                "SET LOCAL hnsw.iterative_scan = strict_order;"
                f"SET LOCAL hnsw.ef_search = {int(conf.EF_SEARCH)}"
            )
        yield
        transaction.set_rollback(True, using=using)
