"""The section as an inline formset for Django's admin, without model forms."""

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
from vrs_app.infra.transactions import SuppressErrors

from . import rules
from .cards import Card
from .forms import PlacesForm
from .models import Pin
from .section import Section, section

logger = logging.getLogger(__name__)


class SectionFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """Renders the section, and saves its choices when the product is saved.

    The inline creates a class for each request, and sets on it `request`, `site`, the name of the
    admin site, and `to_pin`, the field that chooses a product.
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

    # --- rendering ------------------------------------------------------------------------

    @cached_property
    def section(self) -> Section | None:
        """None for a product that is not saved yet, and on an error, which is logged."""
        if self.instance._state.adding:
            return None
        with SuppressErrors(_log_no_section), transaction.atomic(using=database()):
            return section(self.instance, self.site)
        return None

    @property
    def is_new(self) -> bool:
        return bool(self.instance._state.adding)

    @property
    def hidden_everywhere_url(self) -> str:
        """The URL of the list of products that are hidden everywhere."""
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
        """True if the section was not posted at all, as by a shop's own tests."""
        return not self.places.is_bound or self.places.is_valid()

    @property
    def errors(self) -> list[Any]:
        return [self.places.errors] if self.places.is_bound else []

    def has_changed(self) -> bool:
        return self.places.has_changed()

    def save(self, commit: bool = True) -> list[Any]:
        """Write the changed places; with `commit` false `save_m2m` does, as for any formset."""
        if commit:
            self._write()
        else:
            self.save_m2m = self._write  # type: ignore[method-assign]
        return []

    def _write(self) -> None:
        """Write the changed places; a database error is reported, and the product saved anyway.

        Unless the transaction of the product is lost: that error is raised.
        """
        wanted = self.places.wanted() if self.places.is_bound else {}
        if not wanted:
            return
        with SuppressErrors(self._report, DatabaseError), transaction.atomic(using=database()):
            changes = rules.arrange(self.instance, wanted)
            self.new_objects, self.deleted_objects = changes.created, changes.deleted

    def _report(self, error: Exception) -> None:
        """Log `error`, and show the user a message."""
        logger.error("Pins and hides were not saved: %r", error, exc_info=error)
        text = _("What shoppers see was not changed: the database refused. Please try again.")
        messages.error(self.request, text)


def _log_no_section(error: Exception) -> None:
    """Log an error of this app, or of the shop's Catalogue."""
    logger.error("No merchandising section: %r", error, exc_info=error)


class NoForm(forms.ModelForm):  # type: ignore[type-arg]
    """The model form that the inline requires; unused, since all fields are in `PlacesForm`."""

    class Meta:
        model = Pin
        fields = ("recommended",)
