"""Settings that name a class by its dotted path."""

from collections.abc import Iterator

from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from .. import embedders
from ..catalogue import Catalogue
from ..conf import Settings, chosen, conf
from ..exceptions import EmbedderUnavailable
from .messages import fault
from .values import misfit


def check_catalogue() -> Iterator[CheckMessage]:
    try:
        kind = import_string(conf.CATALOGUE)
    except Exception as error:  # whatever the shop's module does when it is imported
        hint = 'Set it to the dotted path of your Catalogue, for example "shop.visual.Mine".'
        yield fault(4, f'VRS["CATALOGUE"] cannot be imported: {error}', hint)
        return
    if not (isinstance(kind, type) and issubclass(kind, Catalogue)):
        hint = "Let it inherit from vrs_app.catalogue.Catalogue."
        yield fault(4, f'VRS["CATALOGUE"], {conf.CATALOGUE}, is not a Catalogue.', hint)


def check_embedder() -> Iterator[CheckMessage]:
    """Importing an embedder's module must be cheap: web machines need no TensorFlow."""
    try:
        embedders.embedder_class(conf.EMBEDDER)
    except EmbedderUnavailable as error:
        hint = f'Set VRS["EMBEDDER"] to {Settings.EMBEDDER.default!r}, or leave it out.'
        yield fault(5, str(error), hint)


def check_permissions() -> Iterator[CheckMessage]:
    """Those that a shop chose; the default's package need not even be installed."""
    if "API_PERMISSIONS" not in chosen() or misfit(Settings.API_PERMISSIONS, conf.API_PERMISSIONS):
        return
    hint = 'Write dotted paths such as "rest_framework.permissions.IsAuthenticated".'
    for path in conf.API_PERMISSIONS:
        try:
            kind = import_string(path)
        except Exception as error:  # whatever the shop's module does when it is imported
            yield fault(11, f'VRS["API_PERMISSIONS"] cannot be imported: {error}', hint)
            continue
        if not (isinstance(kind, type) and hasattr(kind, "has_permission")):
            yield fault(11, f'VRS["API_PERMISSIONS"]: {path} is no permission.', hint)
