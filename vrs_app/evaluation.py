"""How good the neighbours are: leave-one-out over the shop's own catalogue.

precision@k: of the k nearest products, the share that is of the same category. recall: of
the k truly nearest, by an exact scan, the share that the index finds.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connections, transaction
from numpy.typing import NDArray
from tqdm import tqdm

from . import spaces
from .catalogue import catalogue
from .embedders import Vectors, unit_length
from .exceptions import CatalogueLacks, NoActiveSpace
from .models import EmbeddingSpace, ImageEmbedding
from .queries import similar_to

NOTHING_CUT = -1.0


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Times in milliseconds; `chance` is the precision of a random answer."""

    space: str
    products: int
    categories: int
    k: int
    precision: float
    chance: float
    recall: float
    milliseconds_median: float
    milliseconds_95: float


@dataclass(frozen=True, kw_only=True)
class _Pictures:
    """Every searchable picture: its vector, and its product's place in `products`."""

    products: Sequence[Any]
    owner: NDArray[np.int64]
    vectors: Vectors
    main: NDArray[np.int64]
    """For each product the row of its first picture, with which it asks."""


def evaluate(*, k: int = 10, quiet: bool = True) -> Evaluation:
    """Ask for the neighbours of every visible product; raises NoActiveSpace, CatalogueLacks."""
    space = spaces.active()
    pictures = _read() if space else None
    if space is None or pictures is None:
        raise NoActiveSpace("Nothing is embedded yet. Run: manage.py vrs_embed")
    categories = _categories(pictures.products)
    answers, seconds = _ask(pictures.products, k, quiet, "as pages ask")
    with _index_forced():
        by_index, _ = _ask(pictures.products, k, quiet, "by the index")
    exact = [_exact(pictures, place, k) for place in range(len(pictures.products))]
    milliseconds = np.array(seconds) * 1000
    return Evaluation(
        space=str(space),
        products=len(pictures.products),
        categories=len(set(categories.values())),
        k=k,
        precision=_precision(categories, answers),
        chance=_chance(categories),
        recall=float(
            np.mean([_share(found, true) for found, true in zip(by_index, exact, strict=True)])
        ),
        milliseconds_median=float(np.median(milliseconds)),
        milliseconds_95=float(np.percentile(milliseconds, 95)),
    )


def _read() -> _Pictures | None:
    """The vectors of all visible products, main pictures first within each product."""
    rows = (
        ImageEmbedding.objects.filter(
            ImageEmbedding.is_servable(),
            space__state=EmbeddingSpace.State.ACTIVE,
            image__product__in=catalogue().visible().values("pk"),
        )
        .order_by("image__product_id", "image__position", "image_id")
        .values_list("image__product_id", "vector")
    )
    keys, vectors = [], []
    for key, vector in rows.iterator(chunk_size=500):
        keys.append(key)
        vectors.append(np.asarray(vector, dtype=np.float32))
    if not keys:
        return None
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    owner = np.array([places[key] for key in keys])
    found = catalogue().visible().in_bulk(list(places))
    return _Pictures(
        products=[found[key] for key in places],
        owner=owner,
        vectors=unit_length(np.stack(vectors)),
        main=np.unique(owner, return_index=True)[1],
    )


def _ask(
    products: Sequence[Any], k: int, quiet: bool, how: str
) -> tuple[list[list[Any]], list[float]]:
    """The keys of each product's neighbours, and the seconds that each answer took."""
    answers, seconds = [], []
    for product in tqdm(products, unit="query", disable=quiet, desc=how):
        began = time.perf_counter()
        found = similar_to(product, limit=k, threshold=NOTHING_CUT)
        seconds.append(time.perf_counter() - began)
        answers.append([item.product.pk for item in found])
    return answers, seconds


def _exact(pictures: _Pictures, place: int, k: int) -> list[Any]:
    """The k products truly nearest to the one at `place`, each by its nearest picture."""
    similarities = pictures.vectors @ pictures.vectors[pictures.main[place]]
    best = np.full(len(pictures.products), -np.inf)
    np.maximum.at(best, pictures.owner, similarities)
    best[place] = -np.inf
    order = np.argsort(-best)[: min(k, len(best) - 1)]
    return [pictures.products[other].pk for other in order]


def _categories(products: Sequence[Any]) -> dict[Any, Any]:
    """The category of each product, by key; raises CatalogueLacks where there are none."""
    categories = {product.pk: catalogue().category(product) for product in products}
    if all(category is None for category in categories.values()):
        raise CatalogueLacks("Give your Catalogue a `category`: precision is measured by it.")
    return categories


def _precision(categories: Mapping[Any, Any], answers: Sequence[Sequence[Any]]) -> float:
    """`answers` in the order of `categories`; one without any neighbour does not count."""
    shares = [
        np.mean([categories.get(key) == category for key in keys])
        for category, keys in zip(categories.values(), answers, strict=True)
        if keys
    ]
    return float(np.mean(shares)) if shares else 0.0


def _chance(categories: Mapping[Any, Any]) -> float:
    """How often another product, drawn blindly, is of the same category."""
    counts = Counter(categories.values()).values()
    pairs = len(categories) * (len(categories) - 1)
    return sum(count * (count - 1) for count in counts) / pairs if pairs else 0.0


def _share(found: list[Any], true: list[Any]) -> float:
    return len(set(found) & set(true)) / len(true) if true else 1.0


@contextmanager
def _index_forced() -> Iterator[None]:
    """Small catalogues are sorted rather than searched; here the index itself is on trial."""
    with transaction.atomic(using=spaces.database()):
        with connections[spaces.database()].cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")
        yield
        transaction.set_rollback(True, using=spaces.database())
