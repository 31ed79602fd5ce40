import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from vrs_app.catalogue import catalogue
from vrs_app.indexing import enqueue
from vrs_app.models import IndexedImage
from vrs_app.testing import drain

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A "batch" for each that was enqueued, without a broker."""
    batches: list[str] = []
    monkeypatch.setattr(enqueue, "enqueue_batch", lambda: batches.append("batch"))
    return batches


@pytest.fixture(autouse=True)
def overwritten(make_shown: MakeShown, embed_all: EmbedAll) -> Path:
    """The file of one of two products, written anew behind Django."""
    file, _ = [Path(make_shown(shape(seed=n)).images.get().image.path) for n in range(2)]
    embed_all()
    file.write_bytes(shape("bars"))
    return file


def reconcile(*words: str, **options: object) -> str:
    """What `vrs_reconcile` prints."""
    out = StringIO()
    call_command("vrs_reconcile", *words, stdout=out, **options)
    return out.getvalue()


def counts(told: str) -> list[str]:
    """The last column of the table."""
    return [line.split()[-1] for line in told.splitlines()[:6]]


def test_it_tells_what_it_repaired_and_enqueues_and_a_second_run_finds_nothing(
    enqueued: list[str], embed_all: EmbedAll
) -> None:
    told = reconcile()
    assert counts(told) == ["0", "0", "0", "0", "0", "1"]
    assert "2 files read." in told
    assert "All of it is repaired." in told
    assert enqueued == ["batch"]
    assert embed_all() == 1
    again = reconcile()
    assert counts(again) == ["0"] * 6
    assert "Nothing is wrong." in again
    assert enqueued == ["batch"]


def test_a_dry_run_tells_the_same_and_changes_nothing(enqueued: list[str]) -> None:
    with pytest.raises(CommandError, match="Nothing was changed") as caught:
        reconcile("--dry-run")
    assert caught.value.returncode == 1
    assert enqueued == []
    assert counts(reconcile()) == ["0", "0", "0", "0", "0", "1"]
    drain()
    assert "Nothing is wrong." in reconcile("--dry-run")


def test_without_files_none_is_read(overwritten: Path) -> None:
    told = reconcile("--no-files")
    assert counts(told) == ["0", "0", "0", "0", "read", "read"]
    assert "Nothing is wrong." in told
    assert "files read" not in told


def test_machines_read_json() -> None:
    facts = json.loads(reconcile("--json"))
    assert (facts["wrong"], facts["files_changed"], facts["dry_run"]) == (1, 1, False)
    assert (facts["faults"], facts["problems"]) == ([], [])


def test_a_product_that_the_catalogue_fails_at_is_named_and_a_person_is_called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    IndexedImage.objects.all().delete()
    monkeypatch.setattr(catalogue(), "pictures", lambda product: 1 / 0)
    with pytest.raises(CommandError, match="Fix what is reported above"):
        reconcile()
    told = capsys.readouterr().err
    assert told.count("ZeroDivisionError") == 2
    assert "Traceback" not in told


def test_a_storage_that_is_away_is_told_in_a_sentence(
    media: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    media.rename(media.with_name("unmounted"))
    with pytest.raises(CommandError, match="Fix what is reported above"):
        reconcile()
    assert "Mount it where the worker runs." in capsys.readouterr().err


def test_words_that_the_database_refuses_are_told_in_a_sentence(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "klingon"}
    with pytest.raises(CommandError, match="Fix what is reported above"):
        reconcile("--no-files")
    assert "klingon" in capsys.readouterr().err


def test_interrupted_it_ends_by_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(product: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(catalogue(), "pictures", interrupt)
    with pytest.raises(CommandError, match="Interrupted") as caught:
        reconcile()
    assert caught.value.returncode == 130


def test_bars_show_on_the_error_stream_and_can_be_silenced(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reconcile()
    shown = capsys.readouterr().err
    assert [step in shown for step in ("products", "files")] == [True] * 2
    assert "2/2" in shown
    assert reconcile(verbosity=0) == ""
    reconcile("--json")
    assert capsys.readouterr().err == ""
