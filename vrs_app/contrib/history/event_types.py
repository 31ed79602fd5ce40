"""What a shopper can do with a product, and how much each says of what they like."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
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
"""The strongest first: of several, it is the one that a reason names."""

STATEMENTS = (Kind.LIKED, Kind.CART, Kind.BOUGHT, Kind.DISMISSED)
"""What was said on purpose, and not by merely looking."""

TOLD = (Kind.VIEWED, Kind.LIKED, Kind.CART, Kind.DISMISSED)
"""What a browser may tell. What was bought the shop knows by itself: with a fresh cookie for
each purchase that never was, a script would make popular whatever it likes."""


def kind_of(name: str) -> Kind:
    """The kind of that name; raises ValueError that names those there are."""
    try:
        return Kind(name)
    except ValueError:
        known = ", ".join(Kind.values)
        raise ValueError(f"kind takes {known}, not {name!r}.") from None


def told_kind_of(name: str) -> Kind:
    """The kind of that name, which a browser may tell; raises ValueError that says which may."""
    if name in TOLD:
        return Kind(name)
    said = gettext("Write one of %(kinds)s.") % {"kinds": ", ".join(TOLD)}
    if name == Kind.BOUGHT:
        said += " " + gettext("What was bought is recorded by the shop itself, in Python.")
    raise ValueError(said)
