"""Filters for any list of results: price, category, diversity."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vrs_app.queries import Options

from ..models import Category, Product
from ..presentation.money import AmountField, price_label

PRICE_WITHIN = Decimal("0.2")
""""About this price": the share by which a price may differ from the product's."""

PRICE_LIMITS = ("price_min", "price_max", "price_within")
FILTERS = ("price_min", "price_max", "category", "diversity", "price_within")


class FilterForm(forms.Form):
    """Filters of a search, or of the products similar to `product`.

    Bound to the query string, so that a page can be shared, or to a posted form.
    """

    shown_filters: ClassVar[tuple[str, ...]] = FILTERS

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

    def __init__(
        self,
        data: Any,
        files: Any = None,
        *,
        categories: QuerySet[Category],
        product: Product | None = None,
    ) -> None:
        super().__init__(data, files, label_suffix="")
        self.product = product
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        category.queryset = categories
        if product is None:
            del self.fields["price_within"]
        else:
            self.fields["price_within"].label = _price_within_label(product.price)

    def clean(self) -> None:
        """Reject limits that exclude each other; neither is applied then."""
        lowest, highest = self.cleaned_data.get("price_min"), self.cleaned_data.get("price_max")
        if lowest is not None and highest is not None and lowest > highest:
            self.add_error("price_max", gettext("This is below the lowest price that you want."))
            self.cleaned_data["price_min"] = None

    def options(self) -> Options:
        """The filters as query options; fields with an error are left out."""
        self.is_valid()
        cleaned = self.cleaned_data
        products = Product.objects.on_sale()
        if category := cleaned.get("category"):
            products = products.filter(category=category)
        return Options(
            queryset=products,
            price_min=cleaned.get("price_min"),
            price_max=cleaned.get("price_max"),
            price_within=float(PRICE_WITHIN) if cleaned.get("price_within") else None,
            diversity=cleaned.get("diversity"),
        )

    def filters(self) -> Iterator[forms.BoundField]:
        """The fields that the template shows, in their order."""
        return (self[name] for name in self.shown_filters if name in self.fields)

    @property
    def has_variety(self) -> bool:
        return "diversity" in self.fields

    @property
    def has_price_limits(self) -> bool:
        return any(self._cleaned(name) for name in PRICE_LIMITS)

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        return sum(bool(self._cleaned(name)) for name in FILTERS)

    def _cleaned(self, name: str) -> Any:
        return self.cleaned_data.get(name) if self.is_bound else None


def _price_within_label(price: Decimal) -> str:
    return gettext("About this price (%(low)s to %(high)s)") % {
        "low": price_label(price * (1 - PRICE_WITHIN)),
        "high": price_label(price * (1 + PRICE_WITHIN)),
    }
