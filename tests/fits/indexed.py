"""What the app knows of a shop's products once the worker has drained what was noted."""

from typing import Any

from django.core.files.base import ContentFile

from tests.shapes import shape
from vrs_app.indexing import worker
from vrs_app.models import IndexedImage, ProductText
from vrs_app.queries import search
from vrs_app.testing import drain


def photo(name: str = "photo.jpg", kind: str = "disc", *, seed: int = 0) -> "ContentFile[bytes]":
    return ContentFile(shape(kind, seed=seed), name)


def pictures(product: Any) -> list[str]:
    """The names of a product's pictures in their order, after draining; none is withheld."""
    drain()
    rows = IndexedImage.objects.filter(product_id=product.pk).order_by("position")
    assert [row.name for row in rows if row.withheld_at] == []
    return [row.name for row in rows]


def found(words: str) -> set[Any]:
    """The keys of the products that a search by words finds, after draining."""
    drain()
    return {item.product.pk for item in search(words, expand=False)}


def has_words(product: Any) -> bool:
    """Whether any words are known of it, after draining."""
    drain()
    return ProductText.objects.filter(product_id=product.pk).exists()


def embed() -> None:
    """Do all of a worker's work: what was noted, then the pictures that wait."""
    drain()
    while worker.embed_batch().more_wait:
        pass
