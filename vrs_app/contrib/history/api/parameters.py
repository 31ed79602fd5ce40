"""What may be asked for, and what may be sent."""

from typing import Any

from rest_framework import serializers

from vrs_app.api.fields import Key, WholeNumber, refuse
from vrs_app.api.parameters import PagedParameters
from vrs_app.conf import conf

from ..event_types import TOLD, told_kind_of
from ..options import LIMIT, MOST_PLACES


class RecommendationParameters(PagedParameters):
    """Without what only makes sense beside one product."""

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
            min_value=1, max_value=most, default=min(LIMIT, most), help_text="Products at most."
        )
        del fields["price_within"]
        return fields


class ToldKind(serializers.ChoiceField):
    """One that a browser may tell."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return told_kind_of(data)
        except ValueError as error:
            refuse(str(error))


class InteractionParameters(serializers.Serializer[Any]):
    """What the shopper who asks did with a product."""

    product = Key(help_text="The product's key.")
    kind = ToldKind(
        choices=[str(kind) for kind in TOLD],
        help_text="What they did with it. What was bought is recorded by the shop itself.",
    )

    def to_internal_value(self, data: Any) -> Any:
        """JSON has numbers where an address has text."""
        if isinstance(data, dict) and type(data.get("product")) is int:
            data = {**data, "product": str(data["product"])}
        return super().to_internal_value(data)
