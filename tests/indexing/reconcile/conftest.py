"""A shop that is embedded, and ways to change it without a signal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vrs_app.catalogue import catalogue
from vrs_app.models import ImageEmbedding, IndexedImage

Fail = Callable[..., None]


@pytest.fixture
def fail_at(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Lets a method of the Catalogue fail at some products, as a shop's own code may."""

    def fail(method: str, *keys: Any) -> None:
        real = getattr(catalogue(), method)

        def failing(product: Any) -> Any:
            if product.pk in keys:
                raise ZeroDivisionError("in the shop")
            return real(product)

        monkeypatch.setattr(catalogue(), method, failing)

    return fail


def file_of(image: IndexedImage) -> Path:
    return Path(catalogue().storage.path(image.name))


def is_served(image: IndexedImage) -> bool:
    servable = ImageEmbedding.objects.filter(ImageEmbedding.is_servable())
    return servable.filter(image=image).exists()
