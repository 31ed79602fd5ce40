"""Which of PostgreSQL's text search configurations reads the shop's texts."""

import re

from django.conf import settings

from ..conf import conf

ANY_LANGUAGE = "simple"
"""Knows no stop words and no endings, and so suits a language that PostgreSQL does not know."""

CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""Those that PostgreSQL ships from version 14 on, by the first part of Django's codes."""


CONFIGURATION = re.compile(r"[a-z_]\w*(\.[a-z_]\w*)?", re.IGNORECASE)
"""The name of one, with its schema or without; a shop may have made its own."""


def text_language() -> str:
    """`VRS["TEXT_LANGUAGE"]`, or what suits the shop's LANGUAGE_CODE."""
    return conf.TEXT_LANGUAGE or CONFIGURATIONS.get(_shop_code(), ANY_LANGUAGE)


def text_code() -> str:
    """The language that configuration is for, as the first part of one of Django's codes.

    Of one that is for no certain language, or the shop's own, it is that of LANGUAGE_CODE.
    """
    name = text_language().removeprefix("pg_catalog.").lower()
    codes = [code for code, configuration in CONFIGURATIONS.items() if configuration == name]
    shop = _shop_code()
    return shop if shop in codes or not codes else codes[0]


def _shop_code() -> str:
    return settings.LANGUAGE_CODE.lower().replace("_", "-").partition("-")[0]
