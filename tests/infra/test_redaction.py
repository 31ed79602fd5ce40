"""What an error says may hold an address with its password, or a file's bytes."""

import socket
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connections
from django.db.utils import ConnectionHandler
from kombu import Connection
from pytest_django import Settings

from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.infra.redaction import describe_error, masked
from vrs_app.reports import status

from ..processes import use_broker

SECRET = "s3cret-of-the-broker"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("redis://:secret@host:6379/0 refused", "redis://***@host:6379/0 refused"),
        ("redis://user:se/cr@et#x@host/0", "redis://***@host/0"),
        ("('amqp://a:b@one//', 'amqp://a:b@two//')", "('amqp://***@one//', 'amqp://***@two//')"),
        ("redis://:a@one:1/0;redis://:b@two:1/0", "redis://***@two:1/0"),
        ("https://token@sentry.example/1", "https://***@sentry.example/1"),
        ("host=db password=secret user=vrs", "host=db password=*** user=vrs"),
        ("host=db password='two words' user=vrs", "host=db password=*** user=vrs"),
        ("{'password': 'secret', 'port': 5}", "{'password': ***, 'port': 5}"),
        ("PGPASSWORD=secret psql", "PGPASSWORD=*** psql"),
        ("https://s3/x.jpg?X-Amz-Signature=abc&x=1", "https://s3/x.jpg?X-Amz-Signature=***&x=1"),
        ("X(b'\\xff\\xd8\\xff', 0)", "X(b'…', 0)"),
    ],
)
def test_passwords_and_bytes_are_taken_out(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "redis://host:6379/0 refused",
        "https://shop.example/media/red%20dress.jpg?width=160",
        'password authentication failed for user "vrs"',
        "There is no weights file at C:\\weights\\my b'file.h5",
    ],
)
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


def test_a_half_password_that_python_takes_for_a_port_is_taken_out() -> None:
    with pytest.raises(ValueError, match="half") as caught:
        Connection("redis://:half/of-a-password@127.0.0.1:6379/0").connect()
    assert "half" not in describe_error(caught.value)


def test_a_password_of_the_settings_is_taken_out_wherever_it_stands(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "of the database")
    settings.CACHES = {"photos": {"LOCATION": ["redis://:of%20the%20cache@host/1"]}}
    use_broker(monkeypatch, "redis://:of-the-broker@host/0")
    for secret in ("of the database", "of the cache", "of%20the%20cache", "of-the-broker"):
        assert masked(f'near "{secret}" in it') == 'near "***" in it'


def test_a_password_that_is_a_word_of_every_text_hides_none(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("USER", "PASSWORD"):
        monkeypatch.setitem(settings.DATABASES["default"], key, "postgres")
    assert masked('role "postgres" does not exist') == 'role "postgres" does not exist'


@pytest.mark.slow
def test_an_error_is_one_line_with_its_kind() -> None:
    assert describe_error(ValueError("two\n lines")) == "ValueError: two lines"
    assert describe_error(KeyError()) == "KeyError"
    with pytest.raises(UnicodeDecodeError) as caught:
        b"\xff\xd8\xff".decode()
    assert "b'" not in describe_error(caught.value)
    assert len(describe_error(ValueError("x" * 10_000))) == 1000


def test_an_error_that_cannot_say_what_it_is_is_described_too() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert describe_error(Broken()) == "Broken"


# --- where people read it ------------------------------------------------------------------


@pytest.fixture
def refusing() -> str:
    """An address with a password, at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"redis://:{SECRET}@127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.slow
@pytest.mark.django_db
def test_the_status_tells_no_password_of_a_broker_that_refuses(
    refusing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_broker(monkeypatch, refusing)
    monkeypatch.setattr(status, "REPLY_TIMEOUT", 0.3)
    told = status.collect()
    assert told.queue["error"]
    assert SECRET not in str(told)


@pytest.mark.django_db
def test_a_heartbeat_keeps_no_password(refusing: str) -> None:
    heartbeats.beat(Part.WORKER, problem=f"Cannot connect to {refusing}.")
    worker = heartbeats.last(Part.WORKER)
    assert worker is not None
    assert worker.problem.startswith("Cannot connect to redis://***@127.0.0.1:")


def test_no_password_of_a_cache_that_refuses_is_told(refusing: str, settings: Settings) -> None:
    settings.CACHES = settings.CACHES | {
        "photos": settings.CACHES["photos"] | {"LOCATION": refusing}
    }
    with pytest.raises(Exception, match="refused") as caught:
        caches["photos"].get("anything")
    assert SECRET not in describe_error(caught.value)


@pytest.mark.django_db
def test_no_password_of_a_database_that_refuses_is_told() -> None:
    """psycopg quotes what it cannot read of an address."""
    away: Any = ConnectionHandler(
        {"default": connections["default"].settings_dict | {"HOST": "127.0.0.1", "PORT": "9"}}
    )
    away["default"].settings_dict["PASSWORD"] = SECRET
    with pytest.raises(Exception, match="refused") as caught:
        away["default"].ensure_connection()
    assert SECRET not in describe_error(caught.value)
