"""Tags of the shop's own templates."""

from django import template

from shop.presentation import embedder_label
from shop.presentation.money import price_label
from shop.shoppers import bag
from vrs_app.queries import LONGEST_SEARCH

register = template.Library()
register.filter("price", price_label)


@register.simple_tag
def longest_search() -> int:
    """Characters that a field for words takes."""
    return LONGEST_SEARCH


@register.simple_tag
def look_alikes_by() -> str:
    """What compares this shop's pictures now; empty where nothing does yet."""
    return embedder_label.described()


@register.simple_tag(takes_context=True)
def bag_count(context: template.Context) -> int:
    """How many products are in the shopper's bag; asks nothing for the page of an error."""
    request = context.get("request")
    return len(bag.keys_in(request)) if request else 0
