"""What the shopper who asks may like, and what they looked at."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vrs_app.contrib import history

from ..asking import answered
from ..presentation import reasons
from ..presentation.cards import cards_of_matches

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
