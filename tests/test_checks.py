"""Each check has its number, names the setting, and says the way out.

None of these tests may reach the database: pytest-django fails those that try.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, Error, run_checks
from django.test import override_settings

from shop.services.folders import REPOSITORY
from vrs_app.checks import check_models, check_settings

MINIMAL = {"PRODUCT_MODEL": "shop.Product", "CATALOGUE": "shop.visual.ShopCatalogue"}


def found(chosen: object) -> list[CheckMessage]:
    """What the checks say of the setting VRS."""
    with override_settings(VRS=chosen):
        return [message for message in run_checks() if str(message.id).startswith("vrs_app.")]


def only(chosen: object, number: str) -> CheckMessage:
    """The one thing that the checks say; an error with this number and a hint."""
    [message] = found(chosen)
    assert isinstance(message, Error)
    assert message.id == f"vrs_app.{number}"
    assert message.hint
    return message


def wrong(**settings: Any) -> dict[str, Any]:
    return MINIMAL | settings


class NoCatalogue:
    """Inherits from nothing."""


def test_the_demo_shop_has_no_fault() -> None:
    from django.conf import settings

    assert found(settings.VRS) == []


def test_every_default_passes() -> None:
    assert found(MINIMAL) == []


def test_a_shop_with_one_model_and_one_image_field_needs_two_settings() -> None:
    assert found({"PRODUCT_MODEL": "shop.ProductImage", "IMAGE_FIELD": "image"}) == []
    assert found({"PRODUCT_MODEL": "shop.ProductImage"}) == []


# --- E001 to E003: the dict, its names, its values ---------------------------------------------


@pytest.mark.parametrize("chosen", ["shop.Product", [], None, 7])
def test_E001_the_setting_is_a_dict(chosen: object) -> None:
    message = only(chosen, "E001")
    assert "PRODUCT_MODEL" in str(message.hint)


def test_E002_a_misspelt_name_is_told_the_right_one() -> None:
    message = only(wrong(IMAGE_FEILD="photo"), "E002")
    assert '"IMAGE_FEILD"' in message.msg
    assert message.hint == 'Did you mean "IMAGE_FIELD"?'


@pytest.mark.parametrize("name", ["zzz", 7, None, ("a", "b")])
def test_E002_a_name_like_none_is_told_all(name: object) -> None:
    message = only(MINIMAL | {name: 1}, "E002")
    assert str(name) in message.msg
    assert "PRODUCT_MODEL" in str(message.hint)


def test_E002_two_wrong_names_of_two_kinds_are_both_told() -> None:
    assert [message.id for message in found(MINIMAL | {7: 1, "zzz": 1})] == ["vrs_app.E002"] * 2


@pytest.mark.parametrize(
    ("name", "value", "way_out"),
    [
        ("LIMIT", "12", "a whole number of at least 1"),
        ("LIMIT", 12.0, "a whole number of at least 1"),
        ("LIMIT", 0, "a whole number of at least 1"),
        ("LIMIT", True, "a whole number of at least 1"),
        ("LIMIT", None, "a whole number of at least 1"),
        ("IMAGE_SIZE", 31, "a whole number of at least 32"),
        ("BROKER_TIMEOUT", "fast", "a number of at least 0.05"),
        ("BROKER_TIMEOUT", 0, "a number of at least 0.05"),
        ("BROKER_TIMEOUT", float("nan"), "a number of at least 0.05"),
        ("THRESHOLD", -1.1, "a number from -1 to 1"),
        ("THRESHOLD", 1.1, "a number from -1 to 1"),
        ("EF_SEARCH", 0, "a whole number from 1 to 1000"),
        ("EF_SEARCH", 1001, "a whole number from 1 to 1000"),
        ("PAUSED", "no", "True or False"),
        ("PAUSED", 1, "True or False"),
        ("QUEUE", "", "a text"),
        ("QUEUE", None, "a text"),
        ("WEIGHTS", 7, "a text"),
        ("IMAGE_FORMATS", "JPEG", "a list of texts"),
        ("SOURCES", [], "a list of texts"),
        ("CAMPAIGN", "utm_source=vrs", "a dict of texts"),
        ("CAMPAIGN", {"utm_source": 7}, "a dict of texts"),
        ("IMAGE_FORMATS", [1], "a list of texts"),
        ("IMAGE_FORMATS", [], "a list of texts"),
    ],
)
def test_E003_a_value_that_does_not_fit_is_told_what_fits(
    name: str, value: object, way_out: str
) -> None:
    message = only(wrong(**{name: value}), "E003")
    assert message.msg == f'VRS["{name}"] is {value!r}.'
    assert f"Write {way_out}" in str(message.hint)
    assert "the default is" in str(message.hint)


@pytest.mark.parametrize(
    "chosen",
    [
        {"BROKER_TIMEOUT": 1},
        {"BROKER_TIMEOUT": 0.25},
        {"THRESHOLD": 0},
        {"THRESHOLD": 1},
        {"EF_SEARCH": 1000},
        {"IMAGE_FORMATS": ["JPEG"]},
        {"PAUSED": True},
        {"WEIGHTS": REPOSITORY / "some.weights.h5"},
    ],
)
def test_what_fits_passes(chosen: dict[str, object]) -> None:
    assert found(MINIMAL | chosen) == []


# --- E004 to E005: the classes that are named ---------------------------------------------------


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("shop.nowhere.Mine", "cannot be imported"),
        ("shop.visual.NoSuchCatalogue", "cannot be imported"),
        ("tests.broken_embedder.Catalogue", "a fault of its own"),
        (f"{__name__}.NoCatalogue", "is not a Catalogue"),
        ("vrs_app.catalogue.catalogue", "is not a Catalogue"),
    ],
)
def test_E004_a_catalogue_that_cannot_be_used_is_told(path: str, reason: str) -> None:
    message = only(wrong(CATALOGUE=path), "E004")
    assert "CATALOGUE" in message.msg
    assert reason in message.msg
    assert "Catalogue" in str(message.hint)


@pytest.mark.parametrize(
    "path",
    ["shop.nowhere.Mine", "tests.broken_embedder.Embedder", "vrs_app.models.IndexedImage"],
)
def test_E005_an_embedder_that_cannot_be_used_is_told(path: str) -> None:
    message = only(wrong(EMBEDDER=path), "E005")
    assert path in message.msg
    assert 'VRS["EMBEDDER"]' in str(message.hint)


# --- E006 to E010: model, field, database, formats, times ---------------------------------------


@pytest.mark.parametrize("label", ["shop.Produkt", "nowhere.Product"])
def test_E006_a_product_model_that_is_not_there_is_told(label: str) -> None:
    message = only(wrong(PRODUCT_MODEL=label), "E006")
    assert 'VRS["PRODUCT_MODEL"]' in message.msg
    assert "shop.Product" in str(message.hint)


@pytest.mark.parametrize("label", ["", "Product", "a.b.Product", None, 7])
def test_E006_a_product_model_that_cannot_be_a_name_is_told(label: object) -> None:
    only(wrong(PRODUCT_MODEL=label), "E006")


@pytest.mark.parametrize("field", ["photo", "name"])
def test_E007_an_image_field_that_is_none_is_told(field: str) -> None:
    message = only({"PRODUCT_MODEL": "shop.Product", "IMAGE_FIELD": field}, "E007")
    assert f'"{field}"' in message.msg
    assert 'VRS["IMAGE_FIELD"]' in str(message.hint)
    assert 'VRS["CATALOGUE"]' in str(message.hint)


def test_E007_a_catalogue_of_the_shops_own_needs_no_image_field() -> None:
    assert found(wrong(IMAGE_FIELD="photo")) == []


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize(
    ("engine", "is_fine"),
    [
        ("django.db.backends.postgresql", True),
        ("django.contrib.gis.db.backends.postgis", True),
        ("django_prometheus.db.backends.postgresql", True),
        ("django.db.backends.sqlite3", False),
        ("django.db.backends.mysql", False),
        ("", False),
    ],
)
def test_E008_vectors_live_in_postgresql(engine: str, is_fine: bool) -> None:
    with override_settings(VRS=MINIMAL, DATABASES={"default": {"ENGINE": engine}}):
        messages = check_settings()
    assert [message.id for message in messages] == ([] if is_fine else ["vrs_app.E008"])
    assert all("django.db.backends.postgresql" in str(message.hint) for message in messages)


def test_E009_a_format_that_pillow_does_not_know_is_told() -> None:
    message = only(wrong(IMAGE_FORMATS=["PNG", "JPG"]), "E009")
    assert '"JPG"' in message.msg
    assert "JPEG" in str(message.hint)
    assert found(wrong(IMAGE_FORMATS=["png", "Jpeg"])) == []


def test_E010_fetching_the_weights_fits_into_a_batch() -> None:
    too_long = wrong(WEIGHTS_TIMEOUT=300)
    message = only(too_long, "E010")
    assert 'VRS["WEIGHTS_TIMEOUT"], 300,' in message.msg
    assert 'VRS["BATCH_TIME_LIMIT"], 300.' in message.msg
    assert found(wrong(WEIGHTS_TIMEOUT=299)) == []
    only(wrong(BATCH_TIME_LIMIT=60), "E010")


def test_E010_weights_from_a_file_take_no_fetching() -> None:
    assert found(wrong(BATCH_TIME_LIMIT=60, WEIGHTS=Path("some.weights.h5"))) == []


def test_E010_a_time_that_is_no_number_is_told_once() -> None:
    only(wrong(BATCH_TIME_LIMIT="60"), "E003")
    only(wrong(WEIGHTS_TIMEOUT=None), "E003")


# --- E013: the language of texts ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "way_out"),
    [("de-at", " german."), ("no such", "english"), ("a.b.c", "simple"), ("'; DROP", "simple")],
)
def test_E013_what_no_configuration_can_be_called_is_told(name: str, way_out: str) -> None:
    message = only(wrong(TEXT_LANGUAGE=name), "E013")
    assert repr(name) in message.msg
    assert way_out in str(message.hint)


@pytest.mark.parametrize("name", ["", "german", "mine", "search.my_german"])
def test_E013_a_configuration_of_the_shops_own_may_have_any_name(name: str) -> None:
    assert found(wrong(TEXT_LANGUAGE=name)) == []


def test_E013_a_name_that_is_no_text_is_told_once() -> None:
    only(wrong(TEXT_LANGUAGE=None), "E003")


# --- what a check may do ------------------------------------------------------------------------


def test_all_faults_are_told_at_once() -> None:
    chosen = wrong(NONSENSE=1, LIMIT=0, CATALOGUE="a.B", EMBEDDER="a.B", PRODUCT_MODEL="a.B")
    ids = [str(message.id)[-4:] for message in found(chosen)]
    assert sorted(ids) == ["E002", "E003", "E004", "E005", "E006"]


@pytest.mark.parametrize("name", ["CATALOGUE", "EMBEDDER"])
def test_a_path_that_is_no_text_breaks_no_check(name: str) -> None:
    assert "vrs_app.E003" in [message.id for message in found(wrong(**{name: None}))]


def test_checks_ask_no_database_and_import_no_tensorflow() -> None:
    program = (
        "import sys, django\n"
        "from django.core.checks import run_checks\n"
        "django.setup()\n"
        "assert run_checks() == []\n"
        "print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "shop.settings",  # with ResNet50 as its embedder
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere",
    }
    command = [sys.executable, "-c", program]
    told = subprocess.check_output(command, cwd=REPOSITORY, env=environment, text=True)
    assert told == "set()\n"


def test_the_model_checks_run_with_the_models() -> None:
    with override_settings(VRS=wrong(PRODUCT_MODEL="a.B")):
        assert [message.id for message in check_models()] == ["vrs_app.E006"]
        assert "vrs_app.E006" in [message.id for message in run_checks(tags=["models"])]


def test_E014_a_source_that_is_unknown_is_told_the_right_one() -> None:
    message = only(wrong(SOURCES=["visual", "catgory"]), "E014")
    assert '"catgory"' in message.msg
    assert message.hint == "Known are: category."


@pytest.mark.parametrize("value", ["{product}", "{", "{0}", "{source.nothing}"])
def test_E015_a_campaign_that_cannot_be_written_is_found(value: str) -> None:
    message = only(wrong(CAMPAIGN={"utm_content": value}), "E015")
    assert "utm_content" in message.msg
    assert "{position}" in str(message.hint)


def test_a_campaign_of_source_and_position_passes() -> None:
    campaign = {"utm_source": "similar", "utm_content": "{source}-{position}-{{x}}"}
    assert found(MINIMAL | {"CAMPAIGN": campaign, "SOURCES": ("newest",)}) == []
