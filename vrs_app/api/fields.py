"""Serializer fields of parameters and responses; each error message says what is accepted."""

import re
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from ..conf import conf
from ..queries import LONGEST_SEARCH, MatchLevel, Source
from .pk import key_schema, parse_key, represent_key

WHOLE = r"-?[0-9]{1,9}"
NUMBER = r"-?([0-9]{1,30}\.?|[0-9]{0,30}\.[0-9]{1,30})([eE][-+]?[0-9]{1,4})?"
AMOUNT = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"
WITHOUT_NUL = r"^[^\u0000]*$"


def refuse(way_out: Any) -> NoReturn:
    """Raise ValidationError with the message `way_out`."""
    raise serializers.ValidationError(way_out)


class WholeNumber(serializers.IntegerField):
    """An integer in decimal digits; stricter than Python, which takes "1_0" for ten."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        try:
            if isinstance(data, str) and not re.fullmatch(WHOLE, data):
                raise ValueError
            return super().run_validation(data)
        except (ValueError, serializers.ValidationError):
            way_out = _("Write a whole number from %(minimum)s to %(maximum)s.")
            refuse(way_out % {"minimum": self.min_value, "maximum": self.max_value})


class Number(serializers.FloatField):
    """A finite number; "nan" is a float to Python and passes any comparison with a bound."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        try:
            if isinstance(data, str) and not re.fullmatch(NUMBER, data):
                raise ValueError
            return super().run_validation(data)
        except (ValueError, serializers.ValidationError):
            way_out = _("Write a number from %(minimum)s to %(maximum)s.")
            refuse(way_out % {"minimum": self.min_value, "maximum": self.max_value})


@extend_schema_field({"type": "boolean"})
class Flag(serializers.Field[bool, str, bool, Any]):
    """A boolean, as JSON writes it."""

    def to_internal_value(self, data: str) -> bool:
        if data not in ("true", "false"):
            refuse(_('Write "true" or "false".'))
        return data == "true"


@extend_schema_field({"type": "string", "pattern": AMOUNT, "example": "19.90"})
class Amount(serializers.Field[Decimal, str, str, Any]):
    """An amount of money in the shop's own currency, as Decimal."""

    def to_internal_value(self, data: str) -> Decimal:
        if not re.fullmatch(AMOUNT, data):
            refuse(_('Write an amount such as "19.90", without a currency.'))
        return Decimal(data)


@extend_schema_field(
    {"type": "string", "minLength": 1, "maxLength": LONGEST_SEARCH, "pattern": WITHOUT_NUL}
)
class Text(serializers.CharField):
    """Text of at most LONGEST_SEARCH characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_SEARCH, trim_whitespace=False, **options)


@extend_schema_field({"type": "string", "enum": [source.value for source in Source]})
class SourceName(serializers.CharField):
    """The source of a recommended product."""


@extend_schema_field({"type": "string", "enum": [level.value for level in MatchLevel]})
class MatchLevelName(serializers.CharField):
    """How many of a search's words a product matches."""


class RequestedSource(serializers.Field[Source, str, str, Any]):
    """One of `VRS["SOURCES"]`; pinned products cannot be requested."""

    def to_internal_value(self, data: str) -> Source:
        if data not in conf.SOURCES:
            refuse(_("Write one of %(names)s.") % {"names": ", ".join(conf.SOURCES)})
        return Source(data)


class RequestedSourceExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes RequestedSource in OpenAPI, by the settings of the running shop."""

    target_class = "vrs_app.api.fields.RequestedSource"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "enum": [str(source) for source in conf.SOURCES]}


class Key(serializers.Field[Any, str, int | str, Any]):
    """A product's primary key."""

    def to_internal_value(self, data: str) -> Any:
        try:
            return parse_key(data)
        except ValueError:
            refuse(_('"%(key)s" is no key of a product. Write the "id" of one.') % {"key": data})

    def to_representation(self, value: Any) -> int | str:
        return represent_key(value)


class KeyExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes Key in OpenAPI, by the primary key of the shop's model."""

    target_class = "vrs_app.api.fields.Key"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return key_schema()


class AbsoluteUrl(serializers.URLField):
    """A URL with scheme and host, for front ends on other hosts."""

    def to_representation(self, value: str) -> str:
        request: Request = self.context["request"]
        return request.build_absolute_uri(value)
