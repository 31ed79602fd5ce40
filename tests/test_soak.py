"""That a soak would notice: each of its judges is shown what it exists to find."""

import math
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.http import HttpRequest

from benchmarks.soak import __main__ as soak
from benchmarks.soak import pictures, schedule, urls
from benchmarks.soak.actors.base import Conflict
from benchmarks.soak.actors.merchants import Merchant
from benchmarks.soak.actors.staff import Staff
from benchmarks.soak.browser import Answer
from benchmarks.soak.context import SoakContext
from benchmarks.soak.expected import ExpectedCatalogue, ProductState
from benchmarks.soak.invariants import Inspector, check_all
from benchmarks.soak.judge import (
    FAILED_PAGE,
    HIDDEN_SERVED,
    PHOTO,
    PICTURES_PAGE,
    SHOWN_MISSING,
    Failure,
    Judge,
    excuse_for,
)
from benchmarks.soak.report import Report
from benchmarks.soak.timeline import Outages, Part, Span
from vrs_app import vision
from vrs_app.exceptions import PictureError
from vrs_app.models import IndexedImage

from .conftest import EmbedAll, MakeShown
from .processes import ROOT, wait_until
from .shapes import shape


def new_context() -> SoakContext:
    return SoakContext(address="http://shop.example", seed=1, password="")


def answer(text: str, *, status: int = 200, began: float, ended: float) -> Answer:
    span = Span(began=began, ended=ended)
    return Answer(path="/", status=status, text=text, where="", location="", span=span)


# --- the plan ----------------------------------------------------------------------------------


def drawn(seed: str) -> list[tuple[float, str, float]]:
    chosen = islice(schedule.steps(seed, {"save": 3, "delete": 1}, (0, 1)), 50)
    return [(step.pause, step.name, step.rng.random()) for step in chosen]


def test_the_same_seed_gives_the_same_plan() -> None:
    assert drawn("1 merchant-1") == drawn("1 merchant-1")
    assert drawn("1 merchant-1") != drawn("2 merchant-1")
    assert drawn("1 merchant-1") != drawn("1 merchant-2")


def test_what_one_doing_draws_changes_none_of_those_after_it() -> None:
    steps = schedule.steps("1", {"save": 3, "delete": 1}, (0, 1))
    lavish = [(step.name, [step.rng.random() for _ in range(9)]) for step in islice(steps, 50)]
    assert [name for name, _ in lavish] == [name for _, name, _ in drawn("1")]


@pytest.mark.parametrize("code", pictures.BROKEN)
def test_a_broken_picture_fails_with_the_code_that_is_expected_of_it(code: str) -> None:
    with pytest.raises(PictureError) as failed:
        vision.load(pictures.BROKEN[code](Random(1)), 112)
    assert failed.value.code == code


# --- who is seen when ----------------------------------------------------------------------------


@pytest.fixture
def catalogue() -> ExpectedCatalogue:
    return ExpectedCatalogue()


def test_a_product_that_was_hidden_all_the_time_may_not_be_in_an_answer() -> None:
    stage = new_context()
    expected = stage.catalogue.add("coat", "me")
    expected.history = [
        (1.0, ProductState.UNSURE),
        (2.0, ProductState.SHOWN),
        (5.0, ProductState.UNSURE),
    ]
    expected.history += [(6.0, ProductState.HIDDEN)]
    judge = Judge(stage)
    link = '<a href="/products/coat/">'
    judge.check_answer("front page", answer(link, began=5.5, ended=7))  # hidden while it was asked
    judge.check_answer("front page", answer("", began=7, ended=8))
    assert stage.report.violations == []
    judge.check_answer("front page", answer(link, began=7, ended=8))
    assert [each.promise for each in stage.report.violations] == [HIDDEN_SERVED]


def test_a_product_on_show_has_a_page() -> None:
    stage = new_context()
    expected = stage.catalogue.add("coat", "me")
    expected.history = [(1.0, ProductState.SHOWN)]
    judge = Judge(stage)
    judge.check_page("coat", answer("", status=404, began=2, ended=3))
    assert [each.promise for each in stage.report.violations] == [SHOWN_MISSING]
    expected.history += [(4.0, ProductState.UNSURE), (5.0, ProductState.HIDDEN)]
    judge.check_page("coat", answer("", status=404, began=3, ended=6))
    assert len(stage.report.violations) == 1


