import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from shop.models import Product
from shop.visual import ShopCatalogue

pytestmark = pytest.mark.django_db


class Plain(ShopCatalogue):
    """A shop that sorts nothing into categories."""

    def category(self, product: object) -> None:
        return None


def evaluate(*words: str, **options: object) -> str:
    out = StringIO()
    call_command("vrs_evaluate", *words, stdout=out, **options)
    return out.getvalue()


@pytest.mark.usefixtures("look_alikes")
def test_the_table_has_precision_chance_recall_and_times() -> None:
    table = dict(line.split(maxsplit=1) for line in evaluate("-k", "5").splitlines())
    assert table["Products"] == "24 in 4 categories"
    assert table["Precision@5"] == "1.000 (chance 0.217)"
    assert table["Recall@5"].startswith("1.000 of the index")
    assert "ms median" in table["Query"]
    assert table["Space"].startswith("HandcraftedEmbedder (1728)")


@pytest.mark.usefixtures("look_alikes")
def test_the_json_is_json_and_nothing_else() -> None:
    told = json.loads(evaluate("--json"))
    assert told["k"] == 10
    assert told["products"] == 24
    assert 0.5 <= told["precision"] <= 5 / 10 + 1e-9  # five others of its kind among ten
    assert 0 < told["milliseconds_median"] <= told["milliseconds_95"]


@pytest.mark.usefixtures("look_alikes")
def test_its_bar_can_be_silenced(capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(verbosity=0)
    evaluate("--json")
    assert capsys.readouterr().err == ""
    evaluate()
    assert "24/24" in capsys.readouterr().err


def test_before_anything_is_embedded_it_says_what_to_run() -> None:
    with pytest.raises(CommandError, match=r"Run: manage\.py vrs_embed"):
        evaluate()


def test_a_shop_without_categories_is_told_what_it_lacks(
    look_alikes: dict[str, list[Product]], settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"CATALOGUE": f"{__name__}.Plain"}
    with pytest.raises(CommandError, match="category"):
        evaluate()


@pytest.mark.parametrize("k", ["0", "-1", "many"])
@pytest.mark.usefixtures("look_alikes")
def test_a_number_of_neighbours_that_is_none_is_refused(k: str) -> None:
    with pytest.raises(CommandError, match="-k"):
        evaluate(f"-k={k}")
