import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from shop.visual import ShopCatalogue
from vrs_app.conf import conf

from ..conftest import LookAlikes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("few_pairs")]


class Plain(ShopCatalogue):
    """A shop that sorts nothing into categories."""

    def category(self, product: object) -> None:
        return None


def evaluate(*words: str, **options: object) -> str:
    out = StringIO()
    call_command("vrs_evaluate", *words, stdout=out, **options)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.usefixtures("look_alikes")
def test_the_table_has_each_figure_and_fits_a_terminal() -> None:
    told = evaluate("-k", "5")
    assert max(len(line) for line in told.splitlines()) <= 80
    table = dict(line.split(maxsplit=1) for line in told.splitlines() if " " in line.strip())
    assert table["Products"] == "24 in 4 categories"
    assert table["Precision@5"] == "1.000 (chance 0.217)"
    assert table["Recall@5"].startswith("1.000 of the index")
    assert "400: 1.000 (as set)" in table["by"]
    assert table["Coverage"] == ("100.0% of products are among another's 5 most alike; 0 never")
    assert table["Duplicates"].endswith(f"at {conf.DUPLICATE_THRESHOLD} or above")
    assert "ms median" in table["Query"]
    assert table["Space"].startswith("HandcraftedEmbedder (1728)")
    assert table["disc"].split() == ["6", "1.000"]
    assert len(table["random"].split()) == 6
    assert table["Suggested:"].startswith('"THRESHOLD": 0.')


@pytest.mark.usefixtures("look_alikes")
def test_the_json_is_json_and_nothing_else(tmp_path: Path) -> None:
    sheet = ("--html", str(tmp_path / "sheet.html"))
    told = json.loads(evaluate("--json", "--sample", "6", *sheet))
    assert told["k"] == 10
    assert told["products"] == 24
    assert 0.5 <= told["precision"] <= 5 / 10 + 1e-9  # five others of its kind among ten
    assert 0 < told["milliseconds_median"] <= told["milliseconds_95"]
    assert told["recall_by_ef_search"].keys() == {"40", "100", "200", "400"}
    assert told["coverage"]["most"][0].keys() == {"key", "title", "answers"}
    assert told["similarities"]["same category"].keys() == {"5", "25", "50", "75", "95"}
    assert [cut["suggested"] for cut in told["cuts"]].count(True) == 1
    assert "answers" not in told
    assert (tmp_path / "sheet.html").exists()


@pytest.mark.usefixtures("look_alikes")
def test_its_bar_can_be_silenced(capsys: pytest.CaptureFixture[str]) -> None:
    evaluate("--sample", "2", verbosity=0)
    evaluate("--sample", "2", "--json")
    assert capsys.readouterr().err == ""
    evaluate("--sample", "2")
    assert "2/2" in capsys.readouterr().err


def test_before_anything_is_embedded_it_says_what_to_run() -> None:
    with pytest.raises(CommandError, match=r"Run: manage\.py vrs_embed"):
        evaluate()


def test_a_shop_without_categories_is_told_what_it_lacks_and_all_the_rest(
    look_alikes: LookAlikes, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"CATALOGUE": f"{__name__}.Plain"}
    told = evaluate("-k", "5", "--sample", "4")
    assert "Precision@5   unknown: give your Catalogue a `category`" in told
    assert "Recall@5      1.000" in told
    assert "Suggested:" in told


@pytest.mark.parametrize("option", ["-k", "--sample", "--rows"])
@pytest.mark.parametrize("number", ["0", "-1", "many"])
@pytest.mark.usefixtures("look_alikes")
def test_a_number_that_is_none_is_refused(option: str, number: str) -> None:
    with pytest.raises(CommandError, match=option):
        evaluate(f"{option}={number}")


def test_more_rows_than_anyone_reads_are_refused() -> None:
    with pytest.raises(CommandError, match="--rows takes at most 200"):
        evaluate("--rows", "201")


@pytest.mark.usefixtures("look_alikes")
def test_the_sheet_is_written_over_what_was_there_and_named(tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    path.write_text("old")
    told = evaluate("--html", str(path), "--rows", "3", "--sample", "4")
    assert f"Look at {path}." in told
    written = path.read_text()
    assert written.startswith("<!doctype html>")
    assert written.count('<article class="answer">') == 3
    assert list(tmp_path.glob("*.part")) == []


def test_a_sheet_in_a_folder_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    # Before anything is asked: nothing is embedded here, which would be the next error.
    with pytest.raises(CommandError, match=r"There is no folder .*absent"):
        evaluate("--html", str(tmp_path / "absent" / "sheet.html"))


@pytest.mark.usefixtures("look_alikes")
def test_a_sample_asks_fewer() -> None:
    assert "24 in 4 categories, 5 asked" in evaluate("--sample", "5")


@pytest.mark.slow
@pytest.mark.usefixtures("look_alikes")
def test_search_by_photo_stands_beside_the_neighbours_where_it_is_asked_for() -> None:
    few = ("-k", "5", "--sample", "6")
    told = evaluate(*few, "--photo-search")
    assert "by photo      1.000 of 6 searches" in told
    assert json.loads(evaluate(*few, "--json"))["photo_search"] is None
    found = json.loads(evaluate(*few, "--json", "--photo-search"))
    assert found["photo_search"] == {"asked": 6, "unreadable": 0, "precision": 1.0}
    assert found["precision"] == 1


@pytest.mark.slow
def test_a_picture_that_is_no_photo_is_counted(look_alikes: LookAlikes) -> None:
    image = look_alikes["disc"][0].images.get()
    image.image.storage.delete(str(image.image.name))
    told = evaluate("-k", "5", "--photo-search")
    assert "of 23 searches, 1 unreadable" in told


def test_more_neighbours_than_an_index_looks_at_are_refused() -> None:
    with pytest.raises(CommandError, match="-k takes at most 1000"):
        evaluate("-k", "9" * 20)


@pytest.mark.usefixtures("look_alikes")
def test_before_migrate_the_way_out_is_said() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_embeddingspace RENAME TO away")
    with pytest.raises(CommandError, match="migrate"):
        evaluate()


@pytest.mark.usefixtures("look_alikes")
def test_an_interruption_is_no_stack_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vrs_app.reports.evaluation.page_answers._neighbour", interrupt)
    with pytest.raises(CommandError, match="Interrupted") as caught:
        evaluate()
    assert caught.value.returncode == 130
