"""What is answered."""

from typing import Any

from rest_framework import serializers

from vrs_app.api.fields import AbsoluteUrl
from vrs_app.api.serializers import Found, LikenedTo


class Recommended(Found):
    """A product, and why it is recommended to this shopper."""

    because = LikenedTo(
        allow_null=True,
        help_text="What the shopper did something with and this looks like, where it is shown.",
    )
    reason = serializers.CharField(help_text="As a shopper reads it.")


class RecommendedPage(serializers.Serializer[Any]):
    """One page of an answer, and the addresses of its neighbours."""

    next = AbsoluteUrl(allow_null=True)
    previous = AbsoluteUrl(allow_null=True)
    results = Recommended(many=True)
