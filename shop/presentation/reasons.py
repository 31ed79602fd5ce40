"""Why a product is shown, in a shopper's words."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from vrs_app.contrib.history.explanations import PersonalRecommendation
from vrs_app.queries import Recommendation, Source

Reason = Callable[[Recommendation], str]


def beside_words(item: Recommendation) -> str:
    """Of a search by words, alone or beside a product: what has not the words says so."""
    if item.source != Source.VISUAL or item.because is None:
        return ""
    return _("Looks like %(name)s") % {"name": item.because.name}


def beside_words_and_photo(item: Recommendation) -> str:
    """Of a search by a shopper's photo and words: the same."""
    is_of_photo = item.source == Source.VISUAL and item.because is None
    return _("Looks like your photo") if is_of_photo else beside_words(item)


def for_you(item: Recommendation) -> str:
    """Of what is recommended to one shopper."""
    return item.reason if isinstance(item, PersonalRecommendation) else ""


def none(item: Recommendation) -> str:
    return ""
