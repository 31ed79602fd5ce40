"""ResNet50 from Keras; the one file that imports TensorFlow, and only when it is used.

He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016. The network
without its top, average-pooled: 2,048 numbers a picture.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from celery.exceptions import SoftTimeLimitExceeded

from ..conf import conf
from ..exceptions import EmbedderUnavailable
from ..vision import Pixels
from .background import load_within
from .base import Embedder, Vectors, unit_length

IMAGENET = "imagenet"

WAYS_OUT = (
    'Ways out: let this worker reach the internet once; or copy the file "resnet50_weights_'
    'tf_dim_ordering_tf_kernels_notop.h5" from another machine into ~/.keras/models/; or set '
    'VRS["WEIGHTS"] to the path of a Keras weights file; or choose VRS["EMBEDDER"] = '
    '"vrs_app.embedders.handcrafted.HandcraftedEmbedder", which needs no weights.'
)


class ResNet50Embedder(Embedder):
    """`weights` is "imagenet" or a path; `image_size` the side of the pictures in pixels."""

    dimensions = 2048

    def __init__(self, *, weights: str, image_size: int) -> None:
        self._weights = weights
        self.picture_size = image_size
        self._model = _build(weights)
        self._forward = _compile(self._model, image_size)

    @classmethod
    def arguments_from_settings(cls) -> dict[str, Any]:
        return {"weights": str(conf.WEIGHTS), "image_size": conf.IMAGE_SIZE}

    @property
    def options(self) -> Mapping[str, Any]:
        return {"image_size": self.picture_size}

    @property
    def weights(self) -> str:
        return self._weights

    @cached_property
    def weights_digest(self) -> str:
        """Of the numbers, not of the file: the same weights repacked are the same space."""
        running = hashlib.sha256()
        for numbers in self._model.get_weights():
            running.update(np.ascontiguousarray(numbers, dtype="<f4").tobytes())
        return running.hexdigest()

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return unit_length(self._forward(np.stack(pictures)).numpy())


def _build(weights: str) -> Any:
    """The Keras model with its weights; raises EmbedderUnavailable."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # else it greets in six lines
    try:
        from keras.applications import ResNet50
    except ImportError as error:
        raise EmbedderUnavailable(
            f"TensorFlow cannot be imported ({error}). Install it where the worker runs: "
            'pip install ".[worker]" in a clone of this app.'
        ) from error
    if weights == IMAGENET:
        return _fetch_imagenet(ResNet50)
    if not Path(weights).is_file():
        raise EmbedderUnavailable(f"There is no weights file at {weights}. {WAYS_OUT}")
    model = _network(ResNet50, None)
    try:
        model.load_weights(weights)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # Keras and h5py raise whatever they like on a strange file
        raise EmbedderUnavailable(
            f"{weights} does not hold the weights of a Keras ResNet50 without its top: "
            f"{error}. {_rename(Path(weights))}{WAYS_OUT}"
        ) from error
    return model


def _rename(file: Path) -> str:
    """Keras goes by the name alone, and by another one reads as its older layout."""
    if file.name.endswith(".weights.h5"):
        return ""
    return (
        "Weights that Keras 3 saved are read under a name that ends in .weights.h5 only; "
        f"if these are such, rename the file to {file.with_suffix('').name}.weights.h5. "
    )


def _fetch_imagenet(constructor: Callable[..., Any]) -> Any:
    """Keras fetches the weights at their first use, without any time limit of its own."""
    try:
        return load_within(conf.WEIGHTS_TIMEOUT, IMAGENET, lambda: _network(constructor, IMAGENET))
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        raise EmbedderUnavailable(
            f"The ImageNet weights of ResNet50 cannot be fetched: {error}. {WAYS_OUT}"
        ) from error


def _network(constructor: Callable[..., Any], weights: str | None) -> Any:
    return constructor(weights=weights, include_top=False, pooling="avg")


def _compile(model: Any, size: int) -> Any:
    """Preprocessing and network as one graph for any number of pictures.

    One signature, so that no batch size ever makes TensorFlow trace anew; a graph and not
    `predict`, which grows with each call.
    """
    import tensorflow as tf
    from keras.applications.resnet import preprocess_input

    def forward(pictures: Any) -> Any:
        return model(preprocess_input(tf.cast(pictures, tf.float32)), training=False)

    signature = [tf.TensorSpec((None, size, size, 3), tf.uint8)]
    return tf.function(forward, input_signature=signature)
