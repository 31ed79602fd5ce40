"""The form of the admin section: the places of products, saved together with the product."""

import logging
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from vrs_app.catalogue import catalogue
from vrs_app.conf import conf
from vrs_app.infra.db import database
from vrs_app.infra.transactions import SuppressErrors

from . import rules

logger = logging.getLogger(__name__)

PLACE_PREFIX = "place:"
MOST_POSITION = 32_767
"""The largest number of a PositiveSmallIntegerField."""
INVALID_KEY = ("invalid_choice", "null_characters_not_allowed")
"""The codes of errors for what is no product's key."""


def position_choices(*more: str) -> list[tuple[str, str]]:
    """The positions 1 to `VRS["LIMIT"]` as choices, and `more`, current positions."""
    numbers = {*range(1, conf.LIMIT + 1), *(int(each) for each in more if each.isdigit())}
    named = {str(number): _("Pin to position %d") % number for number in sorted(numbers)}
    return list(
        (named | {each: _("At position %s") % each for each in more if each in named}).items()
    )


def place_choices(place: str) -> list[tuple[str, Any]]:
    """The choices for a product whose current place is `place`."""
    hide = [(rules.HERE, _("Hide here")), (rules.EVERYWHERE, _("Hide everywhere"))]
    if place in (rules.HERE, rules.EVERYWHERE):
        hide = [(value, _("Keep hidden") if value == place else label) for value, label in hide]
        return [*hide, (rules.NORMAL, _("Show again"))]
    free = (rules.NORMAL, _("Unpin") if place else _("As it comes"))
    return [free, *hide, *position_choices(place)]


def own_choices() -> list[tuple[str, Any]]:
    """The choices for the product whose page it is."""
    return [
        (rules.NORMAL, _("Recommended on other pages")),
        (rules.EVERYWHERE, _("Recommended nowhere")),
    ]


def _log_not_read(error: Exception) -> None:
    logger.error("What is hidden everywhere could not be read: %r", error, exc_info=error)


class PlacesForm(forms.Form):
    """One choice for each product in the section, and one more product to pin.

    A hidden field posts each choice's initial value, so that only what this user changed is
    written, whatever others changed meanwhile.
    """

    position = forms.ChoiceField(label=_("position"), required=False)

    def __init__(self, *args: Any, product: Any, to_pin: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.product = product
        self.fields["to_pin"] = to_pin
        position = self.fields["position"]
        assert isinstance(position, forms.ChoiceField)
        position.choices = position_choices()
        for name in self._posted():
            self.fields[name] = self._field(self.data.get(f"initial-{self.add_prefix(name)}", ""))

    def _posted(self) -> Iterator[str]:
        start = self.add_prefix("")
        names = (name.removeprefix(start) for name in self.data if name.startswith(start))
        return (name for name in names if name.startswith(PLACE_PREFIX))

    def _field(self, place: str) -> forms.ChoiceField:
        known = (rules.HERE, rules.EVERYWHERE)
        is_position = place.isdecimal() and len(place) < 10 and 0 < int(place) <= MOST_POSITION
        place = place if place in known or is_position else rules.NORMAL
        return forms.ChoiceField(
            choices=place_choices(place),
            initial=place,
            required=False,
            show_hidden_initial=True,
        )

    def place_of(self, key: Any, place: str, label: str) -> forms.BoundField:
        """The bound choice for one product, whose current place is `place`."""
        name = f"{PLACE_PREFIX}{key}"
        if name not in self.fields:
            self.fields[name] = self._field(place)
        self.fields[name].label = label
        return self[name]

    def own_place(self, place: str) -> forms.BoundField:
        """The bound choice for the product whose page it is."""
        bound = self.place_of(self.product.pk, place, "")
        field = bound.field
        assert isinstance(field, forms.ChoiceField)
        field.choices = own_choices()
        return bound

    def clean_to_pin(self) -> Any:
        chosen = self.cleaned_data["to_pin"]
        if chosen and chosen.pk == self.product.pk:
            raise ValidationError(_("A product is never recommended on its own page."))
        if chosen and self._is_hidden_everywhere(chosen):
            raise ValidationError(_("That product is hidden everywhere. Show it again first."))
        return chosen

    def _is_hidden_everywhere(self, product: Any) -> bool:
        """False on a database error, which is logged: the product itself is saved all the same."""
        with SuppressErrors(_log_not_read, DatabaseError), transaction.atomic(using=database()):
            return bool(rules.hidden_everywhere([product.pk]))
        return False

    def clean(self) -> dict[str, Any]:
        """Clear an invalid key, which the widget would query when the form is rendered again."""
        if any(self.has_error("to_pin", code) for code in INVALID_KEY):
            self.data = {**self.data, self.add_prefix("to_pin"): ""}
        return self.cleaned_data

    def wanted(self) -> dict[Any, str]:
        """The places that the user changed, by product key."""
        changed = [name for name in self.changed_data if name.startswith(PLACE_PREFIX)]
        found = {self._key(name): self.cleaned_data[name] for name in changed}
        if found.get(self.product.pk) not in (rules.NORMAL, rules.EVERYWHERE):
            found.pop(self.product.pk, None)
        if chosen := self.cleaned_data["to_pin"]:
            found[chosen.pk] = self.cleaned_data["position"] or "1"
        found.pop(None, None)
        return found

    def _key(self, name: str) -> Any:
        """The key in a field's name; None if it is no valid key."""
        key = catalogue().model._meta.pk
        assert key is not None
        try:
            return key.to_python(name.removeprefix(PLACE_PREFIX))
        except ValidationError:
            return None
