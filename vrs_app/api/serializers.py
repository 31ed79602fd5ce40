"""Serializers of the API's responses."""

from typing import Any

from rest_framework import serializers

from ..display import Display
from ..queries import Recommendation
from .fields import AbsoluteUrl, Key, MatchLevelName, SourceName


class Image(serializers.Serializer[Recommendation]):
    """A product's best picture; its size is that of the upright picture, in pixels."""

    url = AbsoluteUrl(source="image_url")
    thumbnail_url = AbsoluteUrl()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)

    def to_representation(self, item: Recommendation) -> Any:
        """None without a picture, and where the Catalogue raises for one of its URLs."""
        has_urls = item.image_url and item.thumbnail_url
        return super().to_representation(item) if has_urls else None


class Similar(serializers.Serializer[Recommendation]):
    """A product and why it is recommended."""

    id = Key(source="product.pk")
    title = serializers.CharField()
    url = AbsoluteUrl(
        allow_null=True, help_text="The product's page, with the shop's campaign parameters."
    )
    price_label = serializers.CharField(
        allow_null=True, help_text="As shoppers read it, with its currency."
    )
    price = serializers.SerializerMethodField(help_text='A decimal number, such as "19.90".')
    image = Image(source="*", allow_null=True)
    similarity = serializers.FloatField(
        allow_null=True, help_text="Cosine similarity, where the source is visual."
    )
    source = SourceName()  # type: ignore[assignment]
    position = serializers.IntegerField(min_value=1, help_text="1 is the first of all.")

    def get_price(self, item: Recommendation) -> str | None:
        return None if item.price is None else format(item.price, "f")


class SimilarWithDuplicates(Similar):
    """A product, with those that are nearly the same under other keys."""

    duplicates = Similar(many=True)


class LikenedTo(serializers.Serializer[Any]):
    """The product that another was found by."""

    id = Key(source="product.pk")
    title = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def to_representation(self, product: Any) -> Any:
        """None where the Catalogue raises for it."""
        display = Display(product)
        is_shown = display.can_show("title", "url")
        return super().to_representation(display) if is_shown else None

    def get_title(self, display: Display) -> str:
        return display.title

    def get_url(self, display: Display) -> str | None:
        url = display.url
        return self.context["request"].build_absolute_uri(url) if url else None


class Found(SimilarWithDuplicates):
    """A product, and how the search found it."""

    because = LikenedTo(
        allow_null=True,
        help_text="The product in whose likeness it was found: the nearest of `positive`, or, "
        "in a search by words, the nearest of the best that have the words.",
    )
    match_level = MatchLevelName(
        help_text="Whether the product has all of the words (full), or some where no product "
        "has all (partial); none where no word counted.",
    )


class SimilarPage(serializers.Serializer[Any]):
    """One page of similar products, and the URLs of the next and the previous page."""

    next = AbsoluteUrl(allow_null=True)
    previous = AbsoluteUrl(allow_null=True)
    results = SimilarWithDuplicates(many=True)


class FoundPage(serializers.Serializer[Any]):
    """One page of found products, and the URLs of the next and the previous page."""

    next = AbsoluteUrl(allow_null=True)
    previous = AbsoluteUrl(allow_null=True)
    results = Found(many=True)


class PhotoPage(serializers.Serializer[Any]):
    """One page of products found by a photo, and the offsets of the next and the previous page.

    For another page, post the photo again with its offset: no photo is stored.
    """

    next_offset = serializers.IntegerField(allow_null=True)
    previous_offset = serializers.IntegerField(allow_null=True)
    results = Found(many=True)
