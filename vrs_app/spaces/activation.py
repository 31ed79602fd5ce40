"""Switches the active space, once no product loses its neighbours by it."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.template.defaultfilters import pluralize

from ..exceptions import SpaceRefused, explain
from ..infra.db import database
from ..models import EmbeddingSpace, ImageEmbedding
from . import index, pending, registry

MAX_NAMED = 10
"""Products named in a refusal, at most."""


def switch(number: int, *, incomplete: bool = False) -> EmbeddingSpace:
    """Make the space of primary key `number` the active one; the former is retired.

    Its index is built first where it is missing or invalid. Raises SpaceRefused for an unknown
    number and, unless `incomplete`, while pictures wait in the space or where products that
    have neighbours now would have none.
    """
    space = registry.by_number(number)
    if not index.has_valid_index(space):
        if not incomplete:
            _require_complete(space)
        index.rebuild_index(space)
    with transaction.atomic(using=database()):
        registry.lock()  # no concurrent deletion between the check and the switch
        if not incomplete:
            _require_complete(space)
        registry.activate(space)
    return space


def _require_complete(space: EmbeddingSpace) -> None:
    if left := _count_waiting(space):
        raise SpaceRefused(
            f"{left} picture{pluralize(left)} still wait{pluralize(left, 's,')} in it. Let a "
            "worker or vrs_embed finish; for a former space, with the settings that made it. Or "
            "add --incomplete: workers go on filling it while shoppers see it."
        )
    if lost := _products_lost(space):
        named = " ".join(str(key) for key in lost[:MAX_NAMED])
        raise SpaceRefused(
            f"{len(lost)} product{pluralize(lost)} with look-alikes now would have none, since "
            f"none of their pictures has a vector in it. {_reasons(space, lost)} Embed them once "
            f"more (manage.py vrs_embed --product {named}"
            f"{' …' if len(lost) > MAX_NAMED else ''}), or add --incomplete."
        )


def _count_waiting(space: EmbeddingSpace) -> int:
    """Waiting pictures without a servable vector, read from the primary database."""
    unseen = pending.rows(space).exclude(ImageEmbedding.is_servable())
    kinds: tuple[QuerySet[Any], ...] = unseen, pending.without_row(space)
    return sum(each.using(database()).count() for each in kinds)


def _products_lost(space: EmbeddingSpace) -> Sequence[Any]:
    """The keys of products with a vector in the active space and none in `space`."""
    servable = ImageEmbedding.objects.using(database()).filter(ImageEmbedding.is_servable())
    there = servable.filter(space=space, image__product=OuterRef("image__product"))
    now = servable.filter(~Exists(there), space__state=EmbeddingSpace.State.ACTIVE)
    keys = now.order_by("image__product").values_list("image__product", flat=True)
    return list(keys.distinct())


def _reasons(space: EmbeddingSpace, products: Sequence[Any]) -> str:
    failed = ImageEmbedding.objects.using(database()).filter(
        space=space, state=ImageEmbedding.State.FAILED, image__product__in=products
    )
    codes = failed.order_by("error_code").values_list("error_code", flat=True).distinct()
    return " ".join(explain(code) for code in codes)
