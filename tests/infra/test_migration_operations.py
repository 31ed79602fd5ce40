"""The migrations fit every shop: small projects, migrated for real."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.migrations.state import ProjectState
from django.db.utils import ConnectionHandler
from psycopg import sql
from pytest_django import Settings

from vrs_app.infra.migration_operations import (
    MINIMUM_PGVECTOR,
    EnableVector,
    _extension_problem,
    product_model_dependencies,
)

from ..projects.histories import (
    BORN_FIRST,
    BORN_SECOND,
    NOT_SQUASHED,
    PRICED,
    RENAMED,
    SHOPS,
    SQUASH,
    SQUASHED,
    STATE_ONLY,
    STOCKED,
)
from ..projects.project import Project
from ..projects.shops import BRAND, PRICE, PRODUCT, STOCK, Shop, Step, create, rename

# --- which migration names the product -----------------------------------------------------

WritePackage = Callable[[Mapping[str, str]], None]


@pytest.fixture
def shop_package(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WritePackage]:
    """Puts files in the place of the demo shop's migrations."""
    settings.MIGRATION_MODULES = {"shop": "other_migrations"}
    monkeypatch.syspath_prepend(tmp_path)

    def write(files: Mapping[str, str]) -> None:
        (tmp_path / "other_migrations").mkdir()
        for name, text in files.items():
            (tmp_path / "other_migrations" / name).write_text(text)

    yield write
    for name in [name for name in sys.modules if name.startswith("other_migrations")]:
        del sys.modules[name]


def package(steps: Mapping[str, Step]) -> dict[str, str]:
    sources = {f"{name}.py": step.source("shop") for name, step in steps.items()}
    return {"__init__.py": ""} | sources


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(BORN_FIRST, "0001_initial", id="created in the first"),
        pytest.param(BORN_SECOND, "0002_product", id="created in the second"),
        pytest.param(BORN_SECOND | PRICED, "0002_product", id="changed later"),
        pytest.param(RENAMED, "0002_name", id="renamed into its name"),
        pytest.param(NOT_SQUASHED | SQUASHED, "0001_initial", id="squashed"),
        pytest.param(SQUASHED, SQUASH, id="squashed, the others removed"),
        pytest.param({"0001": Step(operations=[STATE_ONLY])}, "0001", id="moved from another app"),
        pytest.param(
            {
                "zebra": Step(operations=[create("Article")]),
                "melon": Step(operations=[rename("Article", "Product")], after="zebra"),
                "grape": Step(operations=["migrations.DeleteModel('Product')"], after="melon"),
                "apple": Step(operations=[create("Product")], after="grape"),
            },
            "apple",
            id="names without order",
        ),
    ],
)
def test_it_depends_on_the_migration_that_names_the_product(
    shop_package: WritePackage, steps: Mapping[str, Step], expected: str
) -> None:
    shop_package(package(steps))
    assert product_model_dependencies() == [("shop", expected)]


def test_what_django_takes_for_no_migration_is_passed_over(shop_package: WritePackage) -> None:
    broken = "raise RuntimeError('not a migration')"
    shop_package(package(BORN_FIRST) | {"_helper.py": broken, "helper.py": "", "~old.py": broken})
    assert product_model_dependencies() == [("shop", "0001_initial")]


def test_an_app_without_migrations_needs_no_dependency(
    shop_package: WritePackage, settings: Settings
) -> None:
    assert product_model_dependencies() == []
    shop_package({"0001_initial.py": BORN_FIRST["0001_initial"].source("shop")})
    assert product_model_dependencies() == []  # a folder without __init__.py
    settings.MIGRATION_MODULES = {"shop": None}
    assert product_model_dependencies() == []
    settings.MIGRATION_MODULES = {"shop": "textwrap"}
    assert product_model_dependencies() == []


def test_what_the_shops_own_migrations_lack_is_told(shop_package: WritePackage) -> None:
    shop_package(package(BORN_FIRST) | {"__init__.py": "import nowhere_to_be_found"})
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
        product_model_dependencies()


# --- small shops, for real ------------------------------------------------------------------


def take_in(project: Project, shop: Shop) -> None:
    project.write(shop.files())
    project.manage(*shop.migrate)


def journey(project: Project) -> None:
    project.python("-m", "tests.projects.journey")


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOPS)
def test_a_shop_takes_it_in_and_out_again(project: Project, name: str) -> None:
    shop = SHOPS[name]
    take_in(project, shop)
    journey(project)
    project.manage("migrate", "vrs_app", "zero")
    assert not [table for table in project.tables() if str(table).startswith("vrs_")]
    assert project.rows(f"SELECT count(*) FROM {shop.app}_product") == [(5,)]
    assert project.rows("SELECT 1 FROM pg_extension WHERE extname = 'vector'") == [(1,)]
    project.manage("migrate")
    journey(project)


@pytest.mark.slow
def test_without_the_app_the_shop_is_as_before(project: Project) -> None:
    shop = Shop()
    take_in(project, shop)
    journey(project)
    project.manage("migrate", "vrs_app", "zero")
    project.write({"settings.py": shop.files()["settings.py"].replace('"vrs_app", ', "")})
    project.manage("check", "--fail-level", "WARNING")
    project.manage("makemigrations", "--check", "--dry-run")
    project.script("from boutique.models import Product; Product.objects.all().delete()")
    assert project.rows("SELECT count(*) FROM boutique_product") == [(0,)]


