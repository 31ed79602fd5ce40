"""Packages that record every save record no vector, and nothing of ours for a save of the shop."""

from datetime import timedelta
from uuid import uuid4

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from easyaudit.models import CRUDEvent
from pytest_django import Settings

from vrs_app.contrib.history import Shopper, forget, record
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.privacy import erase
from vrs_app.contrib.history.pruning import prune
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage
from vrs_app.spaces.deletion import drop

from ..indexed import embed, photo
from .models import Product

pytestmark = pytest.mark.django_db


def records() -> list[str]:
    """What both packages have written down, of any model."""
    logged = [str(entry.changes) for entry in LogEntry.objects.all()]
    events = [f"{each.object_json_repr} {each.changed_fields}" for each in CRUDEvent.objects.all()]
    return logged + events


def with_vectors() -> list[str]:
    return [record for record in records() if "vector" in record]


def products() -> list[Product]:
    return [
        Product.objects.create(name=f"disc {seed}", image=photo(f"{seed}.jpg", seed=seed))
        for seed in range(3)
    ]


def test_embedding_records_no_vector() -> None:
    products()
    embed()
    assert ImageEmbedding.objects.exclude(vector=None).count() == 3
    assert records() and with_vectors() == []


def test_embedding_again_records_no_vector() -> None:
    first, *_ = products()
    embed()
    first.image = photo("other.jpg", "bars")
    first.save()
    IndexedImage.objects.update(revision=2)
    embed()
    assert with_vectors() == []


def test_deleting_a_product_records_no_vector() -> None:
    first, *_ = products()
    embed()
    first.delete()
    embed()
    assert ImageEmbedding.objects.count() == 2
    assert with_vectors() == []


@pytest.mark.django_db(transaction=True)
def test_dropping_a_space_records_no_vector(settings: Settings) -> None:
    products()
    embed()
    space = EmbeddingSpace.objects.get()
    EmbeddingSpace.objects.update(state=EmbeddingSpace.State.RETIRED)
    settings.VRS = {**settings.VRS, "EMBEDDER": "vrs_app.embedders.resnet50.ResNet50Embedder"}
    drop(space)
    assert not ImageEmbedding.objects.exists()
    assert records() and with_vectors() == []


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


def test_what_a_shopper_did_is_recorded_nowhere_else_also_when_it_is_erased() -> None:
    product, *_ = products()
    shopper = Shopper(visitor=uuid4())
    for kind in ("viewed", "liked"):
        assert record(shopper, product, kind)
    InteractionRow.objects.filter(kind="viewed").update(at=timezone.now() - timedelta(days=9999))
    assert forget(shopper, product, "liked")
    assert prune() == (1, False)
    assert record(shopper, product, "viewed")
    assert erase(shopper) == 1
    assert not [each for each in records() if str(shopper.visitor) in each]
