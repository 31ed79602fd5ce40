"""Amounts of money: how pages write them, and how forms read them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def price_label(price: Decimal) -> str:
    """A price in euros with two decimals, formatted for the active language."""
    amount = number_format(price, decimal_pos=2, use_l10n=True, force_grouping=True)
    # Translators: where the currency sign stands beside an amount.
    return gettext("€%(amount)s") % {"amount": amount}


class AmountField(forms.DecimalField):
    """An amount of money, from 0 up, with or without a euro sign; optional."""

    # Not type="number": browsers submit nothing where they cannot parse, so no error would show.
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 7})

    def __init__(self, **options: Any) -> None:
        messages = {
            "invalid": _("Write an amount such as 50 or 49.90."),
            "min_value": _("An amount cannot be below 0."),
            "max_digits": _("This amount is too large."),
            "max_whole_digits": _("This amount is too large."),
            "max_decimal_places": _("Write two places behind the point at most."),
        }
        super().__init__(
            required=False,
            min_value=0,
            max_digits=8,
            decimal_places=2,
            localize=True,
            error_messages=messages,
            **options,
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip("€ \N{NO-BREAK SPACE}") if value else value)
