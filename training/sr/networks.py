"""Enlarger and discriminator, in Keras 3 without a word of its backend.

The enlarger sees colour on white and alpha, 0 to 1, of a right half with `MARGIN` mirrored columns at its left, so
that the seam in the middle of the bridge is drawn like any other place.
"""

from typing import Any

import keras
from keras import layers, ops

from training.gan.networks import CHANNELS, HEIGHT, WIDTH, shuffled

TIMES = 4
MARGIN = 8
SEEN = WIDTH + MARGIN


def enlarger(blocks: int = 10, width: int = 32, size: tuple[int, int] | None = (HEIGHT, SEEN)) -> keras.Model:
    """A picture (h, w, 4) to (4h, 4w, 4): residual blocks without normalisation, then two doublings.

    What the network says is added to a bilinear enlargement, so it learns edges, not the picture.

    Args:
        blocks: Residual blocks at the small size.
        width: Their channels.
        size: h and w; fixed sizes run fastest.
    """
    small = keras.Input((*(size or (None, None)), CHANNELS), name="picture")
    first = x = layers.Conv2D(width, 3, padding="same")(small)
    for _ in range(blocks):
        y = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = x + layers.Conv2D(width, 3, padding="same", kernel_initializer=_quiet())(y)
    x = layers.Conv2D(width, 3, padding="same")(x) + first
    x = ops.leaky_relu(shuffled(layers.Conv2D(4 * width, 3, padding="same")(x), 2), 0.1)
    x = layers.Conv2D(width, 3, padding="same")(x)
    x = ops.leaky_relu(shuffled(layers.Conv2D(2 * width, 3, padding="same")(x), 2), 0.1)
    fine = layers.Conv2D(CHANNELS, 3, padding="same", kernel_initializer=_quiet(), dtype="float32")(x)
    plain = layers.UpSampling2D(TIMES, interpolation="bilinear", dtype="float32")(small)
    return keras.Model(small, fine + plain, name="enlarger")


def discriminator(size: int, width: int = 32) -> keras.Model:
    """Patches (size, size, 4) of large pictures to scores (size / 8, size / 8), and the features below them.

    Its slope is not bounded here; the training bounds what the enlarger feels of it.
    """
    patch = keras.Input((size, size, CHANNELS), name="patch")
    x, features = 2 * patch - 1, []
    for channels in (width, 2 * width, 3 * width):
        x = ops.leaky_relu(layers.Conv2D(channels, 4, strides=2, padding="same")(x), 0.2)
        features.append(x)
    score = layers.Conv2D(1, 3, padding="same")(x)
    return keras.Model(patch, [ops.cast(score[..., 0], "float32"), *features], name="patch_discriminator")


def _quiet() -> Any:
    return keras.initializers.VarianceScaling(0.1)
