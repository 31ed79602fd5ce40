"""Which embedding space the shop's recommendations come from, in a shopper's words."""

import logging
from pathlib import PurePath

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from vrs_app import spaces
from vrs_app.infra.transactions import SuppressErrors
from vrs_app.models import EmbeddingSpace

logger = logging.getLogger(__name__)

DEMO_WEIGHTS = "resnet50-clothing"
"""The weights that come with the demo, which owe the page a word about their origin."""


def described() -> str:
    """A line for the foot of a page; empty where there is no space or no way to ask."""
    # Atomic, since a failing query must not spoil the page's own.
    with SuppressErrors(_log, DatabaseError), transaction.atomic():
        space = spaces.active()
        return describe(space) if space else ""
    return ""


def _log(error: Exception) -> None:
    logger.warning("The active embedding space could not be read.", exc_info=error)


def describe(space: EmbeddingSpace) -> str:
    parts = [embedder_name(space.embedder), weights_label(space.weights)]
    if size := space.options.get("image_size"):
        parts.append(_("%(size)s px") % {"size": size})
    return _("Look-alikes by %(what)s") % {"what": ", ".join(filter(None, parts))}


def embedder_name(path: str) -> str:
    """The class's name without its surname: "ResNet50" of "….ResNet50Embedder"."""
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
