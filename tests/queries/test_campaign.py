import pytest
from pytest_django import Settings

from vrs_app.queries.results import with_campaign

CAMPAIGN = {"utm_source": "similar {source}", "utm_content": "place-{position}"}
ADDED = "utm_source=similar+visual&utm_content=place-3"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/products/7/", f"/products/7/?{ADDED}"),
        ("/products?id=7&a=", f"/products?id=7&a=&{ADDED}"),
        ("/products/7/#size", f"/products/7/?{ADDED}#size"),
        ("https://shop.example/é?x=%20", f"https://shop.example/é?x=%20&{ADDED}"),
        ("//shop.example/7", f"//shop.example/7?{ADDED}"),
    ],
)
def test_a_link_keeps_what_it_has(settings: Settings, url: str, expected: str) -> None:
    settings.VRS = {**settings.VRS, "CAMPAIGN": CAMPAIGN}
    assert with_campaign(url, source="visual", position=3) == expected


def test_without_a_campaign_a_link_stays_as_it_is() -> None:
    assert with_campaign("/products?", source="visual", position=1) == "/products?"
