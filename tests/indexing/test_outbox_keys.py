"""Rows of the outbox whose keys are none, as after a migration that changes the keys' type."""

import pytest

from vrs_app.models import Change, ProductText
from vrs_app.testing import drain

from ..conftest import MakeShown

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["shop.productimage", "shop.product", "shop.gone"])
def test_a_key_that_is_none_of_its_model_stops_no_other_row(
    model: str, make_shown: MakeShown
) -> None:
    Change.objects.create(model=model, key="None", product="f3a1")
    product = make_shown()
    drain()
    assert ProductText.objects.filter(product=product).exists()
    assert not Change.objects.exists()
