"""Leave-one-out evaluation of search by photo, with the products' own main pictures."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from tqdm import tqdm

from ... import spaces
from ...embedders import Embedder
from ...exceptions import PictureError
from ...indexing.storage import read_file
from ...models import EmbeddingSpace, IndexedImage
from ...photos.preprocess import prepare
from ...photos.worker import embed_photo
from ...queries import search
from ...queries.options import NO_THRESHOLD
from .categories import Categories
from .figures import PhotoSearch
from .page_answers import judged, precision


def search_by_photo(
    keys: Sequence[Any],
    space: EmbeddingSpace,
    categories: Categories,
    k: int,
    *,
    quiet: bool = True,
) -> PhotoSearch:
    """Search by the main picture of each of the products `keys`, as by a shopper's photo.

    The worker's part runs in this process, so that no worker is needed. Raises
    EmbedderUnavailable.
    """
    embedder = spaces.embedder_of(space)
    precisions: list[float | None] = []
    unreadable = 0
    for key, name in tqdm(_main_pictures(keys), unit="photo", disable=quiet, desc="by photo"):
        try:
            precisions.append(_precision(key, name, space, embedder, categories, k))
        except PictureError:
            unreadable += 1
    known = [each for each in precisions if each is not None]
    return PhotoSearch(
        asked=len(precisions),
        unreadable=unreadable,
        precision=float(np.mean(known)) if known else None,
    )


def _main_pictures(keys: Iterable[Any]) -> list[tuple[Any, str]]:
    """The key of each of these products, and the storage name of its first picture."""
    pictures = IndexedImage.objects.shown().filter(product__in=list(keys))
    first = pictures.order_by("product_id", "position", "pk").distinct("product_id")
    return list(first.values_list("product_id", "name"))


def _precision(
    key: Any,
    name: str,
    space: EmbeddingSpace,
    embedder: Embedder,
    categories: Categories,
    k: int,
) -> float | None:
    photo = embed_photo(prepare(BytesIO(read_file(name))), space, embedder).vector
    found = search(photo=photo, exclude=[key], limit=k, threshold=NO_THRESHOLD)
    return precision(judged(found, key, categories))
