"""Template tags and filters of the shop."""

from django import template

from shop.models import Category
from shop.presentation import embedder_label
from shop.presentation.menu import menu_categories
from shop.presentation.money import price_label
from shop.shoppers import bag
from vrs_app.queries import LONGEST_SEARCH

register = template.Library()
register.filter("price", price_label)


@register.simple_tag
def offered_categories() -> list[Category]:
    """The categories of the menu."""
    return menu_categories()


@register.simple_tag
def longest_search() -> int:
    """The most characters of a search by words."""
    return LONGEST_SEARCH


@register.simple_tag
def look_alikes_by() -> str:
    """The line that names the active embedder; empty where there is none yet."""
    return embedder_label.active_embedder_label()


@register.simple_tag(takes_context=True)
def bag_count(context: template.Context) -> int:
    """How many products are in the shopper's bag; 0 on error pages, which have no request."""
    request = context.get("request")
    return len(bag.product_keys(request)) if request else 0
