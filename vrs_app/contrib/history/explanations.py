"""A recommendation with the reason that a shopper reads."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vrs_app.catalogue import catalogue
from vrs_app.queries import Recommendation, Source

from .event_types import Kind

REASONS: Mapping[Kind, Any] = {
    Kind.BOUGHT: gettext_lazy("Because you bought %(title)s"),
    Kind.LIKED: gettext_lazy("Because you liked %(title)s"),
    Kind.CART: gettext_lazy("Because you chose %(title)s"),
    Kind.VIEWED: gettext_lazy("Because you viewed %(title)s"),
}
OTHERWISE: Mapping[Source, Any] = {
    Source.POPULAR: gettext_lazy("Popular now"),
    Source.NEWEST: gettext_lazy("New in the shop"),
}


@dataclass(frozen=True, kw_only=True)
class PersonalRecommendation(Recommendation):
    """`kind` is the strongest that the shopper did with `because`."""

    kind: Kind | None = None

    @property
    def reason(self) -> str:
        """Why it is recommended, in the language of the page."""
        if self.because is not None and self.kind is not None:
            return str(REASONS[self.kind]) % {"title": catalogue().title(self.because)}
        return str(OTHERWISE.get(self.source) or _("Chosen for you"))


def personal(
    item: Recommendation, *, position: int, kinds: Mapping[Any, Kind]
) -> PersonalRecommendation:
    """`item` at its place, with its reason; `kinds` by the keys of products."""
    known = {field.name: getattr(item, field.name) for field in fields(Recommendation)}
    kind = None if item.because is None else kinds.get(item.because.pk)
    return PersonalRecommendation(**known | {"position": position}, kind=kind)
