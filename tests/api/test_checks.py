"""What `manage.py check` says of the API's settings."""

from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks
from django.test import override_settings

MINIMAL = {"PRODUCT_MODEL": "shop.Product", "CATALOGUE": "shop.visual.ShopCatalogue"}


def only(number: str, **chosen: Any) -> CheckMessage:
    with override_settings(VRS=MINIMAL | chosen):
        [message] = [each for each in run_checks() if str(each.id).startswith("vrs_app.")]
    assert message.id == f"vrs_app.{number}"
    assert message.hint
    return message


def test_what_the_readme_shows_passes() -> None:
    chosen = {
        "API_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
        "API_THROTTLES": {"similar": "120/min", "carousel": "5/s"},
    }
    with override_settings(VRS=MINIMAL | chosen):
        assert not [each for each in run_checks() if str(each.id).startswith("vrs_app.")]


@pytest.mark.parametrize(
    ("name", "value", "way_out"),
    [
        ("API_MAX_LIMIT", 0, "a whole number from 1 to 1000"),
        ("API_MAX_LIMIT", 1001, "a whole number from 1 to 1000"),
        ("API_MAX_AGE", -1, "a whole number of at least 0"),
        ("API_MAX_AGE", 1.5, "a whole number of at least 0"),
        ("API_PERMISSIONS", "rest_framework.permissions.AllowAny", "a list of texts"),
        ("API_PERMISSIONS", [], "a list of texts"),
        ("API_THROTTLES", ["120/min"], "a dict of texts"),
        ("API_THROTTLES", {"similar": 120}, "a dict of texts"),
    ],
)
def test_E003_a_value_that_does_not_fit_is_told_what_fits(
    name: str, value: object, way_out: str
) -> None:
    assert f"Write {way_out}" in str(only("E003", **{name: value}).hint)


@pytest.mark.parametrize(
    "path",
    [
        "IsAuthenticated",
        "nowhere.Permission",
        "rest_framework.permissions.No",
        "shop.models.Product",
    ],
)
def test_E011_a_permission_can_be_imported_and_is_one(path: str) -> None:
    message = only("E011", API_PERMISSIONS=[path])
    assert '"rest_framework.permissions.IsAuthenticated"' in str(message.hint)


def test_E012_a_part_that_is_not_throttled_is_told_those_that_are() -> None:
    message = only("E012", API_THROTTLES={"simlar": "120/min"})
    assert '"simlar"' in message.msg
    assert message.hint == "Known are: similar, carousel, search, photo, recommendations."


@pytest.mark.parametrize(
    "rate", ["120", "min/120", "0/min", "120/week", "1.5/s", "-1/s", "", "١/s"]
)
def test_E012_a_rate_that_cannot_be_read_is_told_how(rate: str) -> None:
    message = only("E012", API_THROTTLES={"similar": rate})
    assert '"120/min"' in str(message.hint)
