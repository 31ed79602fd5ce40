"""The pages of recommendations: what looks like one product, and what one shopper may like."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from vrs_app.contrib import history
from vrs_app.queries import Options, similar_to

from ..forms import FilterForm
from ..presentation import reasons
from ..presentation.cards import cards_of_matches, gallery
from . import results
from .products import offered_categories, shown_products
from .results import answered


@require_safe
def product_similar(request: HttpRequest, slug: str) -> HttpResponse:
    """What looks like a product, within a shopper's budget, category and wish for variety."""
    product = get_object_or_404(shown_products(), slug=slug)
    form = FilterForm(request.GET, categories=offered_categories(), product=product)
    asked = form.options() | Options(limit=results.MOST_FOUND, request=request)
    found = answered(similar_to(product, **asked))
    page = results.page_of(found, request.GET.get("page"))
    context = {
        "product": product,
        "picture": next(iter(gallery(product)), None),
        "form": form,
        "cards": cards_of_matches(page.object_list),
        "has_most": len(found) == results.MOST_FOUND,
        "is_compared": bool(found or answered(similar_to(product, limit=1, request=request))),
        **results.paged(page),
    }
    return render(request, "shop/product_similar.html", context)


RECOMMENDED, VIEWED = 20, 8


@require_safe
def for_you(request: HttpRequest) -> HttpResponse:
    """A page of one's own; for a newcomer what is popular or new, and how it becomes theirs."""
    found = answered(history.recommend_for(request, limit=RECOMMENDED))
    viewed = answered(history.recently_viewed(request, limit=VIEWED))
    context = {
        "is_personal": any(item.because is not None for item in found),
        "cards": cards_of_matches(found, reasons.for_you),
        "viewed": cards_of_matches(viewed),
    }
    return render(request, "shop/for_you.html", context)
