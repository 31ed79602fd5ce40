"""Serializers of the responses."""

from typing import Any

from rest_framework import serializers

from vrs_app.api.fields import AbsoluteUrl
from vrs_app.api.serializers import Found, LikenedTo


class Recommended(Found):
    """A product, and why it is recommended to this shopper."""

    because = LikenedTo(
        allow_null=True,
        help_text="The product of the shopper's history that this one looks like, if it is shown.",
    )
    reason = serializers.CharField(help_text="As a shopper reads it.")


class RecommendedPage(serializers.Serializer[Any]):
    """One page of recommendations, and the URLs of the next and the previous page."""

    next = AbsoluteUrl(allow_null=True)
    previous = AbsoluteUrl(allow_null=True)
    results = Recommended(many=True)
