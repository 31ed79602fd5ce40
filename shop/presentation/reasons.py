"""Why a product is shown, in words for shoppers."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from vrs_app.contrib.history import PersonalRecommendation
from vrs_app.queries import Recommendation, Source

Reason = Callable[[Recommendation], str]


def in_word_search(item: Recommendation) -> str:
    """In a search by words, with or without a product: names what a visual match looks like."""
    if item.source != Source.VISUAL or item.because is None:
        return ""
    return _("Looks like %(name)s") % {"name": item.because.name}


def in_photo_search(item: Recommendation) -> str:
    """In a search by photo and words: visual matches name the photo or a product."""
    is_of_photo = item.source == Source.VISUAL and item.because is None
    return _("Looks like your photo") if is_of_photo else in_word_search(item)


def in_for_you(item: Recommendation) -> str:
    """On the page of one shopper: the recommendation's own reason."""
    return item.reason if isinstance(item, PersonalRecommendation) else ""


def no_reason(item: Recommendation) -> str:
    return ""
