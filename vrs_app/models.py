"""Rows for three questions: which pictures, where each lies in a space, and which words."""

from typing import Any

from django.db import models
from django.db.models import Case, F, FilteredRelation, Q, Value, When
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from .conf import product_model_label
from .fields import GinIndex, SearchVectorField


class IndexedImageQuerySet(models.QuerySet["IndexedImage"]):
    def with_state(self, space: "EmbeddingSpace | None") -> models.QuerySet[Any]:
        """Each picture with its `state`, error and `finished_at` in `space`.

        A picture without a row there, or whose bytes have changed since, waits.
        """
        return self.annotate(
            current=FilteredRelation("embeddings", condition=Q(embeddings__space=space)),
            is_current=Q(current__revision=F("revision")),
            state=Case(
                When(is_current=True, then=F("current__state")),
                default=Value(ImageEmbedding.State.WAITING.value),
            ),
            error_code=Case(When(is_current=True, then=F("current__error_code"))),
            error_detail=Case(When(is_current=True, then=F("current__error_detail"))),
            finished_at=F("current__finished_at"),
        )


class IndexedImage(models.Model):
    """A picture that the shop shows. The web process writes these rows, and only these.

    `revision` grows when the bytes may have changed, or when someone asks to embed again;
    `digest`, `width`, `height` and `colours` (the share of the garment by name) are what the
    worker last found in the file, and emptied the moment the bytes may have changed. At
    `checked_at` a worker last saw that the file's bytes are those of `digest`.
    """

    product = models.ForeignKey(
        product_model_label(), models.CASCADE, related_name="vrs_images", verbose_name=_("product")
    )
    name = models.TextField(_("file"))
    position = models.PositiveIntegerField(_("position"), default=0)
    revision = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64, blank=True, default="")
    width = models.PositiveIntegerField(_("width"), null=True)
    height = models.PositiveIntegerField(_("height"), null=True)
    # The database knows the default too: while a new version is being rolled out, web
    # processes of the former one add pictures and know nothing of this column.
    colours = models.JSONField(
        _("colours"), default=dict, db_default={}, blank=True, editable=False
    )
    checked_at = models.DateTimeField(null=True, editable=False)

    objects = IndexedImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = (
            models.UniqueConstraint(fields=["product", "name"], name="vrs_one_row_a_picture"),
        )

    def __str__(self) -> str:
        return self.name


class EmbeddingSpace(models.Model):
    """What makes vectors comparable: one embedder, its options and the numbers in its weights.

    `weights` only remembers where those numbers came from.
    """

    class State(models.TextChoices):
        BUILDING = "building", _("being built")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")

    embedder = models.CharField(_("embedder"), max_length=200)
    options = models.JSONField(_("options"), default=dict)
    weights = models.TextField(_("weights"), blank=True, default="")
    weights_digest = models.CharField(_("weights digest"), max_length=64, blank=True)
    dimensions = models.PositiveIntegerField(_("dimensions"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.BUILDING
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("embedding space")
        verbose_name_plural = _("embedding spaces")
        constraints = (
            models.UniqueConstraint(
                fields=["embedder", "options", "weights_digest", "dimensions"],
                name="vrs_one_row_a_space",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="vrs_one_active_space"
            ),
        )

    def __str__(self) -> str:
        short = self.embedder.rpartition(".")[2]
        return f"{short} {self.weights_digest[:8]} ({self.dimensions})".replace("  ", " ")


class ImageEmbedding(models.Model):
    """Where one picture lies in one space. Only workers write these rows.

    A row waits while it is WAITING or its revision is behind its image's. Its vector may
    be served while its digest is the image's: embedding unchanged bytes again serves the
    old vector until the new one is there; changed bytes do not.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    # The database deletes these rows with their image (first migration): Django would read
    # them first, vectors and all, and miss the row that a worker is adding at that moment.
    image = models.ForeignKey(
        IndexedImage, models.DO_NOTHING, related_name="embeddings", db_constraint=False
    )
    space = models.ForeignKey(EmbeddingSpace, models.CASCADE, related_name="embeddings")
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    revision = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    given_back_at = models.DateTimeField(null=True, editable=False)
    error_code = models.CharField(_("error"), max_length=20, blank=True, default="")
    error_detail = models.TextField(_("reason"), blank=True, default="")
    finished_at = models.DateTimeField(_("finished"), null=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    vector = HalfVectorField(null=True, editable=False)

    class Meta:
        verbose_name = _("embedding")
        verbose_name_plural = _("embeddings")
        constraints = (
            models.UniqueConstraint(fields=["image", "space"], name="vrs_one_vector_a_space"),
        )

    def __str__(self) -> str:
        return f"{self.image_id}: {self.get_state_display()}"

    @staticmethod
    def is_waiting() -> Q:
        """Rows with work to do, whether or not a worker holds them now."""
        return Q(state=ImageEmbedding.State.WAITING) | ~Q(revision=F("image__revision"))

    @staticmethod
    def is_servable() -> Q:
        """Rows whose vector is that of the picture's present bytes."""
        return Q(vector__isnull=False, digest=F("image__digest"))


class ProductText(models.Model):
    """The words of a product, weighted.

    A its title, B its category and attributes, C the colours measured in its main picture, D
    its text. `words` are the language's stems; `begun`, for a word of which a shopper wrote
    the first letters, holds all but the text as it is written. `digest` is that of the language
    and of all that the words were made from, so that a product of which nothing has changed is
    not written.
    """

    # The database deletes these rows with their product (second migration): deleting one
    # costs the shop no query, asks nobody for a permission, and cannot meet a row that
    # another process is adding.
    product = models.OneToOneField(
        product_model_label(),
        models.DO_NOTHING,
        primary_key=True,
        related_name="vrs_text",
        db_constraint=False,
        verbose_name=_("product"),
    )
    digest = models.CharField(max_length=64)
    words = SearchVectorField(editable=False)
    begun = SearchVectorField(default="", db_default="", editable=False)

    class Meta:
        verbose_name = _("words of a product")
        verbose_name_plural = _("words of products")
        indexes = (
            GinIndex(fields=["words"], name="vrs_words"),
            GinIndex(fields=["begun"], name="vrs_begun"),
        )

    def __str__(self) -> str:
        return str(self.pk)


class Heartbeat(models.Model):
    """When a part of the pipeline was last at work, and what stopped it if anything did.

    Missing weights belong to no picture and, until they are there, to no space; this is
    where staff and `vrs_status` can read of them. `begun_at` is set while a turn goes on.
    """

    class Part(models.TextChoices):
        WORKER = "worker", _("worker")
        SWEEP = "sweep", _("sweep")
        RECONCILE = "reconcile", _("comparison with the catalogue")
        PHOTOS = "photos", _("photo search")
        FILES = "files", _("comparison with the files")

    part = models.CharField(max_length=10, primary_key=True, choices=Part.choices)
    beaten_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.get_part_display()
