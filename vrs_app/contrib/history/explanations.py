"""Recommendations with an explanation for the shopper."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vrs_app.display import Display
from vrs_app.queries import Recommendation, Source

from .event_types import Kind

REASONS: Mapping[Kind, Any] = {
    Kind.BOUGHT: gettext_lazy("Because you bought %(title)s"),
    Kind.LIKED: gettext_lazy("Because you liked %(title)s"),
    Kind.CART: gettext_lazy("Because you chose %(title)s"),
    Kind.VIEWED: gettext_lazy("Because you viewed %(title)s"),
}
REASONS_BY_SOURCE: Mapping[Source, Any] = {
    Source.POPULAR: gettext_lazy("Popular now"),
    Source.NEWEST: gettext_lazy("New in the shop"),
}


@dataclass(frozen=True, kw_only=True)
class PersonalRecommendation(Recommendation):
    """A recommendation to one shopper; `kind` is their strongest interaction with `because`."""

    kind: Kind | None = None

    @property
    def reason(self) -> str:
        """The explanation, in the active language."""
        if self.because is not None and self.kind is not None:
            liked = Display(self.because)
            if liked.can_show("title"):
                return str(REASONS[self.kind]) % {"title": liked.title}
        return str(REASONS_BY_SOURCE.get(self.source) or _("Chosen for you"))


def personal(
    item: Recommendation, *, position: int, kinds: Mapping[Any, Kind]
) -> PersonalRecommendation:
    """`item` at `position`, with its explanation; `kinds` by product key."""
    known = {field.name: getattr(item, field.name) for field in fields(Recommendation)}
    kind = None if item.because is None else kinds.get(item.because.pk)
    return PersonalRecommendation(**known | {"position": position}, kind=kind)
