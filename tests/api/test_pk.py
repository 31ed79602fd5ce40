"""Keys of every type that a shop's model may have."""

from typing import Any
from uuid import UUID

import pytest
from django.db import models
from django.test.utils import isolate_apps

from vrs_app.api import pk

UUID_TEXT = "0190d5b2-6a1e-7000-8000-00000000000a"


def model_with(field: "models.Field[Any, Any]") -> type[models.Model]:
    with isolate_apps("shop"):
        members = {"__module__": __name__, "key": field, "Meta": type("Meta", (), META)}
        made: type[models.Model] = type("Thing", (models.Model,), members)
        return made


META = {"app_label": "shop"}


@pytest.fixture
def key_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the shop's products have this primary key."""

    def use(field: "models.Field[Any, Any]") -> None:
        key = model_with(field)._meta.pk
        monkeypatch.setattr(pk, "key_field", lambda: key)

    return use


@pytest.mark.parametrize(
    ("field", "text", "key"),
    [
        (models.BigAutoField(primary_key=True), "7", 7),
        (models.IntegerField(primary_key=True), "-7", -7),
        (models.UUIDField(primary_key=True), UUID_TEXT, UUID(UUID_TEXT)),
        (models.UUIDField(primary_key=True), UUID_TEXT.replace("-", ""), UUID(UUID_TEXT)),
        (models.CharField(primary_key=True, max_length=20), "SKU/7 ä", "SKU/7 ä"),
        (models.SlugField(primary_key=True), "red-dress", "red-dress"),
        (models.TextField(primary_key=True), "x" * 5000, "x" * 5000),
    ],
)
def test_a_key_is_read_as_its_field_reads_it(
    key_of: Any, field: "models.Field[Any, Any]", text: str, key: object
) -> None:
    key_of(field)
    assert pk.parse_key(text) == key
    assert pk.parse_key(str(pk.represent_key(key))) == key


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (models.AutoField(primary_key=True), str(2**31)),
        (models.BigAutoField(primary_key=True), str(2**63)),
        (models.BigAutoField(primary_key=True), "٧"),
        (models.BigAutoField(primary_key=True), "+7"),
        (models.BigAutoField(primary_key=True), ""),
        (models.UUIDField(primary_key=True), "7"),
        (models.UUIDField(primary_key=True), "x" * 5000),
        (models.CharField(primary_key=True, max_length=20), "a\0"),
        (models.CharField(primary_key=True, max_length=20), "x" * 21),
        (models.SlugField(primary_key=True), "no slug"),
        (models.DecimalField(primary_key=True, max_digits=4, decimal_places=1), "NaN"),
        (models.DateField(primary_key=True), "2026-02-31"),
    ],
)
def test_what_no_key_can_be_is_refused(
    key_of: Any, field: "models.Field[Any, Any]", text: str
) -> None:
    key_of(field)
    with pytest.raises(ValueError, match="no key of a product"):
        pk.parse_key(text)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (models.BigAutoField(primary_key=True), {"type": "integer", "maximum": 2**63 - 1}),
        (models.AutoField(primary_key=True), {"type": "integer", "maximum": 2**31 - 1}),
        (models.UUIDField(primary_key=True), {"type": "string", "format": "uuid"}),
        (
            models.CharField(primary_key=True, max_length=20),
            {"type": "string", "minLength": 1, "maxLength": 20},
        ),
        (models.TextField(primary_key=True), {"type": "string", "minLength": 1}),
    ],
)
def test_the_description_knows_the_type(
    key_of: Any, field: "models.Field[Any, Any]", expected: dict[str, Any]
) -> None:
    key_of(field)
    assert expected.items() <= pk.key_schema().items()


def test_a_childs_key_is_its_parents(monkeypatch: pytest.MonkeyPatch) -> None:
    with isolate_apps("shop"):

        class Parent(models.Model):
            code = models.CharField(primary_key=True, max_length=9)

            class Meta:
                app_label = "shop"

            def __str__(self) -> str:
                return self.code

        class Child(Parent):
            class Meta:
                app_label = "shop"

    monkeypatch.setattr("vrs_app.catalogue.Catalogue.model", Child)
    assert pk.key_field() is Parent._meta.get_field("code")
