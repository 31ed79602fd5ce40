""" "Blue dress", and "like this one, but red"."""

from collections.abc import Sequence

from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vrs_app import queries
from vrs_app.queries import MatchLevel, Options, Recommendation, Source

from ..forms import SearchForm
from ..models import Product
from ..presentation import reasons
from ..presentation.cards import Card, cards_of_matches, gallery
from . import results
from .products import offered_categories, shown_products
from .results import answered

NEWEST = 8
"""Products that stand where nothing was found."""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What fits some words, alone or beside what a product looks like."""
    slug = request.GET.get("like", "")
    start = _published(slug)
    form = SearchForm(request.GET, categories=offered_categories(), product=start)
    found = _found(form, request)
    page = results.page_of(found, request.GET.get("page"))
    context = {
        "product": start,
        "picture": next(iter(gallery(start)), None) if start else None,
        "has_lost_start": bool(slug) and start is None,
        "words": form.asked_words,
        "form": form,
        "cards": cards_of_matches(page.object_list, _reason(form)),
        "newest": [] if found else newest_cards(request),
        **counted(found),
        **results.paged(page),
    }
    return render(request, "shop/search.html", context)


def counted(found: Sequence[Recommendation]) -> dict[str, int | bool]:
    with_words = sum(item.source == Source.TEXT for item in found)
    return {
        "with_words": with_words,
        "has_some_words_only": any(item.match_level == MatchLevel.PARTIAL for item in found),
        "by_looks": len(found) - with_words,
        "has_most": len(found) == results.MOST_FOUND,
    }


def newest_cards(request: HttpRequest) -> list[Card]:
    return cards_of_matches(answered(queries.newest_products(limit=NEWEST, request=request)))


def _published(slug: str) -> Product | None:
    return shown_products().filter(slug=slug).first() if slug_re.match(slug) else None


def _found(form: SearchForm, request: HttpRequest) -> Sequence[Recommendation]:
    asked = form.options() | Options(limit=results.MOST_FOUND, request=request)
    words = form.asked_words
    if form.product:
        alike = [form.product]
        found = queries.search(words, positive=alike, alpha=form.asked_alpha, **asked)
        return answered(found)
    return _by_words(words, asked)


def _by_words(words: str, asked: Options) -> Sequence[Recommendation]:
    """What has the words; look-alikes fill up one page, since more are ever less alike."""
    found = answered(queries.search(words, **asked | Options(limit=results.PAGE_SIZE)))
    if len(found) == results.PAGE_SIZE and found[-1].source == Source.TEXT:
        return answered(queries.search(words, expand=False, **asked))
    return found


def _reason(form: SearchForm) -> reasons.Reason:
    return reasons.beside_words if form.asked_words else reasons.none
