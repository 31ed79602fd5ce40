"""The parameters of a search by words, by products and by a photo."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from ..catalogue import catalogue
from ..queries import LONGEST_SEARCH
from .fields import WITHOUT_NUL, Flag, Key, Number, Text
from .parameters import PagedParameters
from .pk import represent_key

MOST_EXAMPLES = 20
"""Positive, and negative, products of one search; each is compared with every result."""


@extend_schema_field({"type": "string", "maxLength": LONGEST_SEARCH, "pattern": WITHOUT_NUL})
class Words(Text):
    """The words of a search; may be empty, as an empty field of a form is."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return "" if data == "" else super().run_validation(data)


class SearchParameters(PagedParameters):
    """Words, positive products, or both."""

    words = Words(
        required=False,
        help_text="What products are called; the last word may be only begun.",
    )
    positive = serializers.ListField(
        child=Key(),
        required=False,
        max_length=MOST_EXAMPLES,
        help_text="Keys of products to find look-alikes of; may be repeated.",
    )
    negative = serializers.ListField(
        child=Key(),
        required=False,
        max_length=MOST_EXAMPLES,
        help_text="Keys of products to keep away from, beside positive ones; may be repeated.",
    )
    alpha = Number(
        required=False,
        min_value=0,
        max_value=1,
        help_text="Weight of the image where there are words too: 1 is image only, 0 words only.",
    )
    expand = Flag(
        required=False,
        help_text="Whether what the words alone find is filled up with what looks like it.",
    )
    price_within = Number(
        required=False,
        min_value=0,
        max_value=10,
        help_text="Distance from the price of the one positive product, as a share of it: "
        "0.2 is from 20% cheaper to 20% dearer.",
    )

    has_photo = False

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        values = super().validate(values)
        values["words"] = values.get("words", "").strip()
        for name in ("positive", "negative"):
            values[name] = list(dict.fromkeys(values.get(name, ())))
        if problems := self._problems(values):
            raise serializers.ValidationError(problems)
        return values

    def _problems(self, values: dict[str, Any]) -> dict[str, list[Any]]:
        problems: dict[str, list[Any]] = {}
        if "price_within" in values and len(values["positive"]) != 1:
            way_out = gettext_lazy("It is about one product: name just one as positive.")
            problems["price_within"] = [way_out]
        if values["positive"] or self.has_photo:
            return problems
        if values["negative"]:
            way_out = gettext_lazy("Name products to find look-alikes of too, as positive.")
            problems["negative"] = [way_out]
        if not values["words"]:
            way_out = gettext_lazy("Write what to look for, or name products as positive.")
            problems["words"] = [way_out]
        return problems


def require_products(request: Request, values: dict[str, Any]) -> None:
    """Raise ValidationError for `positive` and `negative` keys not visible in this request."""
    named = {name: values[name] for name in ("positive", "negative") if values[name]}
    if not named:
        return
    keys = {key for listed in named.values() for key in listed}
    shown = catalogue().visible(request._request).filter(pk__in=keys)
    known = set(shown.values_list("pk", flat=True))
    problems = {
        name: [_no_product(key) for key in listed if key not in known]
        for name, listed in named.items()
    }
    if any(problems.values()):
        raise serializers.ValidationError({name: each for name, each in problems.items() if each})


def _no_product(key: Any) -> str:
    return _('There is no product "%(key)s".') % {"key": represent_key(key)}
