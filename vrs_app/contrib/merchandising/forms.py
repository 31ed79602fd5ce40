"""The section's choices, saved together with the product."""

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
from vrs_app.infra.transactions import FaultsKept

from . import rules

logger = logging.getLogger(__name__)

PLACE = "place:"
MOST_POSITION = 32_767
NO_KEY = ("invalid_choice", "null_characters_not_allowed")


def position_choices(*more: str) -> list[tuple[str, str]]:
    numbers = {*range(1, conf.LIMIT + 1), *(int(each) for each in more if each.isdigit())}
    named = {str(number): _("Pin to position %d") % number for number in sorted(numbers)}
    return list(
        (named | {each: _("At position %s") % each for each in more if each in named}).items()
    )


def place_choices(place: str) -> list[tuple[str, Any]]:
    """What can be done with a product that has `place` now."""
    hide = [(rules.HERE, _("Hide here")), (rules.EVERYWHERE, _("Hide everywhere"))]
    if place in (rules.HERE, rules.EVERYWHERE):
        hide = [(value, _("Keep hidden") if value == place else label) for value, label in hide]
        return [*hide, (rules.NORMAL, _("Show again"))]
    free = (rules.NORMAL, _("Unpin") if place else _("As it comes"))
    return [free, *hide, *position_choices(place)]


def own_choices() -> list[tuple[str, Any]]:
    return [
        (rules.NORMAL, _("Recommended on other pages")),
        (rules.EVERYWHERE, _("Recommended nowhere")),
    ]


def _log_not_read(error: Exception) -> None:
    logger.error("What is hidden everywhere could not be read: %r", error, exc_info=error)


class PlacesForm(forms.Form):
    """One choice for each product on the screen, and one more product to pin.

    What a choice was when the page was drawn comes back with it, so that only what this
    person changed is written, whatever others did meanwhile.
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
        return (name for name in names if name.startswith(PLACE))

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
        """The choice for one product, as posted where this form was posted with it."""
        name = f"{PLACE}{key}"
        if name not in self.fields:
            self.fields[name] = self._field(place)
        self.fields[name].label = label
        return self[name]

    def own_place(self, place: str) -> forms.BoundField:
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
        """False too where it cannot be read: the product is saved, and saving these tells why."""
        with FaultsKept(_log_not_read, DatabaseError), transaction.atomic(using=database()):
            return bool(rules.hidden_everywhere([product.pk]))
        return False

    def clean(self) -> dict[str, Any]:
        """Forget what is no key of a product: drawing it again, the widget would look it up."""
        if any(self.has_error("to_pin", code) for code in NO_KEY):
            self.data = {**self.data, self.add_prefix("to_pin"): ""}
        return self.cleaned_data

    def wanted(self) -> dict[Any, str]:
        """The places that were changed, by the product's key."""
        changed = [name for name in self.changed_data if name.startswith(PLACE)]
        found = {self._key(name): self.cleaned_data[name] for name in changed}
        if found.get(self.product.pk) not in (rules.NORMAL, rules.EVERYWHERE):
            found.pop(self.product.pk, None)
        if chosen := self.cleaned_data["to_pin"]:
            found[chosen.pk] = self.cleaned_data["position"] or "1"
        found.pop(None, None)
        return found

    def _key(self, name: str) -> Any:
        """The key in a field's name; None where no product of this shop can have such."""
        key = catalogue().model._meta.pk
        assert key is not None
        try:
            return key.to_python(name.removeprefix(PLACE))
        except ValidationError:
            return None
