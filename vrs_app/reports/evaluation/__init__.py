"""How good the neighbours are: leave-one-out over the shop's own catalogue.

precision@k: of the k nearest products, the share that is of the same category. recall: of
the k truly nearest, by an exact scan, the share that the index finds. The precision of `sample`
products is of what pages get, by the public functions; the rest looks at the whole catalogue.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import spaces
from ...catalogue import catalogue
from ...conf import conf
from ...exceptions import NoActiveSpace
from ...models import EmbeddingSpace
from ..duplicates.photo_vectors import Photos
from . import blocks, index_recall, similarities
from . import categories as of_categories
from .by_photo import search_by_photo
from .categories import Categories
from .exact import Comparison, Nearest, compare
from .figures import Answer, Coverage, Cut, Duplicates, Evaluation, Frequent
from .page_answers import ask

__all__ = ["Answer", "Cut", "Evaluation", "evaluate"]

SAMPLE = 1000
EF_SEARCHES = (40, 100, 200, 400)
SEED = 0
"""Of everything that is drawn, so that two evaluations ask the same."""
MOST_FREQUENT = 5


def evaluate(
    *, k: int = 10, sample: int = SAMPLE, photo_search: bool = False, quiet: bool = True
) -> Evaluation:
    """Ask for the neighbours of `sample` products, or of all; raises NoActiveSpace.

    With `photo_search`, once more by their pictures, as shoppers' photos; that loads the
    embedder, and raises EmbedderUnavailable and StorageUnavailable.
    """
    space = spaces.active()
    known = blocks.read(space) if space else None
    if space is None or known is None:
        raise NoActiveSpace("Nothing is embedded yet. Run: manage.py vrs_embed")
    categories = of_categories.read(known.keys)
    asking = _drawn(known.keys, sample)
    answers = ask(asking, categories, k, quiet=quiet)
    compared = compare(
        known,
        count=max(k, conf.MINIMUM),
        duplicates_from=conf.DUPLICATE_THRESHOLD,
        quiet=quiet,
    )
    recalls = index_recall.recall(
        known, asking, space, k, sorted({*EF_SEARCHES, conf.EF_SEARCH}), quiet=quiet
    )
    found = _evaluation(
        k=k,
        space=space,
        known=known,
        categories=categories,
        answers=answers,
        compared=compared,
        recalls=recalls,
    )
    if not photo_search:
        return found
    photos = search_by_photo(asking, space, categories, k, quiet=quiet)
    return replace(found, photo_search=photos)


def _evaluation(
    *,
    k: int,
    space: EmbeddingSpace,
    known: Photos,
    categories: Categories,
    answers: list[Answer],
    compared: Comparison,
    recalls: dict[int, float],
) -> Evaluation:
    codes = categories.codes(known.keys)
    kinds = similarities.sampled(known, codes, _first(compared.nearest, k), SEED)
    milliseconds = np.array([answer.seconds for answer in answers]) * 1000
    return Evaluation(
        space=str(space),
        products=len(known.keys),
        pictures=len(known.images),
        asked=len(answers),
        categories=len(categories.names),
        k=k,
        precision=of_categories.precision(answers),
        chance=categories.chance(len(known.keys)),
        by_category=of_categories.by_category(categories, answers),
        ef_search=conf.EF_SEARCH,
        recall=recalls.get(conf.EF_SEARCH),
        recall_by_ef_search=recalls,
        coverage=_coverage(known.keys, compared.nearest.places[:, :k]),
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


def _drawn(keys: Sequence[Any], sample: int) -> list[Any]:
    """The products that ask, all or so many of them."""
    places = np.random.default_rng(SEED).permutation(len(keys))[:sample]
    drawn = [keys[place] for place in places]
    found = catalogue().visible().in_bulk(drawn)
    return [found[key] for key in drawn if key in found]


def _first(nearest: Nearest, k: int) -> Nearest:
    return Nearest(places=nearest.places[:, :k], similarities=nearest.similarities[:, :k])


def _coverage(keys: Any, places: NDArray[np.int64]) -> Coverage:
    """Of the exact answers of the whole catalogue, since a sample has too few of them."""
    times = np.bincount(places[places >= 0], minlength=len(keys))
    most = np.argsort(-times, kind="stable")[:MOST_FREQUENT]
    found = catalogue().visible().in_bulk([keys[place] for place in most])
    return Coverage(
        share=float(np.mean(times > 0)),
        never=int(np.sum(times == 0)),
        most=[
            Frequent(
                key=keys[place],
                title=catalogue().title(found[keys[place]]),
                answers=int(times[place]),
            )
            for place in most
            if times[place] and keys[place] in found
        ],
    )
