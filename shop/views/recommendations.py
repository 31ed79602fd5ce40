"""Pages of recommendations: products like one product, and products for one shopper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from vrs_app.contrib import history
from vrs_app.queries import Options, similar_to

from ..forms import FilterForm
from ..models import Category
from ..presentation import reasons
from ..presentation.cards import gallery, recommendation_cards
from . import results
from .products import shown_products
from .results import fetched

RECOMMENDED_COUNT, VIEWED_COUNT = 20, 8


@require_safe
def product_similar(request: HttpRequest, slug: str) -> HttpResponse:
    """Products that look like one, filtered by price and category and diversified."""
    product = get_object_or_404(shown_products(), slug=slug)
    form = FilterForm(request.GET, categories=Category.objects.offered(), product=product)
    options = form.options() | Options(limit=results.MAX_RESULTS, request=request)
    found = fetched(similar_to(product, **options))
    page = results.page_of(found, request.GET.get("page"))
    context = {
        "product": product,
        "picture": next(iter(gallery(product)), None),
        "form": form,
        "cards": recommendation_cards(page.object_list),
        "has_most": len(found) == results.MAX_RESULTS,
        "is_compared": bool(found or fetched(similar_to(product, limit=1, request=request))),
        **results.page_context(page),
    }
    return render(request, "shop/product_similar.html", context)


@require_safe
def for_you(request: HttpRequest) -> HttpResponse:
    """Recommendations for the shopper (popular or new products without a history), and views."""
    found = fetched(history.recommend_for(request, limit=RECOMMENDED_COUNT))
    viewed = fetched(history.recently_viewed(request, limit=VIEWED_COUNT))
    context = {
        "is_personal": any(item.because is not None for item in found),
        "cards": recommendation_cards(found, reasons.in_for_you),
        "viewed": recommendation_cards(viewed),
    }
    return render(request, "shop/for_you.html", context)
