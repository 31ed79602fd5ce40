"""The bag: a page of what is in it, and the buttons that change it."""

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
    """What is in the bag; what was sold meanwhile is there no more, and the page says so."""
    products = bags.contents(request)
    has_lost_some = bags.tidy(request, products)
    total = sum(product.price for product in products)
    context = {"cards": cards(products), "total": total, "has_lost_some": has_lost_some}
    return render(request, "shop/bag.html", context)


@require_POST
def bag_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a product in, and go back to its page, which shows whether it is in."""
    product = get_object_or_404(shown_products(), slug=slug)
    bags.put_in(request, product)
    return redirect(f"{product.get_absolute_url()}#choices")


@require_POST
def bag_remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Take it out if it is in; what is not is answered alike, hidden product or none."""
    inside = Product.objects.filter(pk__in=bags.keys_in(request), slug=slug).first()
    if inside is not None:
        bags.take_out(request, inside)
    return redirect("bag")


@require_POST
def bag_order(request: HttpRequest) -> HttpResponse:
    if bags.order(request):
        messages.success(request, _("Thank you. This is a demo: nothing was really bought."))
    return redirect("bag")
