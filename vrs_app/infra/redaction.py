"""Texts of errors, made fit for a log, the database and anybody's eyes.

An error may quote what it failed at: an address with its password, or a file's bytes.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from celery import current_app
from django.conf import settings

MASK = "***"

SHORTEST = 6
"""Characters of a password that is looked for by itself; a shorter one may be any word."""

LONGEST = 1000
"""Characters of an error that are kept."""

# Greedy up to the last "@", since people forget to quote an "@" or "/" in a password.
_IN_AN_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://)(?:[^\s:/?#@]*:\S*|[^\s:/?#@]+)@", re.I)
_PASSWORD_OF_ADDRESS = re.compile(r"://([^\s:/?#@]*):(\S+)@")
_BY_NAME = re.compile(
    r"((?:passw(?:or)?d|passphrase|secret|token|signature|credential)\w*[\"']?\s*[=:]\s*)"
    r"(\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)",
    re.I,
)
# What Python says of "redis://:half/of-a-password@host", whose "/" is not quoted.
_FOR_A_PORT = re.compile(r"(cast to integer value as )(['\"]).*?\2")
_BYTES = re.compile(r"\bb(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", re.DOTALL)


def masked(text: str) -> str:
    """`text` without the passwords of addresses and settings, and without bytes."""
    for password in sorted(set(_passwords()), key=len, reverse=True):
        text = text.replace(password, MASK)
    text = _IN_AN_ADDRESS.sub(rf"\1{MASK}@", text)
    text = _BY_NAME.sub(rf"\1{MASK}", text)
    text = _FOR_A_PORT.sub(rf"\1'{MASK}'", text)
    return _BYTES.sub("b'…'", text)


def described(error: BaseException) -> str:
    """An error in one line: its kind, and what it says."""
    try:
        said = " ".join(masked(str(error)).split())
    except Exception:  # an error that cannot even say what it is
        said = ""
    kind = type(error).__name__
    if not said or said.startswith(kind):
        return (said or kind)[:LONGEST]
    return f"{kind}: {said}"[:LONGEST]


def _passwords() -> Iterator[str]:
    """Those of the settings' databases, caches and broker, as written and as meant."""
    for database in settings.DATABASES.values():
        password = str(database.get("PASSWORD") or "")
        if password != database.get("USER") and len(password) >= SHORTEST:
            yield password
    for address in _addresses():
        for user, password in _PASSWORD_OF_ADDRESS.findall(address):
            if password != user and len(password) >= SHORTEST:
                yield from (password, unquote(password))


def _addresses() -> Iterator[str]:
    celery: Any = current_app.conf
    yield from _texts(celery.broker_url)
    yield from _texts(celery.broker_read_url)
    yield from _texts(celery.broker_write_url)
    yield from _texts(celery.result_backend)
    for cache in settings.CACHES.values():
        yield from _texts(cache.get("LOCATION"))


def _texts(value: Any) -> Iterator[str]:
    """A setting that is one text, several, or none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        yield from (each for each in value if isinstance(each, str))
