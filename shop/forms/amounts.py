"""Amounts of money in a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AmountField(forms.DecimalField):
    """An amount as people write it, with the currency's sign or without."""

    # Not type="number", which swallows what it cannot read, so that nobody sees the mistake.
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
