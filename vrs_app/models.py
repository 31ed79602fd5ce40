"""Image rows, embedding spaces, embeddings, text rows, the outbox and heartbeats."""

from typing import Any

from django.db import models
from django.db.models import Case, F, FilteredRelation, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from .conf import product_model_label
from .fields import GinIndex, SearchVectorField


class IndexedImageQuerySet(models.QuerySet["IndexedImage"]):
    """Queries over image rows."""

    def shown(self) -> "IndexedImageQuerySet":
        """The pictures that no save has withheld."""
        return self.filter(withheld_at=None)

    def with_state(self, space: "EmbeddingSpace | None") -> models.QuerySet[Any]:
        """Each picture, annotated with its `state`, error and `finished_at` in `space`.

        A picture without an embedding of its present revision there is WAITING.
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
    """An image row: one picture that the shop shows for one product.

    Workers add and delete these rows. `name` is the file's name in the storage, `position` its
    place in the gallery, from 0. `revision` grows when the file's bytes may have changed, or
    when the picture is to be embedded again. A worker stores what it found in the file:
    `digest` (SHA-256, hexadecimal), `width` and `height` (pixels, upright), `colours` (shares
    of the garment, 0 to 1, by name). They are cleared when the bytes may have changed. At
    `checked_at` a worker last saw that the file's bytes have this digest. `decoder_version` is
    that of `vision` by which the file was last decoded, or found to give the same pixels: after an
    upgrade, pictures that are decoded differently now are found by it. From `withheld_at`
    on, nothing shows the picture: a save replaced its file or deleted it, and a worker has yet
    to delete the row, or to restore it where the product still shows that file.
    """

    # Deleted by a foreign key of the database (`infra.schema`): deleting a product costs the
    # shop no query, and cannot race with a row that a worker adds. The "+" hides the rows from
    # tools that move all related rows from one product to another.
    product = models.ForeignKey(
        product_model_label(),
        models.DO_NOTHING,
        related_name="vrs_images+",
        related_query_name="vrs_images",
        db_constraint=False,
        verbose_name=_("product"),
    )
    name = models.TextField(_("file"))
    position = models.PositiveIntegerField(_("position"), default=0)
    revision = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64, blank=True, default="")
    width = models.PositiveIntegerField(_("width"), null=True)
    height = models.PositiveIntegerField(_("height"), null=True)
    # With a default of the database's own: during a deployment, web processes of the version
    # before add rows without this column.
    colours = models.JSONField(
        _("colours"), default=dict, db_default={}, blank=True, editable=False
    )
    checked_at = models.DateTimeField(null=True, editable=False)
    # Rows that were there before the column, or are added by the version before it, have 1.
    decoder_version = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    withheld_at = models.DateTimeField(null=True, editable=False)

    objects = IndexedImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = (
            models.UniqueConstraint(fields=["product", "name"], name="vrs_one_row_a_picture"),
        )
        indexes = (models.Index(fields=["name"], name="vrs_rows_of_a_file"),)

    def __str__(self) -> str:
        return self.name


class EmbeddingSpace(models.Model):
    """An embedding space: vectors are comparable only within one.

    It is identified by the embedder's dotted path, its options, the digest of its weights and
    the number of dimensions. `weights` records where the weights came from.
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
    """An embedding row: one picture's vector in one space, and the state of the work on it.

    Workers write it.

    The row waits while it is WAITING or its `revision` is behind its image's. Its vector is
    served while its `digest` is the image's: unchanged bytes that are embedded again keep the
    old vector until the new one is stored. `attempts` counts the decodings begun at this
    revision, `lease_token` and `lease_until` are the present claim. `given_back_at` is when the
    storage last did not give the file, or gave bytes that are believed only at a second look;
    of a claimed row, that its file is still being read. `error_code` and `error_detail` are of
    a PictureError, of a waiting row what the first look found.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    # Deleted by a foreign key of the database (`infra.schema`): Django would fetch the rows
    # with their vectors, and miss a row that a worker adds concurrently.
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
        """Rows with work to do, claimed or not."""
        return Q(state=ImageEmbedding.State.WAITING) | ~Q(revision=F("image__revision"))

    @staticmethod
    def is_servable() -> Q:
        """Rows whose vector is that of the picture's present bytes, and which no save withheld."""
        return Q(vector__isnull=False, digest=F("image__digest"), image__withheld_at=None)


class ProductText(models.Model):
    """A text row: the words of one product for full-text search.

    Weights: A the title, B category and attributes, C the colours measured in the main
    picture, D the text. `words` has stems of the language. `begun` has all but the text,
    unstemmed, for prefix search. `digest` is of the language and all texts, so that a product
    whose texts have not changed is not written.
    """

    # Deleted by a foreign key of the database (`infra.schema`): deleting a product costs the
    # shop no query, needs no permission in the admin, and cannot race with an insert.
    product = models.OneToOneField(
        product_model_label(),
        models.DO_NOTHING,
        primary_key=True,
        related_name="vrs_text+",
        related_query_name="vrs_text",
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


class Change(models.Model):
    """A row of the outbox: a save, deletion or relation that may have changed a product.

    Saves append these rows, in their own transaction; workers claim them, compare the products
    with their rows, and delete them. `model` and `key` are the watched model's label and the
    primary key of the row that was saved, empty where there is none to look up; `product` is
    the primary key, as text, of a product, empty if none was known. `attempts`, `token` and
    `not_before` are a claim: a row is free while `not_before` is past or NULL. A token that
    stays behind is that of a lost worker. `error` is why the product could not be compared.
    """

    model = models.CharField(max_length=201, blank=True)
    key = models.TextField(blank=True)
    product = models.TextField(_("product"), blank=True)
    noted_at = models.DateTimeField(_("changed"), db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    token = models.UUIDField(null=True, editable=False)
    not_before = models.DateTimeField(null=True, editable=False)
    error = models.TextField(_("error"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        # Of claimed rows only: a save has no entry to write.
        indexes = (
            models.Index(
                fields=["product"],
                condition=Q(token__isnull=False),
                name="vrs_claimed_products",
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.key}"


class Heartbeat(models.Model):
    """When a part of the pipeline last ran, and the `problem` that stopped it, if any.

    `begun_at` is set while a turn is in progress. Problems that belong to no picture, such as
    missing weights, are reported to staff and `vrs_status` from here.
    """

    class Part(models.TextChoices):
        WORKER = "worker", _("worker")
        SWEEP = "sweep", _("sweep")
        RECONCILE = "reconcile", _("comparison with the catalogue")
        PHOTOS = "photos", _("photo search")
        FILES = "files", _("comparison with the files")
        OUTBOX = "outbox", _("draining of the outbox")

    part = models.CharField(max_length=10, primary_key=True, choices=Part.choices)
    beaten_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.get_part_display()
