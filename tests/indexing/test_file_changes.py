"""Same name, new bytes: however Django is told to write them, they are embedded anew."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db.migrations.state import ModelState
from django.db.models.fields.files import ImageFieldFile
from pytest_django import Settings

from shop.models import Product, ProductImage
from vrs_app.indexing import file_changes
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.receivers import connect
from vrs_app.testing import drain
from vrs_app.vision import digest

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db

Write = Callable[[ProductImage, str, bytes], None]


@pytest.fixture
def overwriting(settings: Settings) -> None:
    overwrites = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    overwrites |= {"OPTIONS": {"allow_overwrite": True}}  # type: ignore[dict-item]
    settings.STORAGES = {**settings.STORAGES, "default": overwrites}


@pytest.fixture
def picture(make_shown: MakeShown, embed_all: EmbedAll) -> ProductImage:
    product = make_shown(shape("disc"))
    assert embed_all() == 1
    picture: ProductImage = product.images.get()
    return picture


def at_once(picture: ProductImage, name: str, data: bytes) -> None:
    picture.image.save(name, ContentFile(data))


def before_the_row(picture: ProductImage, name: str, data: bytes) -> None:
    picture.image.save(name, ContentFile(data), save=False)
    picture.save()


def from_a_cache(picture: ProductImage, name: str, data: bytes) -> None:
    at_once(pickle.loads(pickle.dumps(picture)), name, data)


WAYS = pytest.mark.parametrize("write", [at_once, before_the_row, from_a_cache])


def assert_is_embedded_anew(embed_all: EmbedAll) -> None:
    assert IndexedImage.objects.get().digest == ""
    servable = ImageEmbedding.objects.filter(ImageEmbedding.is_servable())
    assert not servable.exists()
    assert embed_all() == 1
    assert servable.get().digest == digest(shape("bars"))


def base(picture: ProductImage) -> str:
    return Path(str(picture.image.name)).name


@WAYS
@pytest.mark.usefixtures("overwriting")
def test_a_file_field_that_writes_over_the_old_file(
    picture: ProductImage, embed_all: EmbedAll, write: Write
) -> None:
    write(picture, base(picture), shape("bars"))
    assert_is_embedded_anew(embed_all)


@WAYS
def test_a_file_that_is_deleted_and_written_under_the_same_name(
    picture: ProductImage, embed_all: EmbedAll, write: Write
) -> None:
    name = str(picture.image.name)
    picture.image.delete(save=False)
    write(picture, Path(name).name, shape("bars"))
    assert IndexedImage.objects.get().name == name
    assert_is_embedded_anew(embed_all)


@pytest.mark.usefixtures("overwriting")
def test_the_next_save_of_the_same_row_asks_for_nothing(
    picture: ProductImage, embed_all: EmbedAll
) -> None:
    at_once(picture, base(picture), shape("bars"))
    embed_all()
    before = IndexedImage.objects.values().get()
    Path(picture.image.path).unlink()  # whoever reads it now trips
    picture.save()
    product = Product.objects.get()
    product.price += 1
    product.save()
    drain()
    assert IndexedImage.objects.values().get() == before
    assert embed_all() == 0


def test_a_new_name_is_a_new_picture_and_costs_one_embedding(
    picture: ProductImage, embed_all: EmbedAll
) -> None:
    at_once(picture, "other.jpg", shape("bars"))
    drain()
    assert IndexedImage.objects.get().name == picture.image.name
    assert embed_all() == 1


def test_what_belongs_to_the_shop_stays_as_it_is(picture: ProductImage) -> None:
    connect()
    field: Any = ProductImage._meta.get_field("image")
    assert "attr_class" not in vars(field)
    assert type(picture.image) is ImageFieldFile
    assert not hasattr(field.generate_filename.__wrapped__, "is_noted"), "wrapped once"
    in_migrations = ModelState.from_model(ProductImage).fields["image"].deconstruct()
    assert in_migrations[1:] == field.deconstruct()[1:]
    assert pickle.loads(pickle.dumps(picture)).image == picture.image


def test_a_field_that_is_asked_for_a_name_without_a_row_answers() -> None:
    field: Any = ProductImage._meta.get_field("image")
    assert file_changes.changed_fields(ProductImage(), ["image"]) == []
    assert field.generate_filename(None, "a.jpg").endswith("a.jpg")
