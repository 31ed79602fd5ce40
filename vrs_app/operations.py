"""What the first migration needs to find: pgvector, and the shop's product model."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.utils import DatabaseError
from pgvector.django import VectorExtension

from .conf import product_model_label


class EnableVector(VectorExtension):
    """Take the extension "vector" as it is, or create it, or name who can."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        except DatabaseError as error:
            name = schema_editor.connection.settings_dict["NAME"]
            raise ImproperlyConfigured(
                f'The PostgreSQL extension "vector" is not in the database "{name}" and this '
                f"user cannot create it ({str(error).strip()}). Install pgvector on the "
                f"database server, then let a superuser run this in {name}, once: "
                "CREATE EXTENSION vector;"
            ) from error


def product_model_dependencies() -> list[tuple[str, str]]:
    """The migration in which the shop's product model gets its name, as a dependency.

    `swappable_dependency` would mean the app's first migration, in which the model may not
    be there yet; the app's latest would make the shop's next migration come before ours.
    An app without migrations needs no dependency.
    """
    app_label, _, model_name = product_model_label().partition(".")
    found = [
        (app_label, name)
        for name, operations in _migrations_of(app_label)
        if any(_names(operation, model_name.lower()) for operation in operations)
    ]
    return found[-1:]


def _migrations_of(app_label: str) -> list[tuple[str, list[Operation]]]:
    """Every migration of an app by name, with its operations; empty if it has none."""
    module_name, _ = MigrationLoader.migrations_module(app_label)
    if module_name is None:
        return []
    try:
        package = import_module(module_name)
    except ModuleNotFoundError:
        return []
    names = sorted(module.name for module in iter_modules(package.__path__))
    modules = ((name, import_module(f"{module_name}.{name}")) for name in names)
    return [
        (name, module.Migration.operations)
        for name, module in modules
        if hasattr(module, "Migration")
    ]


def _names(operation: Operation, model_name: str) -> bool:
    """Whether a model of this name exists from this operation on."""
    match operation:
        case migrations.CreateModel(name=name) | migrations.RenameModel(new_name=name):
            return name.lower() == model_name
        case migrations.SeparateDatabaseAndState(state_operations=inner):
            return any(_names(operation, model_name) for operation in inner)
    return False
