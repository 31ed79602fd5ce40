"""What a shopper may ask of the similar products of one product."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vrs_app.queries import Options

from .models import Category, Product
from .money import price_label

PRICE_WITHIN = Decimal("0.2")
"""What "about this price" means: from a fifth less to a fifth more."""

PRICE_LIMITS = ("price_min", "price_max", "price_within")


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


class SimilarForm(forms.Form):
    """Budget, category and variety, read from an address, so that a page can be sent on."""

    price_min = AmountField(label=_("Price from"))
    price_max = AmountField(label=_("Price to"))
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=_("Category"),
        required=False,
        to_field_name="slug",
        empty_label=_("All clothes"),
        error_messages={"invalid_choice": _("There is no such category.")},
    )
    diversity = forms.TypedChoiceField(
        label=_("Variety"),
        required=False,
        coerce=float,
        empty_value=None,  # the shop's own setting
        choices=[
            ("", _("Most similar")),
            ("0.2", _("Some variety")),
            ("0.5", _("Much variety")),
        ],
        error_messages={"invalid_choice": _("Choose one of these.")},
    )
    price_within = forms.BooleanField(
        required=False, widget=forms.CheckboxInput(attrs={"value": PRICE_WITHIN})
    )

    def __init__(self, data: Any, product: Product, categories: QuerySet[Category]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["price_within"].label = gettext("About this price (%(low)s to %(high)s)") % {
            "low": price_label(product.price * (1 - PRICE_WITHIN)),
            "high": price_label(product.price * (1 + PRICE_WITHIN)),
        }
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        category.queryset = categories

    def clean(self) -> None:
        """Of two limits that exclude each other neither holds."""
        lowest, highest = self.cleaned_data.get("price_min"), self.cleaned_data.get("price_max")
        if lowest is not None and highest is not None and lowest > highest:
            self.add_error("price_max", gettext("This is below the lowest price that you want."))
            self.cleaned_data["price_min"] = None

    def options(self) -> Options:
        """What was asked, without whatever could not be read."""
        self.is_valid()
        read = self.cleaned_data
        products = Product.objects.on_sale()
        if category := read.get("category"):
            products = products.filter(category=category)
        return Options(
            queryset=products,
            price_min=read.get("price_min"),
            price_max=read.get("price_max"),
            price_within=float(PRICE_WITHIN) if read.get("price_within") else None,
            diversity=read.get("diversity"),
        )

    @property
    def has_price_limits(self) -> bool:
        return any(self.cleaned_data.get(name) for name in PRICE_LIMITS)

    @property
    def chosen(self) -> int:
        """How many fields narrow the answer or change its order."""
        return sum(bool(value) for value in self.cleaned_data.values())
