"""The bag's page, and the forms that change the bag."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ..models import Product
from ..presentation.cards import cards
from ..shoppers import bag as bags
from .products import shown_products


@require_safe
def bag(request: HttpRequest) -> HttpResponse:
    """The bag; products no longer on sale are dropped from it, and the page says so."""
    products = bags.products_in(request)
    is_changed = bags.keep_only(request, products)
    total = sum(product.price for product in products)
    context = {"cards": cards(products), "total": total, "has_lost_some": is_changed}
    return render(request, "shop/bag.html", context)


@require_POST
def bag_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a product, and redirect to its page, which shows whether it is in the bag."""
    product = get_object_or_404(shown_products(), slug=slug)
    bags.add(request, product)
    return redirect(f"{product.get_absolute_url()}#choices")


@require_POST
def bag_remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Remove a product; the answer is the same for one that is not in the bag, or unknown."""
    inside = Product.objects.filter(pk__in=bags.product_keys(request), slug=slug).first()
    if inside is not None:
        bags.remove(request, inside)
    return redirect("bag")


@require_POST
def bag_order(request: HttpRequest) -> HttpResponse:
    if bags.order(request):
        messages.success(request, _("Thank you. This is a demo: nothing was really bought."))
    return redirect("bag")
