"""What shoppers do in this shop, told to the recommendations."""

from django.conf import settings
from django.http import HttpRequest

from vrs_app.contrib import history
from vrs_app.contrib.history import Kind

from ..models import Product


def note_visit(request: HttpRequest, product: Product) -> None:
    """Note that a person looks at the page of `product`; nothing of a program that does.

    A visitor is known from their second page on, by a cookie that their first left. Crawlers
    keep none: each page would begin a session of theirs, and make popular what nobody saw.
    """
    if request.method == "GET" and not is_prefetch(request) and keeps_cookies(request):
        history.record(request, product, Kind.VIEWED)


def is_prefetch(request: HttpRequest) -> bool:
    """Whether a browser asks by itself for what may never be looked at."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose"))
    return any("prefetch" in purpose.lower() for purpose in purposes)


def keeps_cookies(request: HttpRequest) -> bool:
    ours = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    return not ours.isdisjoint(request.COOKIES)


def is_liked(request: HttpRequest, product: Product) -> bool:
    """Whether who asks likes `product`; two queries, and none for somebody unknown."""
    theirs = history.interactions(request, product=product)
    return any(each.kind == Kind.LIKED for each in theirs)


def has_history(request: HttpRequest) -> bool:
    """Whether something is known of what they like; what they dismiss says nothing of it."""
    return any(each.kind != Kind.DISMISSED for each in history.interactions(request))
