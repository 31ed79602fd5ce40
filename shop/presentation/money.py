"""How the shop writes its prices."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def price_label(price: Decimal) -> str:
    """A price as shoppers read it, in the way of the active language."""
    amount = number_format(price, decimal_pos=2, use_l10n=True, force_grouping=True)
    # Translators: where the currency sign stands beside an amount.
    return _("€%(amount)s") % {"amount": amount}
