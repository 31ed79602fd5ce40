"""Parameters of the operations, each with its bounds."""

from typing import Any

from rest_framework import serializers

from vrs_app.api.fields import Key, WholeNumber, refuse
from vrs_app.api.parameters import PagedParameters
from vrs_app.conf import conf

from ..event_types import BROWSER_KINDS, parse_browser_kind
from ..recommending import DEFAULT_LIMIT, MOST_PLACES


class RecommendationParameters(PagedParameters):
    """Parameters of the recommendations, without `price_within`, which is about one product."""

    offset = WholeNumber(
        default=0,
        min_value=0,
        max_value=MOST_PLACES - 1,
        help_text=f"Products to pass over, from the first; there are {MOST_PLACES} places.",
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        most = min(conf.API_MAX_LIMIT, MOST_PLACES)
        fields["limit"] = WholeNumber(
            min_value=1,
            max_value=most,
            default=min(DEFAULT_LIMIT, most),
            help_text="Products at most.",
        )
        del fields["price_within"]
        return fields


class BrowserKind(serializers.ChoiceField):
    """One of BROWSER_KINDS."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return parse_browser_kind(data)
        except ValueError as error:
            refuse(str(error))


class InteractionParameters(serializers.Serializer[Any]):
    """A product, and the kind of the interaction with it."""

    product = Key(help_text="The product's key.")
    kind = BrowserKind(
        choices=[str(kind) for kind in BROWSER_KINDS],
        help_text="What they did with it. What was bought is recorded by the shop itself.",
    )

    def to_internal_value(self, data: Any) -> Any:
        """The product's key as text, as in a URL; JSON may have it as a number."""
        if isinstance(data, dict) and type(data.get("product")) is int:
            data = {**data, "product": str(data["product"])}
        return super().to_internal_value(data)