def test_after_a_change_that_failed_nothing_is_sure(catalogue: ExpectedCatalogue) -> None:
    expected = catalogue.add("coat", "me")
    with catalogue.changing(expected, ProductState.SHOWN):
        pass
    assert (expected.state, expected.is_signalled) == (ProductState.SHOWN, True)
    with pytest.raises(ConnectionResetError), catalogue.changing(expected, ProductState.DELETED):
        raise ConnectionResetError
    assert (expected.state, expected.is_signalled) == (ProductState.UNSURE, False)


# --- what is excused -----------------------------------------------------------------------------


def failure(*, at: float, **more: object) -> Failure:
    fields = {"what": "/", "span": Span(began=at, ended=at + 1), "part": Part.WEB_DATABASE}
    return Failure(**{**fields, **more})  # type: ignore[arg-type]


@pytest.fixture
def outages() -> Outages:
    """PostgreSQL was cut off from 10 to 20, photo search without a worker ever since 30."""
    found = Outages()
    found._spans[Part.WEB_DATABASE] = [Span(began=10, ended=20)]
    found._spans[Part.PHOTOS] = [Span(began=30, ended=math.inf)]
    return found


def test_a_page_is_excused_only_while_postgresql_was_cut_off(outages: Outages) -> None:
    assert excuse_for(failure(at=9.5, is_page=True, where="shop/views/bag.py:7"), outages)
    assert not excuse_for(failure(at=21, is_page=True, where="shop/views/bag.py:7"), outages)
    assert not excuse_for(failure(at=35, is_page=True), outages)


def test_a_page_that_we_broke_is_never_excused(outages: Outages) -> None:
    assert not excuse_for(
        failure(at=15, is_page=True, where="vrs_app/queries/embeddings.py:7"), outages
    )


def test_silence_is_never_excused(outages: Outages) -> None:
    assert not excuse_for(failure(at=15, is_timeout=True), outages)


def test_photo_search_is_excused_with_503_alone(outages: Outages) -> None:
    assert excuse_for(failure(at=40, is_unavailable=True), outages)
    assert not excuse_for(failure(at=25, is_unavailable=True), outages)
    assert not excuse_for(failure(at=40), outages)


def test_a_form_that_is_one_transaction_is_excused_and_a_page_of_the_same_error_is_not() -> None:
    stage = new_context()
    judge = Judge(stage)
    lost = replace(answer("", status=500, began=1, ended=2), where="vrs_app/receivers.py:7")
    stage.outages._spans[Part.WEB_DATABASE] = [Span(began=1, ended=2)]
    judge.add_failed_answer("product added in the admin", lost, is_save=True)
    judge.judge_failures()
    assert stage.report.violations == []
    judge.add_failed_answer(PICTURES_PAGE, lost)
    judge.judge_failures()
    assert stage.report.violations == []
    judge.add_failed_answer("front page", lost)
    judge.judge_failures()
    assert [each.promise for each in stage.report.violations] == [FAILED_PAGE]


@pytest.mark.parametrize(("table", "accused"), [("shop_productimage", 0), ("vrs_app_pin", 1)])
def test_staff_are_overtaken_where_the_shops_own_constraint_refuses_and_no_other(
    table: str, accused: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = new_context()
    staff = Staff("staff", stage, Judge(stage))
    refused = answer(repr(IntegrityError(f'"x" on table "{table}"')), status=500, began=1, ended=2)
    monkeypatch.setattr(staff.browser, "cookie", lambda _name: "logged in")
    monkeypatch.setattr(staff.browser, "post", lambda _path, _form: refused)
    with pytest.raises(Conflict):
        staff._post("product deleted in the admin", "/", {})
    staff.judge.judge_failures()
    assert len(stage.report.violations) == accused


def test_where_an_error_came_from_is_a_file_of_ours_wherever_the_environment_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urls, "ROOT", tmp_path)
    names: dict[str, Any] = {}
    for file, code in (
        (".venv/lib/psycopg.py", "def query(): raise OSError"),
        ("vrs_app/looks.py", "\ndef look(): query()"),
    ):
        exec(compile(code, tmp_path / file, "exec"), names)
    try:
        names["look"]()
    except OSError:
        answer = urls.server_error(HttpRequest())
    assert answer[urls.RAISED_IN] == "vrs_app/looks.py:2"


