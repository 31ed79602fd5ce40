"""What the tests of the sub-apps share."""

import pytest

from ..projects.histories import SHOPS
from ..projects.shops import Shop


@pytest.fixture(
    params=["uuid key", "product in the second migration", "product renamed", "no migrations"]
)
def small_shop(request: pytest.FixtureRequest) -> Shop:
    return SHOPS[request.param]
