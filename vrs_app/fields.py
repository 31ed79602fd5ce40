"""Columns and indexes of full-text search, for shops without `django.contrib.postgres`."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres import indexes, search
from django.core.checks import CheckMessage
from django.db import models

# From Django 6.1 on, the classes of `django.contrib.postgres` have a check of their own, which
# asks for that app in INSTALLED_APPS (postgres.E005). What the app adds there are lookups and
# types that are used nowhere here. Both classes have the checks of any field and index left.
# Migrations name Django's classes: the column and the index are the same.


class SearchVectorField(search.SearchVectorField):  # type: ignore[type-arg]  # not at runtime
    """A tsvector."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return models.Field.check(self, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, arguments, options = super().deconstruct()
        return name, "django.contrib.postgres.search.SearchVectorField", arguments, options


class GinIndex(indexes.GinIndex):
    """A GIN index."""

    def check(self, *args: Any, **kwargs: Any) -> list[CheckMessage]:
        return models.Index.check(self, *args, **kwargs)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        _, arguments, options = super().deconstruct()
        return "django.contrib.postgres.indexes.GinIndex", arguments, options

    def __eq__(self, other: object) -> bool:
        """Equal to Django's class, which migrations name."""
        if not isinstance(other, indexes.GinIndex):
            return NotImplemented
        return self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]  # as Django's indexes
