"""The line at the foot of a page that names the active embedder and its weights."""

import logging
from pathlib import PurePath

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from vrs_app import spaces
from vrs_app.infra.transactions import SuppressErrors
from vrs_app.models import EmbeddingSpace

logger = logging.getLogger(__name__)

DEMO_WEIGHTS = "resnet50-clothing"
"""The demo's own weights; the line names what they were trained on."""


def active_embedder_label() -> str:
    """The active space's label; empty where there is none, or after a database error."""
    # A savepoint: a failed query must not abort the page's own transaction.
    with SuppressErrors(_log, DatabaseError), transaction.atomic():
        space = spaces.active()
        return embedder_label(space) if space else ""
    return ""


def _log(error: Exception) -> None:
    logger.warning("The active embedding space could not be read.", exc_info=error)


def embedder_label(space: EmbeddingSpace) -> str:
    parts = [embedder_name(space.embedder), weights_label(space.weights)]
    if size := space.options.get("image_size"):
        parts.append(_("%(size)s px") % {"size": size})
    return _("Look-alikes by %(what)s") % {"what": ", ".join(filter(None, parts))}


def embedder_name(path: str) -> str:
    """The class's name without its suffix: "ResNet50" of "….ResNet50Embedder"."""
    return path.rpartition(".")[2].removesuffix("Embedder")


def weights_label(weights: str) -> str:
    if not weights:
        return ""
    name = PurePath(weights).name.removesuffix(".h5").removesuffix(".weights")
    known = {
        "imagenet": _("weights ImageNet"),
        DEMO_WEIGHTS: _("weights %(name)s (trained on CC0 clothing photos)"),
    }
    return known.get(name, _("weights %(name)s")) % {"name": name}
