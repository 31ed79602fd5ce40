"""Checks of settings that name a class by its dotted path."""

from collections.abc import Iterator

from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from .. import embedders
from ..catalogue import Catalogue
from ..conf import Settings, conf, shop_settings
from ..exceptions import EmbedderUnavailable
from .messages import error_message
from .values import misfit


def check_catalogue() -> Iterator[CheckMessage]:
    """VRS["CATALOGUE"] names a Catalogue."""
    try:
        kind = import_string(conf.CATALOGUE)
    except Exception as error:  # importing the shop's module may raise anything
        hint = 'Set it to the dotted path of your Catalogue, for example "shop.visual.Mine".'
        yield error_message(4, f'VRS["CATALOGUE"] cannot be imported: {error}', hint)
        return
    if not (isinstance(kind, type) and issubclass(kind, Catalogue)):
        hint = "Let it inherit from vrs_app.catalogue.Catalogue."
        yield error_message(4, f'VRS["CATALOGUE"], {conf.CATALOGUE}, is not a Catalogue.', hint)


def check_embedder() -> Iterator[CheckMessage]:
    """VRS["EMBEDDER"] names an embedder. Its module must import without TensorFlow."""
    try:
        embedders.embedder_class(conf.EMBEDDER)
    except EmbedderUnavailable as error:
        hint = f'Set VRS["EMBEDDER"] to {Settings.EMBEDDER.default!r}, or leave it out.'
        yield error_message(5, str(error), hint)


def check_permissions() -> Iterator[CheckMessage]:
    """VRS["API_PERMISSIONS"], if set: REST framework need not be installed for the default."""
    is_set = "API_PERMISSIONS" in shop_settings()
    if not is_set or misfit(Settings.API_PERMISSIONS, conf.API_PERMISSIONS):
        return
    hint = 'Write dotted paths such as "rest_framework.permissions.IsAuthenticated".'
    for path in conf.API_PERMISSIONS:
        try:
            kind = import_string(path)
        except Exception as error:  # importing the shop's module may raise anything
            yield error_message(11, f'VRS["API_PERMISSIONS"] cannot be imported: {error}', hint)
            continue
        if not (isinstance(kind, type) and hasattr(kind, "has_permission")):
            yield error_message(11, f'VRS["API_PERMISSIONS"]: {path} is no permission.', hint)
