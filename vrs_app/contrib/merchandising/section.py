"""The content of the admin section: what shoppers see beside a product, and what not."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vrs_app import spaces
from vrs_app.conf import conf
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.queries import Recommendation, offered, similar_products

from . import rules
from .cards import Card, NotShown, card_of
from .models import Hidden

MOST_HIDDEN = 12
"""Products hidden everywhere that the section shows, the latest; their own list has all."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """The cards of shown, held back (pinned but not shown) and hidden products, and notices."""

    notices: list[str] = field(default_factory=list)
    own_place: str = rules.NORMAL
    shown: list[Card] = field(default_factory=list)
    held_back: list[Card] = field(default_factory=list)
    hidden: list[Card] = field(default_factory=list)
    more_are_hidden: bool = False


def section(product: Model, site: str) -> Section:
    """The section of `product`; `site` is the name of the admin site that links point to."""
    items = list(similar_products(product))
    places = rules.places(product)
    latest = Hidden.objects.filter(product=None).exclude(hidden=product.pk)
    everywhere = list(latest.values_list("hidden_id", flat=True)[: MOST_HIDDEN + 1])
    places |= dict.fromkeys(everywhere[:MOST_HIDDEN], rules.EVERYWHERE)
    shown_keys = [item.product.pk for item in items]
    others = NotShown([key for key in places if key not in shown_keys], site)
    pinned = [key for key in others.keys if places[key].isdigit()]
    hidden = [key for key in others.keys if not places[key].isdigit()]
    return Section(
        notices=list(_notices(product, items)),
        own_place=rules.EVERYWHERE if rules.hidden_everywhere([product.pk]) else rules.NORMAL,
        shown=[card_of(item, places.get(item.product.pk, rules.NORMAL), site) for item in items],
        held_back=_held_back(product, others, {key: places[key] for key in pinned}, not items),
        hidden=[others.card(key, places[key], _hidden_where(places[key])) for key in hidden],
        more_are_hidden=len(everywhere) > MOST_HIDDEN,
    )


def _notices(product: Model, items: Collection[Recommendation]) -> Iterable[str]:
    """Messages above the cards: why there are none, or why other pages do not show the product."""
    if not offered().filter(pk=product.pk).exists():
        yield _("This product is not on sale now, so no other page recommends it.")
    shown = IndexedImage.objects.shown().filter(product=product.pk)
    pictures = shown.with_state(spaces.active())
    states = set(pictures.values_list("state", flat=True))
    if not states:
        yield _("It has no picture yet, so nothing can look like it.")
    elif ImageEmbedding.State.READY not in states:
        yield (
            _("Its pictures are still waiting for the worker; look-alikes come by themselves.")
            if ImageEmbedding.State.WAITING in states
            else _("None of its pictures could be used, so nothing can look like it.")
        )
    if not items:
        yield ngettext(
            "Shoppers see no recommendations here: there is not even %(count)d product to show.",
            "Shoppers see no recommendations here: fewer than %(count)d products can be shown.",
            conf.MINIMUM,
        ) % {"count": conf.MINIMUM}


def _held_back(
    product: Model, others: NotShown, pinned: Mapping[Any, str], row_is_empty: bool
) -> list[Card]:
    """The cards of pinned products that are not shown, by position, each with the reason."""
    hidden = Hidden.objects.filter(product=product.pk, hidden__in=pinned)
    hidden_here = set(hidden.values_list("hidden_id", flat=True))
    reasons = {
        key: others.why_not(key, is_hidden=key in hidden_here, row_is_empty=row_is_empty)
        for key in sorted(pinned, key=lambda key: int(pinned[key]))
    }
    return [others.card(key, pinned[key], reason) for key, reason in reasons.items()]


def _hidden_where(place: str) -> str:
    return _("hidden here") if place == rules.HERE else _("hidden everywhere")
