"""The tables of pins, hidden products and coverage reports."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vrs_app.conf import product_model_label
from vrs_app.display import name_of


def product_key(verbose_name: Any, **options: Any) -> "models.ForeignKey[Any, Any]":
    """A foreign key to the shop's product model, without a reverse accessor; cascades."""
    return models.ForeignKey(
        product_model_label(),
        models.CASCADE,
        related_name="+",
        verbose_name=verbose_name,
        **options,
    )


class Pin(models.Model):
    """`recommended` is pinned to `position` on the page of `product`; 1 is the first."""

    product = product_key(_("product"))
    recommended = product_key(_("recommended product"))
    position = models.PositiveSmallIntegerField(
        _("position"), default=1, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("pinned product")
        verbose_name_plural = _("pinned products")
        ordering = ("product_id", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["product", "position"],
                name="vrs_one_pin_a_position",
                violation_error_message=_("Another product is pinned there."),
            ),
            models.UniqueConstraint(
                fields=["product", "recommended"],
                name="vrs_one_pin_a_product",
                violation_error_message=_("It is pinned on that page already."),
            ),
            models.CheckConstraint(
                condition=~Q(product=F("recommended")),
                name="vrs_never_pinned_to_itself",
                violation_error_message=_("A product is never recommended on its own page."),
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="vrs_pins_count_from_one"),
        )

    def __str__(self) -> str:
        return f"{name_of(self.recommended)} → {self.position}"


class Hidden(models.Model):
    """`hidden` is not recommended on the page of `product`; on no page if that is None."""

    product = product_key(
        _("on the page of"),
        null=True,
        blank=True,
        help_text=_("Leave this empty to hide it on every page."),
    )
    hidden = product_key(_("hidden product"))

    class Meta:
        verbose_name = _("hidden product")
        verbose_name_plural = _("hidden products")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["product", "hidden"],
                name="vrs_hidden_once_a_page",
                violation_error_message=_("It is hidden on that page already."),
            ),
            models.UniqueConstraint(
                fields=["hidden"],
                condition=Q(product=None),
                name="vrs_hidden_everywhere_once",
                violation_error_message=_("It is hidden everywhere already."),
            ),
        )

    def __str__(self) -> str:
        return name_of(self.hidden)


class CoverageReport(models.Model):
    """One count over the whole catalogue, done in batches.

    `cursor`: the last product's key; `asked`: products whose pages were queried; `unanswered`:
    those of them with an error; `places`: recommendations on all pages together.
    """

    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    cursor = models.TextField(blank=True, default="")
    asked = models.PositiveIntegerField(_("pages looked at"), default=0)
    unanswered = models.PositiveIntegerField(_("pages that an error kept unseen"), default=0)
    places = models.PositiveBigIntegerField(_("recommendations in all"), default=0)
    too_often_times = models.FloatField(_("times the mean that is too often"))

    class Meta:
        verbose_name = _("coverage report")
        verbose_name_plural = _("coverage reports")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class CoverageRow(models.Model):
    """The number of products' pages that recommend a product."""

    report = models.ForeignKey(CoverageReport, models.CASCADE, related_name="rows")
    product = product_key(_("product"))
    pages = models.PositiveIntegerField(_("pages"), default=0)

    class Meta:
        verbose_name = _("product by its coverage")
        verbose_name_plural = _("products by coverage")
        constraints = (
            models.UniqueConstraint(fields=["report", "product"], name="vrs_one_count_a_product"),
        )
        indexes = (models.Index(fields=["report", "pages"], name="vrs_coverage_by_pages"),)

    def __str__(self) -> str:
        return f"{name_of(self.product)}: {self.pages}"
