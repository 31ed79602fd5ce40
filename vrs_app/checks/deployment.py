"""Broker and passwords where shoppers are, for `check --deploy`."""

from collections.abc import Iterator
from urllib.parse import SplitResult

from celery import current_app
from django.conf import settings
from django.core.checks import CheckMessage

from .messages import addresses, caution

GUESSED = {"admin", "changeme", "guest", "password", "postgres", "redis", "secret", "test"}
"""Passwords of examples, which a stranger tries first; a user's own name is one too."""


def check_broker_patience() -> Iterator[CheckMessage]:
    """Our own calls wait for `BROKER_TIMEOUT`; workers, beat and the shop's for this."""
    is_redis = any(each.scheme.startswith(("redis", "sentinel")) for each in _brokers())
    if is_redis and not current_app.conf.broker_transport_options.get("socket_timeout"):
        hint = (
            'Set CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, '
            '"socket_connect_timeout": 5}.'
        )
        text = "Worker and beat wait for ever for a broker that falls silent."
        yield caution(3, text, hint)


def check_credentials() -> Iterator[CheckMessage]:
    """A password that is written in every example is none."""
    hint = "Choose a random one: openssl rand -hex 16"
    for alias, database in settings.DATABASES.items():
        if _is_guessed(database.get("USER"), database.get("PASSWORD")):
            yield caution(4, f'The password of the database "{alias}" is easily guessed.', hint)
    if any(_is_guessed(each.username, each.password) for each in _brokers()):
        yield caution(4, "The broker's password is easily guessed.", hint)


def _is_guessed(user: object, password: object) -> bool:
    return bool(password) and (password == user or str(password).lower() in GUESSED)


def _brokers() -> list[SplitResult]:
    return list(addresses(current_app.conf.broker_url))
