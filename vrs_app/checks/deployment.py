"""Checks of the broker's timeout and of passwords, for `check --deploy`."""

from collections.abc import Iterator
from urllib.parse import SplitResult

from celery import current_app
from django.conf import settings
from django.core.checks import CheckMessage

from .messages import addresses, warning_message

COMMON_PASSWORDS = {
    "admin",
    "changeme",
    "guest",
    "password",
    "postgres",
    "redis",
    "secret",
    "test",
}
"""Passwords of published examples, which attackers try first, as they try the user's name."""


def check_broker_timeout() -> Iterator[CheckMessage]:
    """Workers, beat and the shop's own tasks need a `socket_timeout`; our calls have their own."""
    is_redis = any(each.scheme.startswith(("redis", "sentinel")) for each in _brokers())
    if is_redis and not current_app.conf.broker_transport_options.get("socket_timeout"):
        hint = (
            'Set CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, '
            '"socket_connect_timeout": 5}.'
        )
        text = "Worker and beat wait for ever for a broker that falls silent."
        yield warning_message(3, text, hint)


def check_credentials() -> Iterator[CheckMessage]:
    """Passwords of the databases and the broker must not be common ones."""
    hint = "Choose a random one: openssl rand -hex 16"
    for alias, database in settings.DATABASES.items():
        if _is_guessed(database.get("USER"), database.get("PASSWORD")):
            yield warning_message(
                4, f'The password of the database "{alias}" is easily guessed.', hint
            )
    if any(_is_guessed(each.username, each.password) for each in _brokers()):
        yield warning_message(4, "The broker's password is easily guessed.", hint)


def _is_guessed(user: object, password: object) -> bool:
    return bool(password) and (password == user or str(password).lower() in COMMON_PASSWORDS)


def _brokers() -> list[SplitResult]:
    return list(addresses(current_app.conf.broker_url))
