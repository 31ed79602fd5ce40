"""Search by words, and their weight beside the image."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from vrs_app.queries import LONGEST_SEARCH

from ..models import Category, Product
from .filters import FilterForm


def words_field(label: Any, placeholder: Any = "") -> forms.CharField:
    """Words to search by, LONGEST_SEARCH characters at most."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_SEARCH,
        error_messages={"max_length": _("Write %(limit_value)d characters at most.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": placeholder}),
    )


def alpha_field() -> forms.TypedChoiceField:
    """The weight of the image: 1 image only, 0 words only."""
    return forms.TypedChoiceField(
        label=_("What counts more"),
        required=False,
        coerce=float,
        empty_value=None,  # the shop's own setting
        choices=[("0.75", _("More its looks")), ("", _("Both")), ("0.25", _("More the words"))],
        error_messages={"invalid_choice": _("Choose one of these.")},
    )


class SearchForm(FilterForm):
    """Words alone, or words beside `product`: "like this one, but red"."""

    words = words_field(_("But"))
    alpha = alpha_field()
    like = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, categories: QuerySet[Category], product: Product | None
    ) -> None:
        super().__init__(data, categories=categories, product=product)
        if product is None:  # without a product there is no image to weigh
            self.fields["words"].widget = forms.HiddenInput()
            for name in ("like", "alpha", "diversity"):
                del self.fields[name]

    @property
    def search_words(self) -> str:
        self.is_valid()
        words: str = self.cleaned_data.get("words", "")
        return words

    @property
    def search_alpha(self) -> float | None:
        self.is_valid()
        alpha: float | None = self.cleaned_data.get("alpha")
        return alpha
