import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now

from shop.models import Product
from shop.services.folders import REPOSITORY
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Change
from vrs_app.reports import status

from ..conftest import EmbedAll, MakeShown
from ..pictures import jpeg
from ..shapes import shape

pytestmark = pytest.mark.django_db

PHOTO_QUEUE = {"name": "vrs-photos", "error": "", "messages": 0, "workers": ["photos@host"]}


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the broker tells: all is well, until a test says otherwise."""
    told: dict[str, Any] = {"name": "vrs", "error": "", "messages": 3, "workers": ["worker@host"]}
    monkeypatch.setattr(status, "_queues", lambda *names: [told, PHOTO_QUEUE])
    return told


@pytest.fixture
def healthy(look_alikes: dict[str, list[Product]]) -> None:
    heartbeats.beat(Part.SWEEP)


def show(*words: str) -> tuple[int, str]:
    """The exit code of `vrs_status` and what it prints."""
    out = StringIO()
    try:
        call_command("vrs_status", *words, stdout=out, no_color=True)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.usefixtures("healthy")
def test_a_healthy_shop_is_a_table_and_exit_code_0() -> None:
    code, told = show()
    table = dict(line.split("  ", 1) for line in told.splitlines())
    assert code == 0
    assert table["Products"].strip() == "24 searchable of 24, 24 with pictures"
    assert table["Pictures"].strip() == "0 waiting, 24 ready, 0 failed"
    assert "active · HandcraftedEmbedder · 1728 numbers · 24 vectors" in told
    assert "· valid ·" in table["Index"]
    assert table["Outbox"].strip() == "nothing waits"
    assert table["Queue"].strip() == "vrs · 3 messages · 1 worker"
    assert table["Sweep"].strip().endswith("s ago")
    assert table["Photos"].strip() == "vrs-photos · 0 messages · 1 worker · never at work"
    assert "!" not in told


@pytest.mark.usefixtures("healthy")
def test_where_a_person_is_needed_it_says_why_and_exits_with_1(queue: dict[str, Any]) -> None:
    queue["workers"] = []
    code, told = show()
    assert code == 1
    assert '! No worker listens to the queue "vrs".' in told
    assert "Start one: celery -A shop worker" in told


@pytest.mark.usefixtures("healthy")
def test_failures_are_shown_by_reason(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    make_shown(jpeg()[:300], jpeg()[:400], b"")
    embed_all()
    code, told = show()
    assert code == 1
    assert "Failed      2 × The file is damaged or cut short. Upload the picture again." in told
    assert "Failed      1 × The file is empty. Upload the picture again. (empty)" in told


@pytest.mark.usefixtures("healthy")
def test_the_outbox_has_its_number_and_age() -> None:
    for seconds in (12, 5, 3):
        change = Change.objects.create(product="1")
        noted_at = Now() - timedelta(seconds=seconds)
        Change.objects.filter(pk=change.pk).update(noted_at=noted_at)
    code, told = show()
    assert code == 0
    assert re.search(r"^Outbox      3 changes wait, the oldest for 1[23] s$", told, re.MULTILINE)
    outbox = json.loads(show("--json")[1])["outbox"]
    assert (outbox["rows"], outbox["failed"], outbox["worker_is_old"]) == (3, 0, False)
    Change.objects.update(error="ValueError: no title")
    code, told = show()
    assert code == 1
    assert " s, 3 could not be compared" in told
    [failure] = json.loads(show("--json")[1])["outbox"]["failures"]
    assert (failure["product"], failure["error"]) == ("1", "ValueError: no title")


@pytest.mark.usefixtures("healthy")
def test_the_json_tells_the_same_to_machines(queue: dict[str, Any]) -> None:
    code, told = show("--json")
    facts = json.loads(told)
    assert code == 0
    assert facts["images"] == {"waiting": 0, "ready": 24, "failed": 0}
    assert facts["products"]["searchable"] == 24
    assert facts["spaces"][0]["state"] == "active"
    assert facts["index"]["valid"] is True
    assert facts["problems"] == []
    queue["error"] = "refused"
    code, told = show("--json")
    assert code == 1
    [problem] = json.loads(told)["problems"]
    assert set(problem) == {"what", "way_out"}


def test_a_new_installation_is_shown_too(make_shown: MakeShown) -> None:
    make_shown(shape())
    code, told = show()
    assert code == 1
    assert "1 waiting" in told
    assert "none yet" in told
    assert "never at work" in told
    assert "The sweep never ran." in told


def test_before_our_tables_exist_it_says_what_to_run() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE vrs_app_embeddingspace CASCADE")
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        show()


@pytest.mark.slow
def test_a_database_that_is_away_is_an_error_of_one_line() -> None:
    away = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere",
    }
    ended = subprocess.run(
        [sys.executable, "manage.py", "vrs_status"],
        cwd=REPOSITORY,
        env=away,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert "The database does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr
