"""Packages that record every save record no vector, and nothing of ours for a save of the shop."""

from collections.abc import Iterator

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from easyaudit.models import CRUDEvent

from vrs_app import spaces
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage

from ..indexed import embed, photo
from .models import Product

pytestmark = pytest.mark.django_db

LONGEST = 500
"""Characters of any record: a vector has far more."""


@pytest.fixture(autouse=True)
def long_records() -> Iterator[None]:
    """The handcrafted embedder's vectors are long enough to tell."""
    yield
    assert not ImageEmbedding.objects.exists() or vector_length() > LONGEST


def vector_length() -> int:
    return len(str(ImageEmbedding.objects.exclude(vector=None).values_list("vector")[0]))


def records() -> list[str]:
    """What both packages have written down, by any model."""
    logged = [str(entry.changes) for entry in LogEntry.objects.all()]
    events = [f"{each.object_json_repr} {each.changed_fields}" for each in CRUDEvent.objects.all()]
    return logged + events


def too_long() -> list[str]:
    return [record for record in records() if len(record) > LONGEST]


def products() -> list[Product]:
    return [
        Product.objects.create(name=f"disc {seed}", image=photo(f"{seed}.jpg", seed=seed))
        for seed in range(3)
    ]


def test_embedding_records_no_vector() -> None:
    products()
    embed()
    assert ImageEmbedding.objects.exclude(vector=None).count() == 3
    assert records() and too_long() == []


def test_embedding_again_records_no_vector() -> None:
    first, *_ = products()
    embed()
    first.image = photo("other.jpg", "bars")
    first.save()
    IndexedImage.objects.update(revision=2)
    embed()
    assert too_long() == []


def test_deleting_products_and_a_space_records_no_vector() -> None:
    first, *_ = products()
    embed()
    first.delete()
    embed()
    space = EmbeddingSpace.objects.get()
    spaces.delete(space, force=True)
    assert not ImageEmbedding.objects.exists()
    assert too_long() == []


def test_a_save_records_the_product_and_nothing_of_ours() -> None:
    (product, *_) = products()
    ours = ContentType.objects.filter(app_label="vrs_app")
    LogEntry.objects.all().delete()
    CRUDEvent.objects.all().delete()
    product.name = "another"
    product.save()
    assert LogEntry.objects.exists() and CRUDEvent.objects.exists()
    assert not LogEntry.objects.filter(content_type__in=ours).exists()
    assert not CRUDEvent.objects.filter(content_type__in=ours).exists()
