"""Why a product is shown, in a shopper's words."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from vrs_app.contrib.history.personal import PersonalRecommendation
from vrs_app.queries import Recommendation, Source

Reason = Callable[[Recommendation], str]


def beside_words(item: Recommendation) -> str:
    """Of a search by words, alone or beside an image: what has not the words says so."""
    if item.source != Source.VISUAL:
        return ""
    if item.because is None:
        return _("Looks like your photo")
    return _("Looks like %(name)s") % {"name": item.because.name}


def for_you(item: Recommendation) -> str:
    """Of what is recommended to one shopper."""
    return item.reason if isinstance(item, PersonalRecommendation) else ""


def none(item: Recommendation) -> str:
    return ""
