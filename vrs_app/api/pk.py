"""Primary keys of products in URLs and JSON, whatever type the shop's model has."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections, models

from ..catalogue import catalogue
from ..infra.db import database


def key_field() -> "models.Field[Any, Any]":
    """The primary key field; of a model with multi-table inheritance, its parent's."""
    field: models.Field[Any, Any] = catalogue().model._meta.pk
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def parse_key(text: str) -> Any:
    """The primary key in `text`; raises ValueError for a text that can be no product's key."""
    field = key_field()
    try:
        if "\x00" in text:
            raise ValueError("PostgreSQL stores no NUL characters")
        str(text).encode()  # nor lone surrogates, which JSON can write
        key = field.to_python(text)
        field.run_validators(key)
    except (ValidationError, ValueError, TypeError, ArithmeticError) as error:
        raise ValueError(f"{text!r} is no key of a product.") from error
    if isinstance(key, int) and str(key) != text:  # 01, 1_0 and the like: one URL a product
        raise ValueError(f"{text!r} is no key of a product.")
    return key


def represent_key(key: Any) -> int | str:
    """The key as JSON has it; `parse_key` is the inverse."""
    return key if isinstance(key, int) else str(key)


def key_schema() -> dict[str, Any]:
    """The OpenAPI schema of the key's type."""
    match field := key_field():
        case models.IntegerField():
            operations = connections[database()].ops
            least, most = operations.integer_field_range(field.get_internal_type())
            return {"type": "integer", "minimum": least, "maximum": most}
        case models.UUIDField():
            return {"type": "string", "format": "uuid"}
        case models.CharField(max_length=int() as length):
            return {"type": "string", "minLength": 1, "maxLength": length}
        case _:
            return {"type": "string", "minLength": 1}
