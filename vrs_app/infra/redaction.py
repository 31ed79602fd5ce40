"""Mask passwords and bytes in error texts before they are logged, stored or shown.

An error may quote its input: a URL with its password, or the bytes of a file.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from celery import current_app
from django.conf import settings

MASK = "***"

MIN_PASSWORD_LENGTH = 6
"""Shorter passwords of the settings are not searched for: they may be any word of a text."""

MAX_LENGTH = 1000
"""Characters of an error's text that are kept."""

# Greedy up to the last "@": people forget to percent-encode "@" and "/" in a password.
_CREDENTIALS_IN_URL = re.compile(r"([a-z][a-z0-9+.-]*://)(?:[^\s:/?#@]*:\S*|[^\s:/?#@]+)@", re.I)
_PASSWORD_IN_URL = re.compile(r"://([^\s:/?#@]*):(\S+)@")
_NAMED_SECRET = re.compile(
    r"((?:passw(?:or)?d|passphrase|secret|token|signature|credential)\w*[\"']?\s*[=:]\s*)"
    r"(\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)",
    re.I,
)
# Python's message about "redis://:half/of-a-password@host", whose "/" is not encoded.
_PASSWORD_AS_PORT = re.compile(r"(cast to integer value as )(['\"]).*?\2")
_BYTES_LITERAL = re.compile(r"\bb(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", re.DOTALL)


def masked(text: str) -> str:
    """`text` with passwords (of URLs, of the settings) and bytes literals masked."""
    for password in sorted(set(_passwords()), key=len, reverse=True):
        text = text.replace(password, MASK)
    text = _CREDENTIALS_IN_URL.sub(rf"\1{MASK}@", text)
    text = _NAMED_SECRET.sub(rf"\1{MASK}", text)
    text = _PASSWORD_AS_PORT.sub(rf"\1'{MASK}'", text)
    return _BYTES_LITERAL.sub("b'…'", text)


def describe_error(error: BaseException) -> str:
    """`error` in one line: its class and its masked message, at most MAX_LENGTH characters."""
    try:
        message = " ".join(masked(str(error)).split())
    except Exception:  # the error's own __str__ fails
        message = ""
    kind = type(error).__name__
    if not message or message.startswith(kind):
        return (message or kind)[:MAX_LENGTH]
    return f"{kind}: {message}"[:MAX_LENGTH]


def _passwords() -> Iterator[str]:
    """Passwords of the settings' databases, caches and broker, encoded and decoded."""
    for database in settings.DATABASES.values():
        password = str(database.get("PASSWORD") or "")
        if password != database.get("USER") and len(password) >= MIN_PASSWORD_LENGTH:
            yield password
    for url in _urls():
        for user, password in _PASSWORD_IN_URL.findall(url):
            if password != user and len(password) >= MIN_PASSWORD_LENGTH:
                yield from (password, unquote(password))


def _urls() -> Iterator[str]:
    """URLs of the broker, the result backend and the caches."""
    celery: Any = current_app.conf
    yield from _texts(celery.broker_url)
    yield from _texts(celery.broker_read_url)
    yield from _texts(celery.broker_write_url)
    yield from _texts(celery.result_backend)
    for cache in settings.CACHES.values():
        yield from _texts(cache.get("LOCATION"))


def _texts(value: Any) -> Iterator[str]:
    """The strings of a setting that holds one, several, or none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        yield from (each for each in value if isinstance(each, str))
