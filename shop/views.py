"""The shop's pages."""

import logging
from collections.abc import Sequence
from typing import Any, Unpack

from django.core.paginator import Page, Paginator
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vrs_app.queries import Options, Recommendation, similar_to

from .forms import SimilarForm
from .models import Category, Product
from .pictures import cards, cards_of_matches, gallery

logger = logging.getLogger(__name__)

PAGE_SIZE = 24
MOST_SIMILAR = 4 * PAGE_SIZE
"""Behind so many, hardly anything looks like the product any more."""


@require_safe
def product_list(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The products on sale, newest first; of one category where `slug` names it."""
    category = get_object_or_404(Category, slug=slug) if slug else None
    products = Product.objects.on_sale().prefetch_related("images")
    if category:
        products = products.filter(category=category)
    page = Paginator(products, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "category": category,
        "categories": offered_categories(),
        "cards": cards(page.object_list),
        **paged(page),
    }
    return render(request, "shop/product_list.html", context)


@require_safe
def product_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A product's page; sold-out products keep theirs, unpublished ones have none."""
    products = Product.objects.published().select_related("category")
    product = get_object_or_404(products.prefetch_related("images"), slug=slug)
    context = {"product": product, "gallery": gallery(product)}
    return render(request, "shop/product_detail.html", context)


@require_safe
def product_similar(request: HttpRequest, slug: str) -> HttpResponse:
    """What looks like a product, within a shopper's budget, category and wish for variety."""
    products = Product.objects.published().select_related("category")
    product = get_object_or_404(products.prefetch_related("images"), slug=slug)
    form = SimilarForm(request.GET, product, offered_categories())
    asked = form.options() | Options(limit=MOST_SIMILAR, request=request)
    found = look_alikes(product, **asked)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "product": product,
        "picture": next(iter(gallery(product)), None),
        "form": form,
        "cards": cards_of_matches(page.object_list),
        "has_most": len(found) == MOST_SIMILAR,
        "is_compared": bool(found or look_alikes(product, limit=1, request=request)),
        **paged(page),
    }
    return render(request, "shop/product_similar.html", context)


def offered_categories() -> QuerySet[Category]:
    return Category.objects.filter(products__in=Product.objects.on_sale()).distinct()


def paged(page: "Page[Any]") -> dict[str, Any]:
    """What `_pages.html` needs."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1)
    return {"page": page, "page_numbers": numbers}


def look_alikes(product: Product, **options: Unpack[Options]) -> Sequence[Recommendation]:
    """The products that look like this one; none where that cannot be asked."""
    try:
        with transaction.atomic():  # a failing query must not spoil the page's own
            found = similar_to(product, **options)
            len(found)  # asks now, while an error is caught
            return found
    except DatabaseError:
        logger.warning("Similar products could not be read.", exc_info=True)
        return []


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that name no icon of their own, such as the admin's."""
    return redirect(static("shop/icon.svg"))


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the shop can serve pages, 503 while its database does not answer."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
