"""A photo worker's embedder, loaded before it is needed."""

from contextlib import suppress

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from tests.conftest import EmbedAll, MakeShown
from tests.shapes import shape
from vrs_app import spaces
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.photos import warmup

PATIENCE = 30


class CutOff(HandcraftedEmbedder):
    """PostgreSQL ends the connection of whoever loads it, as in a restart."""

    def __init__(self) -> None:
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        super().__init__()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_cut_while_it_loads_costs_no_embedder(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(shape())
    embed_all()
    monkeypatch.setattr(warmup, "_ready", {})
    monkeypatch.setattr(spaces, "embedder_of", lambda space: CutOff())
    space, embedder = warmup.active_embedder(PATIENCE)
    assert space == spaces.active()
    assert isinstance(embedder, CutOff)
