"""Leave-one-out evaluation over the shop's own catalogue.

precision@k: the share of the k nearest products that is of the query's category. recall@k: the
share of the k truly nearest, by an exact scan, that the index finds. Precision is measured on
`sample` products through the public query functions, as pages call them; the rest on the whole
catalogue.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import spaces
from ...catalogue import catalogue
from ...conf import conf
from ...display import title_of
from ...exceptions import NoActiveSpace
from ...models import EmbeddingSpace
from ..duplicates.photo_vectors import Photos
from . import blocks, categories, index_recall, similarities
from .by_photo import search_by_photo
from .categories import Categories
from .exact import Comparison, Nearest, compare
from .figures import Answer, Coverage, Duplicates, Evaluation, Frequent
from .page_answers import query_as_pages

SAMPLE = 1000
"""Products that are queried, by default."""
EF_SEARCHES = (40, 100, 200, 400)
SEED = 0
"""The seed of all random samples, so that two evaluations are comparable."""
MOST_FREQUENT = 5


def evaluate(
    *, k: int = 10, sample: int = SAMPLE, photo_search: bool = False, quiet: bool = True
) -> Evaluation:
    """Evaluate the `k` nearest neighbours of `sample` products, or of all if there are fewer.

    With `photo_search`, also search by the main picture of each as by a shopper's photo, which
    loads the embedder. `quiet` hides the progress bars. Raises NoActiveSpace, with
    `photo_search` also EmbedderUnavailable and StorageUnavailable.
    """
    space = spaces.active()
    photos = blocks.load(space) if space else None
    if space is None or photos is None:
        raise NoActiveSpace("Nothing is embedded yet. Run: manage.py vrs_embed")
    labels = categories.load(photos.keys)
    queried = _sample(photos.keys, sample)
    answers = query_as_pages(queried, labels, k, quiet=quiet)
    compared = compare(
        photos,
        count=max(k, conf.MINIMUM),
        duplicates_from=conf.DUPLICATE_THRESHOLD,
        quiet=quiet,
    )
    recalls = index_recall.recall(
        photos, queried, space, k, sorted({*EF_SEARCHES, conf.EF_SEARCH}), quiet=quiet
    )
    found = _evaluation(
        k=k,
        space=space,
        photos=photos,
        labels=labels,
        answers=answers,
        compared=compared,
        recalls=recalls,
    )
    if not photo_search:
        return found
    return replace(found, photo_search=search_by_photo(queried, space, labels, k, quiet=quiet))


def _evaluation(
    *,
    k: int,
    space: EmbeddingSpace,
    photos: Photos,
    labels: Categories,
    answers: list[Answer],
    compared: Comparison,
    recalls: dict[int, float],
) -> Evaluation:
    codes = labels.codes(photos.keys)
    kinds = similarities.sample_pairs(photos, codes, _first(compared.nearest, k), SEED)
    milliseconds = np.array([answer.seconds for answer in answers]) * 1000
    return Evaluation(
        space=str(space),
        products=len(photos.keys),
        pictures=len(photos.images),
        asked=len(answers),
        categories=len(labels.names),
        k=k,
        precision=categories.mean_precision(answers),
        chance=labels.chance(len(photos.keys)),
        by_category=categories.by_category(labels, answers),
        ef_search=conf.EF_SEARCH,
        recall=recalls.get(conf.EF_SEARCH),
        recall_by_ef_search=recalls,
        coverage=_coverage(photos.keys, compared.nearest.places[:, :k]),
        duplicates=Duplicates(
            threshold=conf.DUPLICATE_THRESHOLD,
            pairs=compared.duplicate_pairs,
            products=int(compared.is_duplicated.sum()),
        ),
        similarities=similarities.percentiles(kinds),
        minimum=conf.MINIMUM,
        cuts=similarities.cuts(kinds, codes, compared.nearest, k),
        milliseconds_median=float(np.median(milliseconds)),
        milliseconds_95=float(np.percentile(milliseconds, 95)),
        answers=answers,
    )


def _sample(keys: Sequence[Any], size: int) -> list[Any]:
    """`size` random visible products of these keys, or all."""
    places = np.random.default_rng(SEED).permutation(len(keys))[:size]
    drawn = [keys[place] for place in places]
    found = catalogue().visible().in_bulk(drawn)
    return [found[key] for key in drawn if key in found]


def _first(nearest: Nearest, k: int) -> Nearest:
    """The first `k` columns of `nearest`."""
    return Nearest(places=nearest.places[:, :k], similarities=nearest.similarities[:, :k])


def _coverage(keys: Any, places: NDArray[np.int64]) -> Coverage:
    """The coverage by `places`, products × k; of the whole catalogue, as a sample is too small."""
    times = np.bincount(places[places >= 0], minlength=len(keys))
    most = np.argsort(-times, kind="stable")[:MOST_FREQUENT]
    found = catalogue().visible().in_bulk([keys[place] for place in most])
    return Coverage(
        share=float(np.mean(times > 0)),
        never=int(np.sum(times == 0)),
        most=[
            Frequent(
                key=keys[place],
                title=title_of(found[keys[place]]),
                answers=int(times[place]),
            )
            for place in most
            if times[place] and keys[place] in found
        ],
    )
