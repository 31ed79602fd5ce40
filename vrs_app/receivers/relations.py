"""m2m_changed, and the deletion of what products refer to: note the products of both ends.

The admin writes these relations after it has saved the product. Their rows are deleted without
a signal with either end.
"""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.db import models

from ..indexing.outbox.append import Note, append
from .suppress import suppressing_errors
from .watched import Model, Row, Watched, is_product, products_of, relations

ACTIONS = ("pre_remove", "pre_clear", "post_add", "post_remove", "post_clear")

UNCHANGING_RULES = (models.CASCADE, models.PROTECT, models.RESTRICT, models.DO_NOTHING)
"""Deletion rules that change no row: it goes too, or stays as it is. The others write it anew."""

TAGGED = "content_object"
"""The field by which a row of django-taggit refers to what is tagged."""


class Relation(NamedTuple):
    """A field of a watched model, `owner`, that refers to rows of `target`."""

    owner: Model
    watched: Watched
    field: Any

    @property
    def target(self) -> Model:
        target: Model = self.field.remote_field.model
        return target

    def owners_of(self, row: Row, using: str) -> models.QuerySet[Any]:
        """The primary keys of the rows of `owner` that refer to `row`, of `target`."""
        owners = self.owner._base_manager.using(using).filter(**{self.field.name: row})
        return owners.values_list("pk", flat=True).distinct()


_by_through: dict[Model, list[Relation]] = {}
_by_target: dict[Model, list[Relation]] = {}


class Senders(NamedTuple):
    """The models to whose signals the receivers of this module are connected."""

    throughs: Collection[Model]
    """The models of many-to-many rows."""
    tagged: Collection[Model]
    """Those of tags: django-taggit's field is none of Django's, and its admin writes the rows."""
    targets: Collection[Model]
    """The models whose deletions change watched rows."""


def find(watched: dict[Model, Watched]) -> Senders:
    """Find the relations of the watched models."""
    _by_through.clear()
    _by_target.clear()
    for relation in _relations(watched):
        if relation.field.many_to_many:
            _by_through.setdefault(relation.field.remote_field.through, []).append(relation)
        if relation.target not in watched:
            _by_target.setdefault(relation.target, []).append(relation)
    return Senders(_by_through, [each for each in _by_through if _is_tagged(each)], _by_target)


def _is_tagged(through: Model) -> bool:
    """Whether the rows of a relation refer to what they tag as django-taggit's do."""
    return TAGGED in {field.name for field in through._meta.get_fields()}


def _relations(watched: dict[Model, Watched]) -> Iterator[Relation]:
    """The relations of the watched models whose rows change when what they refer to is deleted."""
    for model, how in watched.items():
        if how.foreign_key or model._meta.proxy:
            continue
        for field in relations(model):
            yield Relation(model, how, field)
        for field in model._meta.local_concrete_fields:
            if field.remote_field and field.remote_field.on_delete not in UNCHANGING_RULES:
                yield Relation(model, how, field)


@suppressing_errors
def relation_changed(
    instance: Row,
    sender: Model,
    action: str,
    reverse: bool,
    pk_set: set[Any] | None,
    using: str,
    **kwargs: Any,
) -> None:
    """m2m_changed: note the rows at both ends, as far as they are products or have some."""
    if action not in ACTIONS or (pk_set is not None and not pk_set):
        return
    for relation in _by_through[sender]:
        if reverse and isinstance(instance, relation.target):
            _note_reverse(relation, instance, pk_set, using)
        elif not reverse and isinstance(instance, relation.owner):
            _note_forward(relation, instance, pk_set, using)


def _note_forward(relation: Relation, row: Row, keys: set[Any] | None, using: str) -> None:
    """A row of the watched model has got or lost members."""
    watched = relation.watched
    products = products_of(row, watched, using)
    append(Note(model=watched.label, key=str(watched.key_of(row)), products=products), using)
    if is_product(relation.target):
        members = keys if keys is not None else getattr(row, relation.field.name).values_list("pk")
        append(Note(model="", key="", products=members), using)


def _note_reverse(relation: Relation, row: Row, keys: set[Any] | None, using: str) -> None:
    """A row, `row`, has got or lost rows of the watched model to which it belongs."""
    if is_product(relation.target):
        append(Note(model="", key="", products=[row.pk]), using)
    owners = relation.owners_of(row, using) if keys is None else keys
    _note_owners(relation, owners, using)


def _note_owners(
    relation: Relation, owners: Collection[Any] | models.QuerySet[Any], using: str
) -> None:
    """Note rows of the watched model, of which only the primary keys are known."""
    if relation.watched.is_product:
        append(Note(model="", key="", products=owners), using)
        return
    for key in owners:
        append(Note(model=relation.watched.label, key=str(key)), using)


@suppressing_errors
def tagged_changed(instance: Row, sender: Model, using: str, **kwargs: Any) -> None:
    """post_save and pre_delete of a tag's row: note what it tags.

    Merging tags in the admin writes these rows without m2m_changed.
    """
    tagged, key = _tagged_by(instance, using)
    for relation in _by_through[sender]:
        if tagged is not None and issubclass(tagged, relation.owner):
            _note_owners(relation, [key], using)


def _tagged_by(row: Row, using: str) -> tuple[Model | None, Any]:
    """The model and the primary key of what a tag's row tags, by either kind of foreign key."""
    field: Any = row._meta.get_field(TAGGED)
    if not hasattr(field, "fk_field"):
        return field.related_model, getattr(row, field.attname)
    kind = row._meta.get_field(field.ct_field).attname  # type: ignore[union-attr]
    content_type = field.get_content_type(id=getattr(row, kind), using=using)
    return content_type.model_class(), getattr(row, field.fk_field)


@suppressing_errors
def before_target_deleted(instance: Row, sender: Model, using: str, **kwargs: Any) -> None:
    """pre_delete of a row that watched rows refer to, while they still do."""
    for relation in _by_target[sender]:
        _note_owners(relation, relation.owners_of(instance, using), using)
