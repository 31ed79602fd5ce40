"""What may be asked for, and what may be sent."""

from typing import Any

from rest_framework import serializers

from vrs_app.api.fields import Key, WholeNumber
from vrs_app.api.parameters import PagedParameters
from vrs_app.conf import conf

from ..kinds import Kind

LIMIT = 10


class RecommendationParameters(PagedParameters):
    """Without what only makes sense beside one product."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        most = conf.API_MAX_LIMIT
        fields["limit"] = WholeNumber(
            min_value=1, max_value=most, default=min(LIMIT, most), help_text="Products at most."
        )
        del fields["price_within"]
        return fields


class InteractionParameters(serializers.Serializer[Any]):
    """What the shopper who asks did with a product."""

    product = Key(help_text="The product's key.")
    kind = serializers.ChoiceField(choices=Kind.values, help_text="What they did with it.")

    def to_internal_value(self, data: Any) -> Any:
        """JSON has numbers where an address has text."""
        if isinstance(data, dict) and type(data.get("product")) is int:
            data = {**data, "product": str(data["product"])}
        return super().to_internal_value(data)
