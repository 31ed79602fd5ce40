"""`vrs_history`: what is kept of one shopper is handed out, and erased."""

import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from shop.models import Product
from vrs_app.contrib import history
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.shopper import Shopper

from ...conftest import MakeShown
from .conftest import Did

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("vrs_history", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def products(make_shown: MakeShown) -> list[Product]:
    return [make_shown() for _ in range(2)]


def test_what_is_exported_is_all_that_is_kept_and_erasing_leaves_nothing(
    anna: User, products: list[Product], did: Did, tmp_path: Path
) -> None:
    for kind in ("viewed", "liked", "cart", "bought", "dismissed"):
        did(Shopper.of(anna), kind, *products, days=2)
    did(Shopper(visitor=uuid4()), "viewed", *products)
    file = tmp_path / "anna.json"
    _, said = run("--user", "anna", "--export", str(file), "--erase", "--no-input")
    assert said.splitlines() == [f"10 interactions written to {file}.", "10 interactions erased."]
    found = json.loads(file.read_text())
    assert (found["user"], found["visitor"]) == ("anna", None)
    told = {(each["product"], each["kind"]) for each in found["interactions"]}
    assert told == {(product.pk, kind) for product in products for kind in history.Kind.values}
    assert {each["title"] for each in found["interactions"]} == {each.name for each in products}
    assert history.interactions(anna) == []
    assert InteractionRow.objects.count() == 2  # those of somebody else
    printed, _ = run("--user", "anna", "--export", "-")
    assert json.loads(printed)["interactions"] == []


def test_what_was_exported_can_be_told_again(
    anna: User, products: list[Product], did: Did, tmp_path: Path
) -> None:
    """What is written is enough to make the very same rows."""
    did(Shopper.of(anna), "liked", *products, days=2)
    before, _ = run("--user", "anna", "--export", "-")
    rows = json.loads(before)["interactions"]
    run("--user", "anna", "--erase", "--no-input")
    InteractionRow.objects.bulk_create(
        InteractionRow(user=anna, product_id=each["product"], kind=each["kind"], at=each["at"])
        for each in rows
    )
    after, _ = run("--user", "anna", "--export", "-")
    assert json.loads(after)["interactions"] == rows


def test_a_visitor_is_named_by_the_id_in_their_session(products: list[Product], did: Did) -> None:
    visitor = uuid4()
    did(Shopper(visitor=visitor), "viewed", products[0])
    printed, said = run("--visitor", str(visitor), "--export", "-")
    assert json.loads(printed)["visitor"] == str(visitor)
    assert said == ""
    run("--visitor", str(visitor), "--erase", "--no-input")
    assert not InteractionRow.objects.exists()


@pytest.mark.parametrize(("answer", "is_erased"), [("y", True), ("n", False), ("", False)])
def test_erasing_asks_first(
    anna: User,
    products: list[Product],
    did: Did,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    is_erased: bool,
) -> None:
    did(Shopper.of(anna), "viewed", products[0])
    asked = []

    def answers(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("builtins.input", answers)
    if is_erased:
        run("--user", "anna", "--erase")
    else:
        with pytest.raises(CommandError, match=r"Nothing was erased\."):
            run("--user", "anna", "--erase")
    assert asked == ["Erase 1 interaction? [y/N] "]
    assert InteractionRow.objects.exists() is not is_erased


def test_where_nobody_is_there_to_ask_nothing_is_erased(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(question: str) -> Any:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="--no-input"):
        run("--user", "anna", "--erase")


def test_what_is_too_old_is_forgotten(anna: User, products: list[Product], did: Did) -> None:
    did(Shopper.of(anna), "viewed", products[0], days=400)
    _, said = run("--prune")
    assert said.strip() == "1 interaction older than 365 days forgotten."
    assert not InteractionRow.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "way_out"),
    [
        ([], "--export FILE, --erase, or --prune"),
        (["--user", "anna"], "--export FILE, --erase, or --prune"),
        (["--erase"], "--user NAME or --visitor UUID"),
        (["--export", "-"], "--user NAME or --visitor UUID"),
        (["--user", "nobody", "--export", "-"], "no user 'nobody'"),
        (["--visitor", "nobody", "--export", "-"], "'nobody' is no UUID"),
        (["--user", "anna", "--export", "/no/folder/x.json"], "no folder /no/folder"),
        (["--user", "anna", "--visitor", str(uuid4())], "not allowed with"),
    ],
)
def test_a_mistake_is_named_and_the_way_out(
    anna: User, arguments: list[str], way_out: str
) -> None:
    with pytest.raises(CommandError, match=way_out):
        run(*arguments)
