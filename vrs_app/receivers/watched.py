"""Which models are watched, and how a row that is saved leads to the row that is noted."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import QuerySet

from ..catalogue import Keys, catalogue, key_as, keys_of
from ..infra.transactions import is_transaction_lost, lazy_savepoint
from ..infra.translations import translations_of
from .suppress import log_once

Row = models.Model
Model = type[models.Model]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """How rows of a model are noted: as rows of `model`, which the Catalogue has named.

    `foreign_key` is the name of the field that leads there from a row that belongs to it, as a
    translation does; empty for a row of the model's own family.
    """

    model: Model
    foreign_key: str = ""

    @property
    def is_product(self) -> bool:
        return is_product(self.model)

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    def key_of(self, row: Row) -> Any:
        """The primary key of the row that is noted."""
        if self.foreign_key:
            field: Any = row._meta.get_field(self.foreign_key)
            return getattr(row, field.attname)
        return key_as(self.model, row)

    def row_of(self, row: Row) -> Row | None:
        """The row that is noted, as the Catalogue knows it; None if it cannot be made of `row`."""
        if self.foreign_key:
            found: Row | None = getattr(row, self.foreign_key)
            return found
        if isinstance(row, self.model):
            return row
        if row._meta.concrete_model is not self.model._meta.concrete_model:
            return None
        seen_as = self.model.__new__(self.model)
        seen_as.__dict__ = row.__dict__
        return seen_as


def watched_models() -> dict[Model, Watched]:
    """Every model whose saves and deletions are noted.

    Those that the Catalogue watches, the families of these, and what belongs to them:
    translations, and the rows of a relation that has a model of its own.
    """
    named = list(catalogue().watched_models())
    found = {model: Watched(model=model) for model in named}
    for model in named:
        for relative in family(model):
            found.setdefault(relative, Watched(model=relative if model._meta.abstract else model))
    found = {model: how for model, how in found.items() if not model._meta.abstract}
    for model in list(found):
        for owned, foreign_key in _owned(model):
            found.setdefault(owned, Watched(model=found[model].model, foreign_key=foreign_key))
    return found


def family(model: Model) -> Iterator[Model]:
    """The model, its proxies, parents and children: a save of any may change the same row."""
    for other in apps.get_models():
        if _are_relatives(model, other):
            yield other


def is_product(model: Model) -> bool:
    """Whether a row of the model is a product, or a part of one."""
    product: Model = catalogue().model
    return _are_relatives(product, model)


@cache
def _are_relatives(one: Model, other: Model) -> bool:
    first, second = (each._meta.concrete_model or each for each in (one, other))
    return issubclass(first, second) or issubclass(second, first)


def relations(model: Model) -> list[Any]:
    """The many-to-many fields of the model, also those of packages that make their own."""
    return list(model._meta.many_to_many)


def _owned(model: Model) -> Iterator[tuple[Model, str]]:
    """The models whose rows belong to one of `model`, each with its foreign key."""
    names = translations_of(model)
    for relation in model._meta.related_objects:
        if relation.get_accessor_name() in names:
            yield relation.related_model, relation.field.name
    for field in relations(model):
        through = field.remote_field.through
        if isinstance(field, models.ManyToManyField) and not through._meta.auto_created:
            yield through, field.m2m_field_name()


def _may_change(keys: Keys, row: Row) -> bool:
    """Whether a save of the row may change what this queryset finds: it reads the row's table.

    The products of a category do not, as a rule: that they belong to it stands in their own rows.
    """
    if not isinstance(keys, QuerySet):
        return True
    statement = statement_of(keys)
    return statement is None or f'"{row._meta.db_table}"' in statement[0]


def statement_of(keys: QuerySet[Any]) -> tuple[str, tuple[Any, ...]] | None:
    """The queryset's SQL and parameters; None if it can find nothing."""
    try:
        return keys.query.sql_with_params()
    except EmptyResultSet:
        return None


def products_of(
    row: Row, watched: Watched, using: str, *, quiet: bool = False, fetch: bool = False
) -> Keys:
    """The primary keys of the row's products, by the Catalogue; a product's own if it raises.

    The error is logged, unless `quiet`: the worker asks again. `fetch` a queryset if its answer
    may be changed by a save of the row.
    """
    own = [watched.key_of(row)] if watched.is_product else []
    if watched.foreign_key and own:
        return own
    try:
        with lazy_savepoint(using):
            known = watched.row_of(row)
            keys = own if known is None else keys_of(catalogue().products_of(known))
            return list(keys) if fetch and _may_change(keys, row) else keys
    except Exception as error:  # the shop's Catalogue may raise anything
        if is_transaction_lost(using):
            raise
        if not quiet:  # of a raw save, the rows that it refers to may not be there yet
            log_once(type(row), error)
    return own
