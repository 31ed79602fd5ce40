#!/usr/bin/env bash
# A picture with a NaN in it gives an embedding without one: max pooling in TensorFlow drops it.
#
# Whoever looks for NaN in a network's output to find broken input finds none. MaxPooling2D over
# [1, NaN, 2, 3] is 3 on the CPU; the maximum by NumPy, by tf.reduce_max and by Keras's
# GlobalMaxPooling2D of the same four numbers is NaN, and so is the average. Over NaN alone max
# pooling gives -3.4e38. So broken input must be found before it goes in.
#
# TensorFlow 2.21.0 on the CPU, its issues 2501 and 125965; with several channels the latter saw it
# depend on their number.
. "$(dirname "$0")/shared.bash"
install tensorflow-cpu==2.21.0 keras==3.15.1 numpy==2.4.6

KERAS_BACKEND=tensorflow observe python - <<'PYTHON'
import keras
import numpy as np
import tensorflow as tf

some = np.array([[1, np.nan], [2, 3]], np.float32)
alone = np.full_like(some, np.nan)
for name, numbers in (("1, NaN, 2, 3", some), ("NaN alone", alone)):
    picture = numbers[None, :, :, None]
    print(f"{name}:")
    print(f"    MaxPooling2D {float(np.squeeze(keras.layers.MaxPooling2D(2)(picture))):.3g}")
    print(f"    GlobalMaxPooling2D {np.squeeze(keras.layers.GlobalMaxPooling2D()(picture))}")
    print(f"    AveragePooling2D {np.squeeze(keras.layers.AveragePooling2D(2)(picture))}")
    print(f"    tf.reduce_max {tf.reduce_max(numbers).numpy()}, NumPy's max {numbers.max()}")
PYTHON
expect <<'END'
1, NaN, 2, 3:
    MaxPooling2D 3
    GlobalMaxPooling2D nan
    AveragePooling2D nan
    tf.reduce_max nan, NumPy's max nan
NaN alone:
    MaxPooling2D -3.4e+38
    GlobalMaxPooling2D nan
    AveragePooling2D nan
    tf.reduce_max nan, NumPy's max nan
END
