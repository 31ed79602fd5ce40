import pytest
from django.conf import global_settings
from django.db import connection
from pytest_django import Settings

from vrs_app.infra.text_search import (
    CONFIGURATION_NAME,
    CONFIGURATIONS,
    language_code,
    text_language,
)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("en-us", "english"),
        ("de", "german"),
        ("de-at", "german"),
        ("pt-br", "portuguese"),
        ("es_MX", "spanish"),
        ("nb", "norwegian"),
        ("sr-latn", "serbian"),
        ("zh-hans", "simple"),
        ("ja", "simple"),
        ("", "simple"),
    ],
)
def test_texts_are_in_the_shops_language(settings: Settings, code: str, language: str) -> None:
    settings.LANGUAGE_CODE = code
    assert text_language() == language


def test_the_setting_goes_before_the_shops_language(settings: Settings) -> None:
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "mine.german_without_stop_words"}
    assert text_language() == "mine.german_without_stop_words"


@pytest.mark.parametrize(
    ("setting", "code", "language"),
    [
        ("", "de-at", "de"),
        ("", "pl", "pl"),
        ("german", "en", "de"),
        ("pg_catalog.german", "en", "de"),
        ("norwegian", "nn", "nn"),
        ("simple", "pt_BR", "pt"),
        ("mine.german_without_stop_words", "de", "de"),
    ],
)
def test_the_language_of_the_texts_goes_before_that_of_the_pages(
    settings: Settings, setting: str, code: str, language: str
) -> None:
    settings.LANGUAGE_CODE = code
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": setting}
    assert language_code() == language


@pytest.mark.django_db
def test_postgresql_has_every_configuration_that_we_derive() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cfgname FROM pg_ts_config")
        shipped = {name for (name,) in cursor.fetchall()}
    assert set(CONFIGURATIONS.values()) <= shipped
    assert all(CONFIGURATION_NAME.fullmatch(name) for name in shipped)


def test_every_code_is_one_of_djangos() -> None:
    django = {code.partition("-")[0] for code, _ in global_settings.LANGUAGES}
    # Written in settings all the same: Catalan's neighbours, and Norwegian before it was split.
    assert set(CONFIGURATIONS) - django <= {"no", "yi"}
