#!/usr/bin/env bash
# Keras reads a weights file by its name: renamed, the same bytes hold "0 saved layers", and with
# by_name=True loading them succeeds and loads nothing.
#
# save_weights() insists on a name that ends in .weights.h5. A file that was renamed to x.h5 (by an
# upload, a cache, a model zoo) is read as Keras 2 laid it out, in which it holds no layers. The
# error speaks of a mismatch of layers, not of the name. `by_name=True`, meant for models that
# differ, leaves out what it does not find: here everything, without a word.
#
# Keras 3.15.1: keras/src/saving/saving_api.py, load_weights.
. "$(dirname "$0")/shared.bash"
install keras==3.15.1 jax==0.10.2 jaxlib==0.10.2 h5py==3.14.0 numpy==2.4.6

KERAS_BACKEND=jax observe python - <<'PYTHON'
import shutil

import keras
import numpy as np


def model(seed):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="only")])


saved = model(seed=1)
saved.save_weights("model.weights.h5")
shutil.copy("model.weights.h5", "model.h5")
for name, options in (
    ("model.weights.h5", {}),
    ("model.h5", {}),
    ("model.h5", {"by_name": True}),
):
    other = model(seed=2)
    try:
        other.load_weights(name, **options)
        same = np.array_equal(other.get_weights()[0], saved.get_weights()[0])
        print(f"{name} {options}: no error, {'the saved' if same else 'still its own'} weights")
    except ValueError as error:
        print(f"{name} {options}: {str(error).split('. ')[1]}")
PYTHON
expect <<'END'
model.weights.h5 {}: no error, the saved weights
model.h5 {}: Model expected 1 layers, found 0 saved layers.
model.h5 {'by_name': True}: no error, still its own weights
END
