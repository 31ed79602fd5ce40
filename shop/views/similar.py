"""The page of everything that looks like one product."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from vrs_app.queries import Options, similar_to

from ..asking import answered
from ..forms import FilterForm
from ..presentation.cards import cards_of_matches, gallery
from . import paging
from .products import offered_categories, shown_products


@require_safe
def product_similar(request: HttpRequest, slug: str) -> HttpResponse:
    """What looks like a product, within a shopper's budget, category and wish for variety."""
    product = get_object_or_404(shown_products(), slug=slug)
    form = FilterForm(request.GET, categories=offered_categories(), product=product)
    asked = form.options() | Options(limit=paging.MOST_FOUND, request=request)
    found = answered(similar_to(product, **asked))
    page = paging.page_of(found, request.GET.get("page"))
    context = {
        "product": product,
        "picture": next(iter(gallery(product)), None),
        "form": form,
        "cards": cards_of_matches(page.object_list),
        "has_most": len(found) == paging.MOST_FOUND,
        "is_compared": bool(found or answered(similar_to(product, limit=1, request=request))),
        **paging.paged(page),
    }
    return render(request, "shop/product_similar.html", context)
