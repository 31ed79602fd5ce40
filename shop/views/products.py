"""Lists of products, and a product's page."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..models import Category, Product
from ..presentation.cards import cards, gallery
from ..shoppers import bag, visits
from .results import page_context, page_of


@require_safe
def product_list(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The products on sale, newest first; of one category where `slug` is given."""
    category = get_object_or_404(Category, slug=slug) if slug else None
    products = Product.objects.on_sale().prefetch_related("images")
    if category:
        products = products.filter(category=category)
    page = page_of(products, request.GET.get("page"))
    context = {
        "category": category,
        "cards": cards(page.object_list),
        "has_history": not category and page.number == 1 and visits.has_history(request),
        **page_context(page),
    }
    return render(request, "shop/product_list.html", context)


@require_safe
def product_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A product's page; sold-out products keep it, unpublished ones answer 404."""
    product = get_object_or_404(shown_products(), slug=slug)
    visits.record_visit(request, product)
    context = {
        "product": product,
        "gallery": gallery(product),
        "is_liked": visits.is_liked(request, product),
        "is_in_bag": product.pk in bag.product_keys(request),
    }
    return render(request, "shop/product_detail.html", context)


def shown_products() -> QuerySet[Product]:
    """Published products, with the related rows that their pages show."""
    return Product.objects.published().select_related("category").prefetch_related("images")
