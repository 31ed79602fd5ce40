"""Search by words: "blue dress", or beside a product: "like this one, but red"."""

from collections.abc import Sequence

from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vrs_app import queries
from vrs_app.queries import MatchLevel, Options, Recommendation, Source

from ..forms import SearchForm
from ..models import Category, Product
from ..presentation import reasons
from ..presentation.cards import Card, gallery, recommendation_cards
from . import results
from .products import shown_products
from .results import fetched

NEWEST_COUNT = 8
"""Newest products shown where nothing was found."""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Products that match words, with or without a product that they should look like."""
    slug = request.GET.get("like", "")
    start = _start_product(slug)
    form = SearchForm(request.GET, categories=Category.objects.offered(), product=start)
    found = _search(form, request)
    page = results.page_of(found, request.GET.get("page"))
    context = {
        "product": start,
        "picture": next(iter(gallery(start)), None) if start else None,
        "has_lost_start": bool(slug) and start is None,
        "words": form.search_words,
        "form": form,
        "cards": recommendation_cards(page.object_list, _reason(form)),
        "newest": [] if found else newest_cards(request),
        **count_by_source(found),
        **results.page_context(page),
    }
    return render(request, "shop/search.html", context)


def count_by_source(found: Sequence[Recommendation]) -> dict[str, int | bool]:
    """The context of the template `_found.html`: matches by words, visual matches."""
    with_words = sum(item.source == Source.TEXT for item in found)
    return {
        "with_words": with_words,
        "has_some_words_only": any(item.match_level == MatchLevel.PARTIAL for item in found),
        "by_looks": len(found) - with_words,
        "has_most": len(found) == results.MAX_RESULTS,
    }


def newest_cards(request: HttpRequest) -> list[Card]:
    """Cards of the newest products, for a page that found nothing."""
    return recommendation_cards(
        fetched(queries.newest_products(limit=NEWEST_COUNT, request=request))
    )


def _start_product(slug: str) -> Product | None:
    return shown_products().filter(slug=slug).first() if slug_re.match(slug) else None


def _search(form: SearchForm, request: HttpRequest) -> Sequence[Recommendation]:
    options = form.options() | Options(limit=results.MAX_RESULTS, request=request)
    words = form.search_words
    if form.product:
        alike = [form.product]
        found = queries.search(words, positive=alike, alpha=form.search_alpha, **options)
        return fetched(found)
    return _search_words(words, options)


def _search_words(words: str, options: Options) -> Sequence[Recommendation]:
    """Products that match the words; where they fill less than a page, look-alikes follow."""
    found = fetched(queries.search(words, **options | Options(limit=results.PAGE_SIZE)))
    if len(found) == results.PAGE_SIZE and found[-1].source == Source.TEXT:
        return fetched(queries.search(words, expand=False, **options))
    return found


def _reason(form: SearchForm) -> reasons.Reason:
    return reasons.in_word_search if form.search_words else reasons.no_reason
