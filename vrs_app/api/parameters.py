"""The query parameters, each with its bounds, and parsing them."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from ..conf import conf
from ..queries import Source
from .fields import Amount, Key, Number, RequestedSource, Text, WholeNumber

MOST_OFFSET = 1_000
"""The largest offset; nobody pages further, and each page costs more than the one before."""
MOST_EXCLUDED = 100


class Parameters(serializers.Serializer[Any]):
    """The parameters of every operation that returns products."""

    threshold = Number(
        required=False,
        min_value=-1,
        max_value=1,
        help_text="The lowest cosine similarity that counts as similar.",
    )
    price_min = Amount(required=False, help_text="The lowest price, included.")
    price_max = Amount(required=False, help_text="The highest price, included.")
    price_within = Number(
        required=False,
        min_value=0,
        max_value=10,
        help_text="Distance from the product's own price, as a share of it: "
        "0.2 is from 20% cheaper to 20% dearer.",
    )
    exclude = serializers.ListField(
        child=Key(),
        required=False,
        max_length=MOST_EXCLUDED,
        help_text="Keys of products to leave out; may be repeated.",
    )
    diversity = Number(
        required=False,
        min_value=0,
        max_value=1,
        help_text="0: the most similar products; 1: those that differ most from each other.",
    )

    def get_fields(self) -> dict[str, Any]:
        """The fields, with `limit` bounded by the current settings."""
        most = conf.API_MAX_LIMIT
        limit = WholeNumber(
            min_value=1,
            max_value=most,
            default=min(conf.LIMIT, most),
            help_text="Products at most.",
        )
        return {"limit": limit, **super().get_fields()}

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        least, most = values.get("price_min"), values.get("price_max")
        if least is not None and most is not None and least > most:
            way_out = gettext_lazy("Write an amount that is not above price_max.")
            raise serializers.ValidationError({"price_min": [way_out]})
        return values


class PagedParameters(Parameters):
    """Parameters of an operation that returns pages of JSON."""

    offset = WholeNumber(
        default=0,
        min_value=0,
        max_value=MOST_OFFSET,
        help_text="Products to pass over, from the first.",
    )


class ProductParameters(Parameters):
    """Parameters of an operation on one product."""

    sources = serializers.ListField(
        child=RequestedSource(),
        required=False,
        max_length=len(Source),
        help_text="Where products may come from, in this order; may be repeated.",
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        minimum = WholeNumber(
            required=False,
            min_value=0,
            max_value=conf.API_MAX_LIMIT,
            help_text="Fewer products than this in all, and the answer is empty.",
        )
        return {"limit": fields.pop("limit"), "minimum": minimum, **fields}


class SimilarParameters(ProductParameters, PagedParameters):
    """Parameters of the similar products of one product, as JSON."""


class CarouselParameters(ProductParameters):
    """Parameters of the carousel of one product, as HTML."""

    heading = Text(required=False, help_text="Above the carousel, instead of the usual.")


def parse(kind: type[Parameters], query: QueryDict) -> dict[str, Any]:
    """The validated parameters in `query`, by name.

    Raises ValidationError with, for each invalid or unknown parameter, what is accepted.
    """
    fields = kind().fields
    serializer = kind(data=_as_dict(fields, query))
    serializer.is_valid()
    problems = {name: _flat(errors) for name, errors in serializer.errors.items()}
    problems |= _ignored(fields, query)
    if problems:
        raise serializers.ValidationError(problems)
    values: dict[str, Any] = serializer.validated_data
    return values


def _as_dict(fields: Mapping[str, Any], query: QueryDict) -> dict[str, Any]:
    """`query` as a dict, with lists for the list fields alone."""
    return {
        name: query.getlist(name) if _is_list(field) else query[name]
        for name, field in fields.items()
        if name in query
    }


def _ignored(fields: Mapping[str, Any], query: QueryDict) -> dict[str, list[str]]:
    """Errors for what a serializer would ignore: unknown parameters, and repeated values."""
    problems = {name: [_unknown(name, fields)] for name in query if name not in fields}
    for name in fields.keys() & query.keys():
        if len(query.getlist(name)) > 1 and not _is_list(fields[name]):
            problems[name] = [_("Give it once.")]
    return problems


def _is_list(field: Any) -> bool:
    return isinstance(field, serializers.ListField)


def _unknown(name: str, fields: Mapping[str, Any]) -> str:
    if near := get_close_matches(name, fields, n=1):
        return _('There is no such parameter. Did you mean "%(name)s"?') % {"name": near[0]}
    return _("There is no such parameter. Known are: %(names)s.") % {"names": ", ".join(fields)}


def _flat(errors: Any) -> list[str]:
    """The messages of a field's `errors` in one list; a list field has some for each value."""
    if isinstance(errors, Mapping):
        return [str(each) for messages in errors.values() for each in messages]
    return [str(each) for each in errors]