@pytest.mark.slow
@pytest.mark.parametrize("app", ["boutique", "wardrobe"])  # before and behind ours by name
def test_the_shops_next_migrations_stay_consistent(project: Project, app: str) -> None:
    take_in(project, Shop(models=BRAND + PRODUCT, migrations=BORN_SECOND, app=app))
    later = BORN_SECOND | PRICED
    take_in(project, Shop(models=BRAND + PRODUCT + PRICE, migrations=later, app=app))
    latest = later | STOCKED
    take_in(project, Shop(models=BRAND + PRODUCT + PRICE + STOCK, migrations=latest, app=app))
    journey(project)


@pytest.mark.slow
def test_a_squash_that_is_only_partly_applied_stays_consistent(project: Project) -> None:
    take_in(project, Shop())
    squashed = Shop(models=PRODUCT + PRICE, migrations=NOT_SQUASHED | SQUASHED)
    take_in(project, squashed)
    take_in(project, squashed)
    for name in NOT_SQUASHED:
        (project.folder / "boutique" / "migrations" / f"{name}.py").unlink()
    project.manage("migrate")
    journey(project)


@pytest.mark.slow
def test_a_shop_that_renames_its_product_takes_the_app_out_meanwhile(project: Project) -> None:
    born = {"0001_initial": RENAMED["0001_initial"]}
    models = PRODUCT.replace("Product", "Article")
    take_in(project, Shop(models=models, migrations=born, product="Article"))
    project.manage("migrate", "vrs_app", "zero")
    take_in(project, Shop(migrations=RENAMED))
    journey(project)


# --- the extension --------------------------------------------------------------------------


@pytest.fixture
def as_owner(project: Project) -> Iterator[Project]:
    """The project as the owner of its database enters it, who is no superuser."""
    with psycopg.connect(project.database_url, autocommit=True) as connection:

        def execute(statement: LiteralString) -> None:
            database = connection.info.dbname
            names = {
                "database": sql.Identifier(database),
                "owner": sql.Identifier(f"{database}_o"),
            }
            connection.execute(sql.SQL(statement).format(**names))

        execute("CREATE ROLE {owner} LOGIN PASSWORD 'small'")
        execute("ALTER DATABASE {database} OWNER TO {owner}")
        yield project.for_user(f"{connection.info.dbname}_o", "small")
        execute("REASSIGN OWNED BY {owner} TO CURRENT_USER")
        execute("DROP OWNED BY {owner}")
        execute("DROP ROLE {owner}")


@pytest.mark.slow
def test_a_missing_extension_names_the_statement_that_helps(
    project: Project, as_owner: Project
) -> None:
    project.write(Shop().files())
    failed = as_owner.attempt("-m", "django", "migrate")
    assert failed.returncode != 0
    assert "let a superuser run this" in failed.stderr
    statement = failed.stderr.strip().rpartition("once: ")[2]
    with psycopg.connect(project.database_url, autocommit=True) as connection:
        connection.execute(statement.encode())
    as_owner.manage("migrate")
    journey(as_owner)
    as_owner.manage("migrate", "vrs_app", "zero")


@pytest.mark.slow
def test_an_extension_out_of_sight_names_the_statement_that_helps(project: Project) -> None:
    project.write(Shop().files())
    with psycopg.connect(project.database_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA extensions")
        connection.execute("CREATE EXTENSION vector SCHEMA extensions")
        failed = project.attempt("-m", "django", "migrate")
        assert failed.returncode != 0
        assert 'in the schema "extensions"' in failed.stderr
        connection.execute(failed.stderr.strip().rpartition("once: ")[2].encode())
    project.manage("migrate")
    journey(project)


@pytest.mark.slow
def test_sqlmigrate_prints_the_statement_without_running_it(project: Project) -> None:
    project.write(Shop().files())
    assert 'CREATE EXTENSION IF NOT EXISTS "vector"' in project.manage(
        "sqlmigrate", "vrs_app", "0001"
    )
    assert project.rows("SELECT 1 FROM pg_extension WHERE extname = 'vector'") == []


@pytest.mark.slow
def test_words_go_with_their_product_by_the_databases_own_hand(project: Project) -> None:
    project.write(SHOPS["uuid key"].files())
    printed = project.manage("sqlmigrate", "vrs_app", "0002")
    assert 'REFERENCES "boutique_product" ("id") ON DELETE CASCADE' in printed
    project.manage("migrate")
    deletes = "SELECT confdeltype FROM pg_constraint WHERE conname = 'vrs_goes_with_its_product'"
    assert project.rows(deletes) == [("c",)]


class OnlyDefault:
    """A router of a shop with a second database, in which no app of ours has tables."""

    def allow_migrate(self, database: str, app_label: str, **hints: Any) -> bool:
        return database == "default"


def enable_in_sqlite() -> None:
    """Migrate a second database, of another kind; pytest-django fails a query of it."""
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    second = ConnectionHandler({"default": {}, "second": sqlite})["second"]
    state = ProjectState()
    EnableVector().database_forwards("vrs_app", second.schema_editor(), state, state)


def test_a_database_that_is_not_ours_is_left_alone(settings: Settings) -> None:
    settings.DATABASE_ROUTERS = [OnlyDefault()]
    enable_in_sqlite()


def test_a_database_of_another_kind_is_refused_with_the_way_out() -> None:
    with pytest.raises(ImproperlyConfigured, match=r'"second" is none\. Let a router'):
        enable_in_sqlite()


def test_an_extension_that_is_too_old_names_the_statement_that_helps() -> None:
    problem = _extension_problem("mine", "0.7.4", "public", True)
    assert problem is not None
    assert "ALTER EXTENSION vector UPDATE;" in problem
    assert MINIMUM_PGVECTOR == (0, 8)
    assert _extension_problem("mine", "0.8.0", "public", True) is None
    assert _extension_problem("mine", "0.10.0", "public", True) is None
