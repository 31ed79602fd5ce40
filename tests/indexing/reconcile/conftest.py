"""A shop that is embedded, and ways to change it without a signal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F

from vrs_app.catalogue import catalogue
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.spaces import pending

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


def let_second_looks_come() -> None:
    """Let the time pass for which what the storage gave is not believed."""
    waiting = ImageEmbedding.objects.filter(given_back_at__isnull=False)
    waiting.update(given_back_at=F("given_back_at") - pending.SECOND_LOOK_AFTER)


def let_hangs_be_over() -> None:
    """Let the time pass for which a file that has hung is not read again."""
    hung = ImageEmbedding.objects.filter(lease_until__isnull=False)
    hung.update(lease_until=F("lease_until") - pending.hang_retry())


def is_served(image: IndexedImage) -> bool:
    servable = ImageEmbedding.objects.filter(ImageEmbedding.is_servable())
    return servable.filter(image=image).exists()
