"""A shopper's bag: primary keys of products, each once, in the session."""

from django.db.models import QuerySet
from django.http import HttpRequest

from vrs_app.contrib import history
from vrs_app.contrib.history import Kind

from ..models import Product

SESSION_KEY = "bag"


def product_keys(request: HttpRequest) -> list[int]:
    """The products' primary keys, in the order in which they were added."""
    return list(request.session.get(SESSION_KEY, ()))


def products_in(request: HttpRequest) -> list[Product]:
    """The products of the bag that are still on sale; one query and a prefetch."""
    found = _on_sale().in_bulk(product_keys(request))
    return [found[key] for key in product_keys(request) if key in found]


def add(request: HttpRequest, product: Product) -> None:
    """Add a product that is on sale; idempotent. Records it in the shopper's history."""
    if product.pk in product_keys(request) or not _on_sale().filter(pk=product.pk).exists():
        return
    _store(request, [*product_keys(request), product.pk])
    history.record(request, product, Kind.CART)


def remove(request: HttpRequest, product: Product) -> None:
    """Remove a product, and its entry in the shopper's history; idempotent."""
    _store(request, [key for key in product_keys(request) if key != product.pk])
    history.forget(request, product, Kind.CART)


def order(request: HttpRequest) -> int:
    """Record the products as bought and empty the bag; the number of products bought."""
    products = products_in(request)
    for product in products:
        history.record(request, product, Kind.BOUGHT)
    _store(request, [])
    return len(products)


def keep_only(request: HttpRequest, kept: list[Product]) -> bool:
    """Drop all but `kept` from the bag; whether anything was dropped."""
    keys = [product.pk for product in kept]
    is_changed = keys != product_keys(request)
    if is_changed:
        _store(request, keys)
    return is_changed


def _store(request: HttpRequest, keys: list[int]) -> None:
    request.session[SESSION_KEY] = keys


def _on_sale() -> QuerySet[Product]:
    return Product.objects.on_sale().prefetch_related("images")
