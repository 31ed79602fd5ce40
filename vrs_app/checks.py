"""System checks: settings and models only, so that they never stand in the way of `migrate`.

What needs the database or a worker is for `vrs_status` to say. Each check has a number and
a hint that says the fix.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from os import PathLike
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.utils.module_loading import import_string
from PIL import Image

from . import embedders
from .catalogue import Catalogue
from .conf import Setting, Settings, chosen, conf, known, product_model_label
from .exceptions import EmbedderUnavailable

POSTGRESQL = "django.db.backends.postgresql"


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """The `VRS` dict and the database engine."""
    if not _is_dict():
        return [_error(1, "The setting VRS is not a dict.", 'VRS = {"PRODUCT_MODEL": "…"}')]
    return [
        *_check_names(),
        *_check_values(),
        *_check_formats(),
        *_check_times(),
        *_check_catalogue(),
        *_check_embedder(),
        *_check_database(),
    ]


def check_models(**kwargs: Any) -> list[CheckMessage]:
    """The product model and its image field."""
    if not _is_dict():
        return []
    try:
        model = apps.get_model(product_model_label())
    except (LookupError, ImproperlyConfigured) as error:
        hint = 'Set it to your product model, for example "shop.Product".'
        return [_error(6, f'VRS["PRODUCT_MODEL"] names no model: {error}', hint)]
    is_ready_made = conf.CATALOGUE == Settings.CATALOGUE.default
    if is_ready_made and not _has_file_field(model):
        hint = (
            'Set VRS["IMAGE_FIELD"] to an ImageField of it, or VRS["CATALOGUE"] to a Catalogue '
            "of your own that knows where the pictures are."
        )
        text = f'{conf.PRODUCT_MODEL} has no file field "{conf.IMAGE_FIELD}".'
        return [_error(7, text, hint)]
    return []


def _is_dict() -> bool:
    return isinstance(getattr(settings, "VRS", {}), dict)


def _check_names() -> Iterator[CheckMessage]:
    for name in sorted(chosen().keys() - known().keys(), key=str):
        near = get_close_matches(str(name), known(), n=1)
        hint = f'Did you mean "{near[0]}"?' if near else "Known are: " + ", ".join(known())
        yield _error(2, f'VRS has no setting "{name}".', hint)


def _check_values() -> Iterator[CheckMessage]:
    for name, setting in known().items():
        if setting is Settings.PRODUCT_MODEL:  # it has a check of its own
            continue
        value = chosen().get(name, setting.default)
        if problem := _misfit(setting, value):
            hint = f"Write {problem}; the default is {setting.default!r}."
            yield _error(3, f'VRS["{name}"] is {value!r}.', hint)


def _misfit(setting: Setting[Any], value: Any) -> str | None:
    """What `value` should have been, or None where it is right."""
    match setting.default:
        case bool():
            return None if isinstance(value, bool) else "True or False"
        case str():
            kinds = (str, PathLike) if setting is Settings.WEIGHTS else str
            return None if isinstance(value, kinds) and value else "a text"
        case tuple():
            is_names = isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
            return None if is_names and value else "a list of texts"
    kind = int if isinstance(setting.default, int) else (int, float)
    is_number = isinstance(value, kind) and not isinstance(value, bool)
    if is_number and _is_within(setting, value):
        return None
    return ("a whole number" if kind is int else "a number") + _bounds(setting)


def _is_within(setting: Setting[Any], value: float) -> bool:
    is_enough = setting.minimum is None or value >= setting.minimum
    return is_enough and (setting.maximum is None or value <= setting.maximum)


def _bounds(setting: Setting[Any]) -> str:
    """The bounds of a setting in words, to stand behind "a number"."""
    match setting.minimum, setting.maximum:
        case None, None:
            return ""
        case least, None:
            return f" of at least {least}"
        case None, most:
            return f" of at most {most}"
        case least, most:
            return f" from {least} to {most}"


def _check_formats() -> Iterator[CheckMessage]:
    """A name that Pillow does not know would fail every picture."""
    if _misfit(Settings.IMAGE_FORMATS, conf.IMAGE_FORMATS):
        return
    Image.init()
    for name in conf.IMAGE_FORMATS:
        if name.upper() not in Image.OPEN:
            near = get_close_matches(name.upper(), Image.OPEN, n=1) or sorted(Image.OPEN)
            hint = f"Write the name as Pillow has it: {', '.join(near)}."
            yield _error(9, f'VRS["IMAGE_FORMATS"]: Pillow opens no format "{name}".', hint)


def _check_times() -> Iterator[CheckMessage]:
    """A batch that is stopped while it fetches the weights would never get them."""
    if conf.WEIGHTS != Settings.WEIGHTS.default:  # a file, so that nothing is fetched
        return
    times = (Settings.WEIGHTS_TIMEOUT, Settings.BATCH_TIME_LIMIT)
    if any(_misfit(setting, getattr(conf, setting.name)) for setting in times):
        return
    if conf.WEIGHTS_TIMEOUT >= conf.BATCH_TIME_LIMIT:
        text = (
            f'VRS["WEIGHTS_TIMEOUT"], {conf.WEIGHTS_TIMEOUT}, is not less than '
            f'VRS["BATCH_TIME_LIMIT"], {conf.BATCH_TIME_LIMIT}.'
        )
        hint = "The weights are fetched within the first batch: give the batch more time."
        yield _error(10, text, hint)


def _check_catalogue() -> Iterator[CheckMessage]:
    try:
        kind = import_string(conf.CATALOGUE)
    except Exception as error:  # whatever the shop's module does when it is imported
        hint = 'Set it to the dotted path of your Catalogue, for example "shop.visual.Mine".'
        yield _error(4, f'VRS["CATALOGUE"] cannot be imported: {error}', hint)
        return
    if not (isinstance(kind, type) and issubclass(kind, Catalogue)):
        hint = "Let it inherit from vrs_app.catalogue.Catalogue."
        yield _error(4, f'VRS["CATALOGUE"], {conf.CATALOGUE}, is not a Catalogue.', hint)


def _check_embedder() -> Iterator[CheckMessage]:
    """Importing an embedder's module must be cheap: web machines need no TensorFlow."""
    try:
        embedders.embedder_class(conf.EMBEDDER)
    except EmbedderUnavailable as error:
        hint = f'Set VRS["EMBEDDER"] to {Settings.EMBEDDER.default!r}, or leave it out.'
        yield _error(5, str(error), hint)


def _check_database() -> Iterator[CheckMessage]:
    engine = settings.DATABASES.get("default", {}).get("ENGINE", "")
    if "postg" not in engine:  # PostGIS and pooling or metering wrappers are PostgreSQL too
        hint = f'Vectors live in PostgreSQL with pgvector: set ENGINE to "{POSTGRESQL}".'
        yield _error(8, f"The database engine is {engine!r}.", hint)


def _has_file_field(model: type[models.Model]) -> bool:
    try:
        return isinstance(model._meta.get_field(conf.IMAGE_FIELD), models.FileField)
    except FieldDoesNotExist:
        return False


def _error(number: int, text: str, hint: str) -> CheckMessage:
    return Error(text, hint=hint, id=f"vrs_app.E{number:03d}")
