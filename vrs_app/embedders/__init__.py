"""From pixels to vectors: `load` builds an embedder; each has a file of its own."""

import json
from functools import lru_cache
from inspect import isabstract
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.utils.module_loading import import_string

from ..conf import conf
from ..exceptions import EmbedderUnavailable
from .base import Embedder, Vector, Vectors, has_direction, unit_length

__all__ = [
    "Embedder",
    "Vector",
    "Vectors",
    "configured",
    "embedder_class",
    "has_direction",
    "load",
    "unit_length",
]


def configured() -> Embedder:
    """The embedder that the settings name, loaded; raises EmbedderUnavailable."""
    kind = embedder_class(conf.EMBEDDER)
    return load(conf.EMBEDDER, **kind.arguments_from_settings())


def load(path: str, **arguments: Any) -> Embedder:
    """An embedder of the class at `path`; a process builds each one once."""
    return _load(path, json.dumps(arguments, sort_keys=True))


@lru_cache(maxsize=2)
def _load(path: str, arguments: str) -> Embedder:
    kind = embedder_class(path)
    try:
        return kind(**json.loads(arguments))
    except (EmbedderUnavailable, SoftTimeLimitExceeded):
        raise
    except Exception as error:  # an embedder of the shop's own
        raise EmbedderUnavailable(f"The embedder {path} cannot be built: {error!r}") from error


def embedder_class(path: str) -> type[Embedder]:
    """The class at the dotted `path`; raises EmbedderUnavailable."""
    try:
        kind = import_string(path)
    except Exception as error:  # a module of the shop's may raise anything
        raise EmbedderUnavailable(f"The embedder {path} cannot be imported: {error}") from error
    if not (isinstance(kind, type) and issubclass(kind, Embedder)):
        raise EmbedderUnavailable(f"{path} is not an Embedder.")
    if isabstract(kind):
        missing = ", ".join(sorted(kind.__abstractmethods__))
        raise EmbedderUnavailable(f"The embedder {path} lacks {missing}.")
    return kind
