"""Migration operations: enable pgvector, depend on the shop's product model, cascade deletes."""

from collections.abc import Iterable
from functools import partial
from graphlib import TopologicalSorter
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import migrations, router
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.utils import DatabaseError
from pgvector.django import VectorExtension

from ..conf import product_model_label
from . import schema

MINIMUM_PGVECTOR = (0, 8)
"""The oldest version that works: 0.7 brought halfvec, 0.8 iterative index scans."""


class EnableVector(VectorExtension):
    """Create the extension "vector" if it is absent; check its version and schema.

    Raises ImproperlyConfigured, with the statement to run, if this user cannot create it, if
    it is too old, or if its schema is not in the search path. The reverse operation keeps the
    extension: it may be older than this app, others may use it, and only a superuser can
    drop it.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        connection = schema_editor.connection
        if not router.allow_migrate(connection.alias, app_label):
            return
        if connection.vendor != "postgresql":
            raise ImproperlyConfigured(_not_postgresql(connection.alias, app_label))
        name = connection.settings_dict["NAME"]
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        except DatabaseError as error:
            raise ImproperlyConfigured(
                f'The PostgreSQL extension "vector" is not in the database "{name}" and this '
                f"user cannot create it ({str(error).strip()}). Install pgvector on the "
                f"database server, then let a superuser run this in {name} (for "
                "test databases: in template1), once: "
                "CREATE EXTENSION vector;"
            ) from error
        if (extension := _extension(schema_editor)) and (
            problem := _extension_problem(name, *extension)
        ):
            raise ImproperlyConfigured(problem)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        pass


class DeleteWithTarget(Operation):
    """Add a foreign key constraint with ON DELETE CASCADE for `field`.

    The field itself has `db_constraint=False`, so that Django adds no constraint of its own.
    """

    reversible = True

    def __init__(self, model_name: str, field: str, constraint: str) -> None:
        self.model_name, self.field, self.constraint = model_name, field, constraint

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self._execute(
            app_label,
            schema_editor,
            to_state,
            "ALTER TABLE {table} ADD CONSTRAINT {constraint} FOREIGN KEY ({column}) "
            "REFERENCES {target} ({target_column}) ON DELETE CASCADE",
        )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self._execute(
            app_label,
            schema_editor,
            from_state,
            "ALTER TABLE {table} DROP CONSTRAINT {constraint}",
        )

    def describe(self) -> str:
        return f"Delete rows of {self.model_name} with their {self.field}"

    def _execute(self, app_label: str, schema_editor: Any, state: Any, statement: str) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        field = model._meta.get_field(self.field)
        names = {
            "table": model._meta.db_table,
            "constraint": self.constraint,
            "column": field.column,
            "target": field.remote_field.model._meta.db_table,
            "target_column": field.target_field.column,
        }
        quoted = {key: schema_editor.quote_name(name) for key, name in names.items()}
        schema_editor.execute(statement.format(**quoted), params=None)


class EnsureSchema(Operation):
    """Create the cascading foreign keys and the outbox's function: see `infra.schema`."""

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self._run(schema.ensure, app_label, schema_editor, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self._run(schema.undo, app_label, schema_editor, from_state)

    def describe(self) -> str:
        return "Create the cascading foreign keys and the function of the outbox"

    def _run(self, change: Any, app_label: str, schema_editor: Any, state: Any) -> None:
        alias = schema_editor.connection.alias
        if router.allow_migrate(alias, app_label):
            change(alias, state.apps, partial(schema_editor.execute, params=None))


def product_model_dependencies() -> list[tuple[str, str]]:
    """The migration that creates the shop's product model, or renames it to its present name.

    A list of one dependency, (app label, migration name); empty for an app without migrations.
    `swappable_dependency` would name the app's first migration, where the model may not exist
    yet. The app's latest would make each further migration of the shop inconsistent.
    """
    app_label, _, model_name = product_model_label().partition(".")
    found = [
        (app_label, migration.name)
        for migration in _migrations_of(app_label)
        if any(_creates(operation, model_name.lower()) for operation in migration.operations)
    ]
    return found[-1:]


def _not_postgresql(alias: str, app_label: str) -> str:
    """Why the tables cannot be created in a database of another kind, and the fix."""
    return (
        f'The tables of {app_label} live in PostgreSQL only, and the database "{alias}" is '
        "none. Let a router of your DATABASE_ROUTERS answer False in allow_migrate for "
        f'"{alias}" and the app "{app_label}".'
    )


def _extension(schema_editor: Any) -> tuple[str, str, bool] | None:
    """Version, schema, and whether the search path finds its types.

    None if the extension is absent: `sqlmigrate` only prints the statement.
    """
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT extversion, nspname, to_regtype('vector') IS NOT NULL "
            "FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace "
            "WHERE extname = 'vector'"
        )
        row: tuple[str, str, bool] | None = cursor.fetchone()
        return row


def _extension_problem(database: str, version: str, schema: str, is_found: bool) -> str | None:
    """Why the installed extension cannot be used, and the fix; None if it can."""
    if tuple(int(part) for part in version.split(".")[:2]) < MINIMUM_PGVECTOR:
        return (
            f'pgvector {version} in the database "{database}" is too old. Update it on the '
            f"database server, then let a superuser run this in {database}, once: "
            "ALTER EXTENSION vector UPDATE;"
        )
    if not is_found:
        return (
            f'The extension "vector" is in the schema "{schema}" of the database "{database}", '
            "where this user does not look. Let the database's owner run this, once: "
            f'ALTER DATABASE "{database}" SET search_path = public, "{schema}";'
        )
    return None


def _migrations_of(app_label: str) -> list[Migration]:
    """The migrations of an app, each after those of the app that it depends on.

    A squashed migration is left out while any that it replaces exists: Django goes on with
    those if only some of them are applied.
    """
    named = {migration.name: migration for migration in _load_migrations(app_label)}
    own = {
        name: _names_in(app_label, migration.dependencies)
        for name, migration in named.items()
        if not _names_in(app_label, migration.replaces) & named.keys()
    }
    return [named[name] for name in TopologicalSorter(own).static_order() if name in own]


def _load_migrations(app_label: str) -> list[Migration]:
    """Every migration in the app's package; empty where Django finds none either."""
    module_name, _ = MigrationLoader.migrations_module(app_label)
    if module_name is None:
        return []
    try:
        package = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and f"{module_name}.".startswith(f"{error.name}."):
            return []
        raise  # the package exists, and a module that it imports does not
    folders = getattr(package, "__path__", None)
    if not isinstance(folders, list):  # a plain module, or a folder without __init__.py
        return []
    names = sorted(found.name for found in iter_modules(folders) if not found.ispkg)
    modules = (
        (name, import_module(f"{module_name}.{name}")) for name in names if name[0] not in "_~"
    )
    return [
        module.Migration(name, app_label)
        for name, module in modules
        if hasattr(module, "Migration")
    ]


def _names_in(app_label: str, keys: Iterable[tuple[Any, ...]]) -> set[str]:
    """The names of this app's migrations among `keys`, (app label, name) pairs."""
    return {key[1] for key in keys if key[0] == app_label}


def _creates(operation: Operation, model_name: str) -> bool:
    """Whether the operation creates a model of this name, or renames one to it."""
    match operation:
        case migrations.CreateModel(name=name) | migrations.RenameModel(new_name=name):
            return name.lower() == model_name
        case migrations.SeparateDatabaseAndState(state_operations=inner):
            return any(_creates(operation, model_name) for operation in inner)
    return False
