"""System checks of the settings and models. Each message has a number and a hint with the fix.

None but `check_worker` queries the database, and none fails for it, so that `migrate` always
runs. What else needs the database or a worker is reported by `vrs_status`.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models

from ..conf import Settings, conf, product_model_label
from ..infra.db import database
from . import choices, deployment, paths, photos, values
from .messages import error_message
from .workers import check_worker

__all__ = ["check_deployment", "check_models", "check_settings", "check_worker"]

POSTGRESQL = "django.db.backends.postgresql"

CHECKS = (
    values.check_names,
    values.check_values,
    choices.check_formats,
    choices.check_times,
    paths.check_catalogue,
    paths.check_embedder,
    choices.check_sources,
    choices.check_campaign,
    choices.check_text_language,
    paths.check_permissions,
    choices.check_throttles,
    photos.check_photo_cache,
    photos.check_photo_queue,
)


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Check the `VRS` dict and the database engine."""
    if not _is_dict():
        return [error_message(1, "The setting VRS is not a dict.", 'VRS = {"PRODUCT_MODEL": "…"}')]
    return [*(message for check in CHECKS for message in check()), *_check_database()]


def check_deployment(**kwargs: Any) -> list[CheckMessage]:
    """Check what matters in production only; run by `check --deploy`."""
    if not _is_dict():
        return []
    return [
        *photos.check_photo_disk(),
        *deployment.check_broker_timeout(),
        *deployment.check_credentials(),
    ]


def check_models(**kwargs: Any) -> list[CheckMessage]:
    """Check the product model and its image field."""
    if not _is_dict():
        return []
    try:
        model = apps.get_model(product_model_label())
    except (LookupError, ImproperlyConfigured) as error:
        hint = 'Set it to your product model, for example "shop.Product".'
        return [error_message(6, f'VRS["PRODUCT_MODEL"] names no model: {error}', hint)]
    is_default = conf.CATALOGUE == Settings.CATALOGUE.default
    if is_default and not _has_file_field(model):
        hint = (
            'Set VRS["IMAGE_FIELD"] to an ImageField of it, or VRS["CATALOGUE"] to a Catalogue '
            "of your own that knows where the pictures are."
        )
        text = f'{conf.PRODUCT_MODEL} has no file field "{conf.IMAGE_FIELD}".'
        return [error_message(7, text, hint)]
    return []


def _is_dict() -> bool:
    return isinstance(getattr(settings, "VRS", {}), dict)


def _check_database() -> Iterator[CheckMessage]:
    engine = settings.DATABASES.get(database(), {}).get("ENGINE", "")
    if "postg" not in engine:  # PostGIS and pooling or metering wrappers are PostgreSQL too
        hint = f'Vectors live in PostgreSQL with pgvector: set ENGINE to "{POSTGRESQL}".'
        yield error_message(8, f"The database engine is {engine!r}.", hint)


def _has_file_field(model: type[models.Model]) -> bool:
    try:
        return isinstance(model._meta.get_field(conf.IMAGE_FIELD), models.FileField)
    except FieldDoesNotExist:
        return False
