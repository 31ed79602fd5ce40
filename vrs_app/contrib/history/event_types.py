"""The kinds of interactions, and how much each weighs in a shopper's profile."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a shopper can do with a product."""

    VIEWED = "viewed", _("viewed")
    LIKED = "liked", _("liked")
    CART = "cart", _("put in the cart")
    BOUGHT = "bought", _("bought")
    DISMISSED = "dismissed", _("not interested")


WEIGHTS: Mapping[Kind, float] = {
    Kind.BOUGHT: 5,
    Kind.LIKED: 4,
    Kind.CART: 3,
    Kind.VIEWED: 1,
}
"""The strongest first; the reason of a recommendation names the strongest."""

EXPLICIT_KINDS = (Kind.LIKED, Kind.CART, Kind.BOUGHT, Kind.DISMISSED)
"""Explicit feedback; viewing is implicit."""

BROWSER_KINDS = (Kind.VIEWED, Kind.LIKED, Kind.CART, Kind.DISMISSED)
"""What may be recorded over HTTP.

Purchases are recorded by the shop itself: a script with a fresh cookie for each invented purchase
could make any product popular.
"""


def parse_kind(name: str) -> Kind:
    """The kind of that name; raises ValueError that names all kinds."""
    try:
        return Kind(name)
    except ValueError:
        known = ", ".join(Kind.values)
        raise ValueError(f"kind takes {known}, not {name!r}.") from None


def parse_browser_kind(name: str) -> Kind:
    """The kind of that name, if BROWSER_KINDS has it; else raises ValueError that names them."""
    if name in BROWSER_KINDS:
        return Kind(name)
    message = gettext("Write one of %(kinds)s.") % {"kinds": ", ".join(BROWSER_KINDS)}
    if name == Kind.BOUGHT:
        message += " " + gettext("What was bought is recorded by the shop itself, in Python.")
    raise ValueError(message)
