"""A shopper's bag: the keys of products, each once, in their session."""

from django.db.models import QuerySet
from django.http import HttpRequest

from vrs_app.contrib import history
from vrs_app.contrib.history import Kind

from ..models import Product

SESSION_KEY = "bag"


def keys_in(request: HttpRequest) -> list[int]:
    """In the order in which they were put in."""
    return list(request.session.get(SESSION_KEY, ()))


def contents(request: HttpRequest) -> list[Product]:
    """What is in the bag and still on sale."""
    found = _on_sale().in_bulk(keys_in(request))
    return [found[key] for key in keys_in(request) if key in found]


def put_in(request: HttpRequest, product: Product) -> None:
    """Put it in, once; what is not on sale stays out."""
    if product.pk in keys_in(request) or not _on_sale().filter(pk=product.pk).exists():
        return
    _keep(request, [*keys_in(request), product.pk])
    history.record(request, product, Kind.CART)


def take_out(request: HttpRequest, product: Product) -> None:
    _keep(request, [key for key in keys_in(request) if key != product.pk])
    history.forget(request, product, Kind.CART)


def order(request: HttpRequest) -> int:
    """Empty the bag as an order does; how many products were in it."""
    products = contents(request)
    for product in products:
        history.record(request, product, Kind.BOUGHT)
    _keep(request, [])
    return len(products)


def tidy(request: HttpRequest, kept: list[Product]) -> bool:
    """Leave only `kept` in the bag; whether anything went."""
    keys = [product.pk for product in kept]
    is_changed = keys != keys_in(request)
    if is_changed:
        _keep(request, keys)
    return is_changed


def _keep(request: HttpRequest, keys: list[int]) -> None:
    request.session[SESSION_KEY] = keys


def _on_sale() -> QuerySet[Product]:
    return Product.objects.on_sale().prefetch_related("images")
