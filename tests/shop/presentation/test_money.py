from decimal import Decimal

import pytest
from django.utils.translation import override

from shop.presentation.money import price_label


@pytest.mark.parametrize(
    ("price", "label"),
    [("49.9", "€49.90"), ("0", "€0.00"), ("1234.5", "€1,234.50")],
)
def test_a_price_has_a_currency_and_two_decimals(price: str, label: str) -> None:
    with override("en"):
        assert price_label(Decimal(price)) == label


def test_a_price_is_written_in_the_way_of_the_language() -> None:
    with override("de"):
        assert price_label(Decimal("49.9")).endswith("49,90")
