"""Rows of translations, as django-parler keeps them beside a model's; told without the package.

It looks a translation up in a cache, where a worker may find an old one, unless it is prefetched.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.db.models.constants import LOOKUP_SEP

Model = type[models.Model]


def translations_of(model: Model) -> set[str]:
    """The names of the relations to a model's translations.

    These have a foreign key `master` and a field `language_code`.
    """
    return {
        str(relation.get_accessor_name())
        for relation in model._meta.related_objects
        if relation.one_to_many and relation.field.name == "master"
        if any(field.name == "language_code" for field in relation.related_model._meta.fields)
    }


def prefetch_translations(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Prefetch the translations of `rows`, and those of all that they select or prefetch."""
    fetched = dict(_fetched(rows))
    wanted = {
        LOOKUP_SEP.join(filter(None, (path, name)))
        for path, through in fetched.items()
        if (model := _model_at(rows.model, through)) is not None
        for name in translations_of(model)
    }
    return rows.prefetch_related(*sorted(wanted - fetched.keys()))


def _fetched(rows: models.QuerySet[Any]) -> Iterator[tuple[str, str]]:
    """The paths of what `rows` fetch, each as it is found on a row, and by relations alone.

    A Prefetch may put the rows of its relation under another name.
    """
    yield "", ""
    if isinstance(selected := rows.query.select_related, Mapping):  # else none or, rarely, all
        yield from ((path, path) for path in _selected(selected))
    for each in rows._prefetch_related_lookups:  # type: ignore[attr-defined]
        path = getattr(each, "prefetch_to", each).split(LOOKUP_SEP)
        through = getattr(each, "prefetch_through", each).split(LOOKUP_SEP)
        for end in range(1, len(path) + 1):
            yield LOOKUP_SEP.join(path[:end]), LOOKUP_SEP.join(through[:end])


def _selected(names: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """The paths of `select_related`, which Django keeps as nested dicts."""
    for name, others in names.items():
        yield before + name
        yield from _selected(others, before + name + LOOKUP_SEP)


def _model_at(model: Model, path: str) -> Model | None:
    """The model at the end of a path of relations; None if there is none that is known."""
    at: Model | None = model
    for name in filter(None, path.split(LOOKUP_SEP)):
        at = _related_models(at).get(name) if at else None
    return at


def _related_models(model: Model) -> dict[str, Model]:
    """The models to which relations lead, by the names of these on a row."""
    fields: list[Any] = [field for field in model._meta.get_fields() if field.is_relation]
    return {getattr(field, "accessor_name", field.name): field.related_model for field in fields}