def test_a_picture_saved_while_the_merchants_were_cut_off_may_be_untold_and_no_other() -> None:
    stage = new_context()
    merchant = Merchant("me", stage, Judge(stage))
    expected = stage.catalogue.add("coat", "me")
    with merchant._saving("picture added", expected):
        pass
    assert expected.is_signalled
    with stage.outages.during(Part.ACTORS_DATABASE), merchant._saving("picture added", expected):
        pass
    assert not expected.is_signalled


def test_what_nothing_excuses_is_a_violation() -> None:
    stage = new_context()
    judge = Judge(stage)
    judge.check_answer("front page", answer("", status=500, began=1, ended=2))
    judge.check_answer(PHOTO, answer("", status=503, began=1, ended=2))
    judge.judge_failures()
    assert [each.promise for each in stage.report.violations] == [FAILED_PAGE, FAILED_PAGE]


# --- what is looked at in the end ----------------------------------------------------------------


def violations(report: Report) -> list[str]:
    check_all(Inspector(report), ExpectedCatalogue(), report)
    return [each.detail for each in report.violations]


@pytest.mark.django_db
def test_bytes_that_nobody_told_of_are_noticed(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    product = make_shown(shape("disc"), slug="coat")
    embed_all()
    assert violations(Report()) == []
    name = str(product.images.get().image)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(shape("bars")))
    assert "embedded from other bytes" in violations(Report())[0]
    IndexedImage.objects.update(digest=vision.digest(shape("bars")))
    IndexedImage.objects.get().embeddings.update(digest=vision.digest(shape("bars")))
    assert "its vector is another's" in violations(Report())[0]
    default_storage.delete(name)
    assert "where it is missing" in violations(Report())[0]


@pytest.mark.django_db
def test_a_row_too_few_and_a_row_too_many_are_noticed(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape("disc"), slug="coat")
    embed_all()
    IndexedImage.objects.update(name="other.jpg")
    too_many, too_few = violations(Report())
    assert too_many.startswith("coat: a row of other.jpg")
    assert too_few.startswith("coat: no row of ")


@pytest.mark.django_db
def test_a_picture_that_waits_is_noticed(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    make_shown(shape("disc"))
    embed_all()
    make_shown(shape("bars"), slug="coat")
    assert "it waits" in violations(Report())[0]


@pytest.mark.django_db
def test_a_picture_may_fail_only_if_it_is_broken(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    data = pictures.BROKEN["damaged"](Random(1))
    make_shown(data)
    embed_all()
    assert "a good picture failed, damaged" in violations(Report())[0]
    assert violations(Report(broken_files={vision.digest(data): "damaged"})) == []
    assert (
        "where it is format" in violations(Report(broken_files={vision.digest(data): "format"}))[0]
    )


# --- the command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [["--minutes", "0"], ["--minutes", "soon"], ["--seed", "x"]])
def test_bad_arguments_start_nothing(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        soak.main(wrong)
    assert left.value.code == 2


def test_the_documented_command_is_one_that_it_takes() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text()
    [arguments] = re.findall(r"^python benchmarks/soak\.py (.+)$", text, re.MULTILINE)
    assert soak.options(arguments.split()).minutes == 10


@pytest.mark.slow
def test_ctrl_c_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    command = [sys.executable, "benchmarks/soak.py", "--minutes", "5"]
    told = tmp_path / "told"
    with told.open("wb") as output:
        running = subprocess.Popen(command, cwd=ROOT, stdout=output)
    try:
        wait_until(lambda: "faults begin" in told.read_text(), seconds=240)
        family = psutil.Process(running.pid).children(recursive=True)
        time.sleep(2)
    finally:
        running.send_signal(signal.SIGINT)
        status = running.wait(90)
    assert status == 128 + signal.SIGINT
    assert len(family) > 8
    assert [process for process in family if is_alive(process)] == []
    data = re.search(r"Logs: (.+)/\*\.log", told.read_text())
    assert data
    assert not Path(data[1]).exists()


def is_alive(process: psutil.Process) -> bool:
    """Whether it works still; one that nobody has buried yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
