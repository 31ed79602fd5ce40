"""Words to search by, and how much they count beside what something looks like."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from vrs_app.queries import LONGEST_SEARCH

from ..models import Category, Product
from .filters import FilterForm


def words_field(label: Any, placeholder: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_SEARCH,
        error_messages={"max_length": _("Write %(limit_value)d characters at most.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": placeholder}),
    )


def alpha_field() -> forms.TypedChoiceField:
    """The weight of the image beside that of the words."""
    return forms.TypedChoiceField(
        label=_("What counts more"),
        required=False,
        coerce=float,
        empty_value=None,  # the shop's own setting
        choices=[("0.75", _("More its looks")), ("", _("Both")), ("0.25", _("More the words"))],
        error_messages={"invalid_choice": _("Choose one of these.")},
    )


class SearchForm(FilterForm):
    """Words alone, or a product and words: "like this one, but red"."""

    words = words_field(_("But"))
    alpha = alpha_field()
    like = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, categories: QuerySet[Category], product: Product | None
    ) -> None:
        super().__init__(data, categories=categories, product=product)
        if product is None:  # then there are no looks of which there could be more
            self.fields["words"].widget = forms.HiddenInput()
            for name in ("like", "alpha", "diversity"):
                del self.fields[name]

    @property
    def asked_words(self) -> str:
        self.is_valid()
        words: str = self.cleaned_data.get("words", "")
        return words

    @property
    def asked_alpha(self) -> float | None:
        self.is_valid()
        alpha: float | None = self.cleaned_data.get("alpha")
        return alpha
