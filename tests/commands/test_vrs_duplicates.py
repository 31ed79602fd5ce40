import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from shop.models import Product

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(make_shown: MakeShown, embed_all: EmbedAll) -> list[Product]:
    """The same photo twice, and a product of its own."""
    made = [make_shown(shape("disc"), name=name) for name in ("Round", "Also round")]
    made.append(make_shown(shape("bars"), name="Barred"))
    embed_all()
    return made


def told(*words: str) -> str:
    out = StringIO()
    call_command("vrs_duplicates", *words, stdout=out)
    return out.getvalue()


def test_groups_are_listed_with_keys_titles_and_similarity(twins: list[Product]) -> None:
    one, other, alone = twins
    lines = told("--verbosity", "0").splitlines()
    assert lines[0].startswith("1 group of near-duplicates, 2 products, at ")
    assert f"{one.pk}  Round" in lines
    assert f"{other.pk}  Also round" in lines
    assert f"    {one.pk} = {other.pk}: 1.000, the same photo" in lines
    assert alone.name not in "".join(lines)


def test_machines_get_the_same_as_json(twins: list[Product]) -> None:
    one, other, _ = twins
    facts = json.loads(told("--json", "--threshold", "0.97"))
    assert facts["threshold"] == 0.97
    (group,) = facts["groups"]
    assert [(each["key"], each["title"]) for each in group["products"]] == [
        (one.pk, "Round"),
        (other.pk, "Also round"),
    ]
    (pair,) = group["pairs"]
    assert pair["keys"] == [one.pk, other.pk]
    assert (pair["similarity"], pair["same_photo"]) == (1, True)
    assert pair["pictures"] == [each.images.get().image.name for each in (one, other)]


def test_a_shop_without_duplicates_is_told_so(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    make_shown(shape())
    embed_all()
    assert told("--threshold", "0.9").startswith("No two products have pictures that are alike")


@pytest.mark.parametrize("threshold", ["-0.5", "1.2", "nan"])
def test_a_threshold_that_cannot_be_is_refused(twins: list[Product], threshold: str) -> None:
    with pytest.raises(CommandError, match="threshold takes a number from 0 to 1"):
        told(f"--threshold={threshold}")


def test_nothing_embedded_says_what_to_run(make_shown: MakeShown) -> None:
    with pytest.raises(CommandError, match="vrs_embed"):
        told()


def test_a_shop_that_switched_duplicates_off_is_told_how_to_ask(
    twins: list[Product], settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"DUPLICATE_THRESHOLD": 2}
    assert "--threshold" in told()
    assert "1 group" in told("--threshold", "0.9", "--verbosity", "0")


def test_before_migrate_the_way_out_is_said(twins: list[Product]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_embeddingspace RENAME TO away")
    with pytest.raises(CommandError, match="migrate"):
        told()
