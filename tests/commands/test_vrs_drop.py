from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from vrs_app import spaces
from vrs_app.models import EmbeddingSpace
from vrs_app.spaces import activation

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape
from ..two_spaces import SHAPE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def former(make_shown: MakeShown, embed_all: EmbedAll, settings: Settings) -> EmbeddingSpace:
    """A retired space of two pictures, beside the one that shoppers see."""
    make_shown(shape("disc"), shape("bars"))
    embed_all()
    space = spaces.active()
    assert space is not None
    settings.VRS = settings.VRS | {"EMBEDDER": SHAPE}
    embed_all()
    activation.switch(EmbeddingSpace.objects.get(state="building").pk)
    return space


def drop(space: EmbeddingSpace, *words: str, verbosity: int = 0) -> str:
    out = StringIO()
    call_command("vrs_drop", str(space.pk), *words, stdout=out, verbosity=verbosity)
    return out.getvalue()


def is_there(space: EmbeddingSpace) -> bool:
    return EmbeddingSpace.objects.filter(pk=space.pk).exists()


@pytest.mark.parametrize(
    ("said", "goes"), [("y", True), ("Yes ", True), ("", False), ("n", False)]
)
def test_it_asks_first_and_says_what_goes(
    former: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch, said: str, goes: bool
) -> None:
    asked: list[str] = []

    def answers(question: str) -> str:
        asked.append(question)
        return said

    monkeypatch.setattr("builtins.input", answers)
    if goes:
        assert f"Space {former.pk} is dropped: 2 vectors of 0.0 MB" in drop(former)
    else:
        with pytest.raises(CommandError, match=r"Nothing was dropped\."):
            drop(former)
    assert is_there(former) != goes
    [question] = asked
    assert f"Drop space {former.pk}, HandcraftedEmbedder (1728), retired: 2 vectors" in question
    assert "embed every picture again" in question


def test_where_nobody_can_answer_nothing_goes(
    former: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="--no-input"):
        drop(former)
    assert is_there(former)
    drop(former, "--no-input")
    assert not is_there(former)


def test_what_is_needed_is_refused_before_anything_is_asked(former: EmbeddingSpace) -> None:
    active = spaces.active()
    assert active is not None
    with pytest.raises(CommandError, match="Shoppers see space"):
        drop(active, "--no-input")
    assert is_there(active)


def test_an_unknown_space_is_refused_and_the_known_ones_are_named(former: EmbeddingSpace) -> None:
    with pytest.raises(CommandError, match="There is no space 987654") as caught:
        call_command("vrs_drop", "987654", "--no-input")
    assert f"{former.pk} ({former})" in str(caught.value)


def test_its_bar_shows_how_far_it_is(
    former: EmbeddingSpace, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(former, "--no-input", verbosity=1)
    assert "2/2" in capsys.readouterr().err


def test_what_somebody_came_to_need_while_it_asked_is_kept(
    former: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def answers(question: str) -> str:
        settings.VRS = settings.VRS | {"EMBEDDER": former.embedder}
        return "y"

    monkeypatch.setattr("builtins.input", answers)
    with pytest.raises(CommandError, match="what the settings name"):
        drop(former)
    assert former.embeddings.count() == 2
