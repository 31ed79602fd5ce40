"""The shop's pages."""

from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .models import Category, Product
from .pictures import cards, gallery

PAGE_SIZE = 24


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
        "categories": Category.objects.filter(products__in=Product.objects.on_sale()).distinct(),
        "page": page,
        "page_numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1),
        "cards": cards(page.object_list),
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
