"""The table of interactions: one row for each shopper, product and kind."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vrs_app.conf import product_model_label

from .event_types import Kind


class InteractionRow(models.Model):
    """An interaction of a user, or of an anonymous visitor by the random id in their session.

    `at` is the last time; repeating the interaction renews it. Rows older than
    `VRS["HISTORY_DAYS"]` are pruned.
    """

    # A trigger deletes these rows with their product or user (first migration): deleting one
    # costs the shop no query, needs no permission for this model, and has no race with a row
    # that another process is inserting.
    product = models.ForeignKey(
        product_model_label(),
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        verbose_name=_("product"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,  # the constraint below begins with it
        verbose_name=_("user"),
    )
    visitor = models.UUIDField(_("anonymous visitor"), null=True)
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = (
            models.CheckConstraint(
                condition=Q(user=None) ^ Q(visitor=None), name="vrs_one_shopper_a_row"
            ),
            models.UniqueConstraint(
                fields=["user", "product", "kind"], name="vrs_once_a_user_and_kind"
            ),
            models.UniqueConstraint(
                fields=["visitor", "product", "kind"], name="vrs_once_a_visitor_and_kind"
            ),
        )
        indexes = (models.Index(fields=["at"], name="vrs_interactions_by_age"),)

    def __str__(self) -> str:
        return f"{self.product_id}: {self.kind}"
