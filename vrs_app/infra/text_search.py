"""Full-text search: PostgreSQL's configuration for the shop's language, and plain text."""

import re
from contextlib import suppress
from html import unescape

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import connections
from django.utils.html import strip_tags

from ..conf import conf

ANY_LANGUAGE = "simple"
"""The configuration without stop words and stemming, for languages that have none of their own."""

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
"""Configurations shipped with PostgreSQL 14 and newer, by the first part of Django's codes."""

CONFIGURATION_NAME = re.compile(r"[a-z_]\w*(\.[a-z_]\w*)?", re.IGNORECASE)
"""The name of a configuration, with or without a schema; a shop may have created its own."""

JOINTS = re.compile(r"[\0/\\]|\.(?=[^\W\d])")
"""Characters that make PostgreSQL's parser see a path or host: "cotton/silk", "soft.Warm"."""

MAX_LENGTH = 20_000
"""Characters of a text that are indexed. A tsvector holds 1 MB and positions up to 16,383."""


CONFIGURATION_SQL = """
    SELECT 1 FROM pg_ts_config JOIN pg_namespace ON pg_namespace.oid = cfgnamespace
    WHERE cfgname = %s
    AND CASE %s WHEN '' THEN pg_ts_config_is_visible(pg_ts_config.oid) ELSE nspname = %s END
"""

_seen: set[tuple[str, str]] = set()


def text_language() -> str:
    """The text search configuration: `VRS["TEXT_LANGUAGE"]`, else that of LANGUAGE_CODE."""
    return conf.TEXT_LANGUAGE or CONFIGURATIONS.get(_shop_code(), ANY_LANGUAGE)


def language_code() -> str:
    """The language of that configuration, as the first part of a Django language code.

    LANGUAGE_CODE's for a configuration of no particular language and for the shop's own.
    """
    name = text_language().removeprefix("pg_catalog.").lower()
    codes = [code for code, configuration in CONFIGURATIONS.items() if configuration == name]
    shop = _shop_code()
    return shop if shop in codes or not codes else codes[0]


def configuration_exists(using: str, configuration: str) -> bool:
    """Whether PostgreSQL has a text search configuration; one that was seen stays known."""
    if (using, configuration) not in _seen:
        schema, _, name = configuration.lower().rpartition(".")
        with connections[using].cursor() as cursor:
            cursor.execute(CONFIGURATION_SQL, [name, schema, schema])
            if cursor.fetchone():
                _seen.add((using, configuration))
    return (using, configuration) in _seen


def _shop_code() -> str:
    return settings.LANGUAGE_CODE.lower().replace("_", "-").partition("-")[0]


def plain(text: object) -> str:
    """`text` without markup and JOINTS, as space-separated words for full-text search."""
    raw = str(text or "")[:MAX_LENGTH].encode(errors="replace").decode()
    with suppress(SuspiciousOperation):  # nested too deeply; PostgreSQL's parser skips tags too
        raw = strip_tags(raw.replace("<", " <"))  # "<p>red</p><p>shoe</p>" are two words
    return " ".join(JOINTS.sub(" ", unescape(raw)).split())
