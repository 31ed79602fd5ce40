"""Recording product views in the shopper's history, and reading likes from it."""

from django.conf import settings
from django.http import HttpRequest

from vrs_app.contrib import history
from vrs_app.contrib.history import Kind

from ..models import Product


def record_visit(request: HttpRequest, product: Product) -> None:
    """Record that the page of `product` was viewed, unless a program fetched it.

    Prefetches and visitors without cookies are left out: a crawler keeps no cookie, would begin
    a session with each page, and would make popular what nobody saw. A person's views count
    from their second page on.
    """
    if request.method == "GET" and not is_prefetch(request) and keeps_cookies(request):
        history.record(request, product, Kind.VIEWED)


def is_prefetch(request: HttpRequest) -> bool:
    """Whether the browser prefetches a page that may never be viewed."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose"))
    return any("prefetch" in purpose.lower() for purpose in purposes)


def keeps_cookies(request: HttpRequest) -> bool:
    """Whether the request carries a cookie that an earlier page set."""
    ours = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    return not ours.isdisjoint(request.COOKIES)


def is_liked(request: HttpRequest, product: Product) -> bool:
    """Whether the shopper likes `product`; two queries, none for an unknown visitor."""
    theirs = history.interactions(request, product=product)
    return any(each.kind == Kind.LIKED for each in theirs)


def has_history(request: HttpRequest) -> bool:
    """Whether the shopper's history holds anything but dismissals."""
    return any(each.kind != Kind.DISMISSED for each in history.interactions(request))
