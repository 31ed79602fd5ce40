"""The section as Django's admin takes it: an inline formset without forms of its own."""

import logging
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.db import DatabaseError, transaction
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from vrs_app.infra.db import database
from vrs_app.infra.transactions import FaultsKept

from . import rules
from .cards import Card
from .forms import PlacesForm
from .models import Pin
from .section import Section, section

logger = logging.getLogger(__name__)


class SectionFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """Draws the section, and saves its choices when the product is saved.

    `request`, `site` and `to_pin`, the field that chooses a product, are set on the class
    that the inline makes for each request.
    """

    request: HttpRequest
    site: str
    to_pin: forms.ModelChoiceField  # type: ignore[type-arg]

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(**options)
        posted = data if data is not None and f"{self.prefix}-position" in data else None
        self.places = PlacesForm(
            posted, prefix=self.prefix, product=self.instance, to_pin=self.to_pin
        )
        self.new_objects: list[Any] = []
        self.changed_objects: list[Any] = []
        self.deleted_objects: list[Any] = []

    @classmethod
    def get_default_prefix(cls) -> str:
        return "vrs-merchandising"

    # --- drawing --------------------------------------------------------------------------

    @cached_property
    def section(self) -> Section | None:
        """None for a product to be, and where it cannot be read: the shop's page opens anyway."""
        if self.instance._state.adding:
            return None
        with FaultsKept(_log_no_section), transaction.atomic(using=database()):
            return section(self.instance, self.site)
        return None

    @property
    def is_new(self) -> bool:
        return bool(self.instance._state.adding)

    @property
    def hidden_everywhere_url(self) -> str:
        """The list of all that is hidden everywhere."""
        return reverse(f"{self.site}:vrs_merchandising_hidden_changelist") + "?where=everywhere"

    def own_place(self) -> forms.BoundField:
        return self.places.own_place(self.section.own_place if self.section else rules.NORMAL)

    def shown(self) -> Iterator[tuple[Card, forms.BoundField]]:
        return self._with_choices(self.section.shown if self.section else [])

    def held_back(self) -> Iterator[tuple[Card, forms.BoundField]]:
        return self._with_choices(self.section.held_back if self.section else [])

    def hidden(self) -> Iterator[tuple[Card, forms.BoundField]]:
        return self._with_choices(self.section.hidden if self.section else [])

    def _with_choices(self, cards: list[Card]) -> Iterator[tuple[Card, forms.BoundField]]:
        for card in cards:
            yield card, self.places.place_of(card.key, card.place, card.title)

    @property
    def media(self) -> forms.Media:
        return self.places.media

    # --- saving ---------------------------------------------------------------------------

    def is_valid(self) -> bool:
        """Valid too where it was not posted at all, as by a shop's own tests."""
        return not self.places.is_bound or self.places.is_valid()

    @property
    def errors(self) -> list[Any]:
        return [self.places.errors] if self.places.is_bound else []

    def has_changed(self) -> bool:
        return self.places.has_changed()

    def save(self, commit: bool = True) -> list[Any]:
        """Write what was chosen; with `commit` false, `save_m2m` does, as for any formset."""
        if commit:
            self._write()
        else:
            self.save_m2m = self._write  # type: ignore[method-assign]
        return []

    def _write(self) -> None:
        """Never in the way of saving the product: a database error is told, and that is all,
        but where the product is lost with it.
        """
        wanted = self.places.wanted() if self.places.is_bound else {}
        if not wanted:
            return
        with FaultsKept(self._tell, DatabaseError), transaction.atomic(using=database()):
            changes = rules.arrange(self.instance, wanted)
            self.new_objects, self.deleted_objects = changes.made, changes.gone

    def _tell(self, error: Exception) -> None:
        logger.error("Pins and hides were not saved: %r", error, exc_info=error)
        text = _("What shoppers see was not changed: the database refused. Please try again.")
        messages.error(self.request, text)


def _log_no_section(error: Exception) -> None:
    """A fault of ours, or of the shop's own Catalogue."""
    logger.error("No merchandising section: %r", error, exc_info=error)


class NoForm(forms.ModelForm):  # type: ignore[type-arg]
    """The formset has no rows to show; all its choices are in `PlacesForm`."""

    class Meta:
        model = Pin
        fields = ("recommended",)
