"""Bring a packaged network that tells people apart to LiteRT: `face-embedding`.

The package `face_recognition_models` carries the network of dlib (King 2017; a residual network of 29 layers after He et al. 2016, taught to
bring photos of one person closer than 0.6 and those of two further apart, by about three million photos). It comes in dlib's own
format, which is read here, and is rebuilt layer by layer, with normalisation folded into the convolutions. Beside its 128 numbers
it gives the map of its last stage but one, which still knows where on the face a thing is.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.faces.trunk import to_lite
from training.publish import publish
from workers.perception.embedding import CHIP

# A face at two scales, and its mirror image.
PICTURES = 4
# What the network takes from pixels before dividing by 256: red, green, blue.
MEAN = (122.782, 117.001, 104.298)
# Channels of each stage, its blocks, and whether the first of them halves the map.
_STAGES = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))
_NUMBERS = 128
_LAYERS = re.compile(rb"\x05con_4|\x07affine_|\x04fc_2")
Weights = Iterator[NDArray[np.float32]]


def read_weights(file: Path) -> list[NDArray[np.float32]]:
    """The arrays of `dlib_face_recognition_resnet_model_v1.dat`, from the first layer to the last.

    A layer begins with its name. An array is its version, four sizes and raw 32-bit floats; a whole number is a byte that counts
    the bytes after it, lowest first. A convolution's array holds its filters, then their offsets; that of a normalisation
    its factors, then its offsets.

    Raises:
        ValueError: The file holds something else than this network.
    """
    data = file.read_bytes()
    found = []
    for match in _LAYERS.finditer(data):
        at = match.end()
        if match.group().endswith(b"fc_2"):  # how many numbers go out and in
            for _ in range(2):
                _, at = _whole(data, at)
        found.append(_array(data, at))
    convolutions = 1 + 2 * sum(blocks for _, blocks, _ in _STAGES)
    if len(found) != 2 * convolutions + 1:
        raise ValueError(f"{file} holds {len(found)} layers, not {2 * convolutions + 1}.")
    return found


def _whole(data: bytes, at: int) -> tuple[int, int]:
    """A whole number, and where what follows begins."""
    end = at + 1 + (data[at] & 0x0F)
    return int.from_bytes(data[at + 1 : end], "little"), end


def _array(data: bytes, at: int) -> NDArray[np.float32]:
    _, at = _whole(data, at)
    sizes = []
    for _ in range(4):
        size, at = _whole(data, at)
        sizes.append(size)
    return np.frombuffer(data, "<f4", int(np.prod(sizes)), at)


def build(arrays: list[NDArray[np.float32]]) -> Any:
    """The network as a Keras model.

    It takes `PICTURES` of `CHIP` × `CHIP` × 3 pixels (0 to 255) and gives for each:

    * `embedding`: 128 numbers; those of one person lie closer than 0.6;
    * `grid`: the map of the last stage but one, 4 × 4 cells of 256 channels, none below 0.
    """
    import keras  # noqa: PLC0415

    layers, weights = keras.layers, iter(arrays)
    pixels = layers.Input(batch_shape=(PICTURES, CHIP, CHIP, 3), name="pixels")
    x = layers.Rescaling(1 / 256, [-one / 256 for one in MEAN])(pixels)
    x = layers.ReLU()(_convolution(weights, x, 32, 7, 2))
    x = layers.MaxPooling2D(3, 2)(x)
    stages = []
    for channels, blocks, halves in _STAGES:
        for one in range(blocks):
            x = _block(weights, x, channels, halves=halves and one == 0)
        stages.append(x)
    pooled = layers.GlobalAveragePooling2D()(x)
    last = layers.Dense(_NUMBERS, use_bias=False)
    numbers = last(pooled)
    last.set_weights([next(weights).reshape(-1, _NUMBERS)])
    return keras.Model(pixels, {"embedding": numbers, "grid": stages[-2]})


def _convolution(weights: Weights, x: Any, channels: int, side: int, stride: int) -> Any:
    """A convolution and its normalisation in one; where it halves the map, dlib adds no border."""
    from keras import layers  # noqa: PLC0415

    filters, norm = next(weights), next(weights)
    factor, offset = norm[:channels], norm[channels:]
    kernel = filters[:-channels].reshape(channels, -1, side, side).transpose(2, 3, 1, 0)
    made = layers.Conv2D(channels, side, stride, "same" if stride == 1 else "valid")
    x = made(x)
    made.set_weights([kernel * factor, filters[-channels:] * factor + offset])
    return x


def _block(weights: Weights, x: Any, channels: int, *, halves: bool) -> Any:
    """Two convolutions beside what they are added to; the smaller of both is filled up with zeros."""
    from keras import layers, ops  # noqa: PLC0415

    inner = layers.ReLU()(_convolution(weights, x, channels, 3, 2 if halves else 1))
    inner = _convolution(weights, inner, channels, 3, 1)
    if halves:
        x = layers.AveragePooling2D(2, 2)(x)
        x = ops.pad(x, [[0, 0], [0, 0], [0, 0], [0, channels - x.shape[3]]])
        short = x.shape[1] - inner.shape[1]
        inner = ops.pad(inner, [[0, 0], [0, short], [0, short], [0, 0]])
    return layers.ReLU()(layers.Add()([inner, x]))


def make(package: Path, models: Path) -> None:
    """Read, rebuild, convert and publish.

    Args:
        package: `dlib_face_recognition_resnet_model_v1.dat` of `face_recognition_models` 0.3.
        models: The folder to write to.
    """
    entry = {
        "name": "face-embedding",
        "version": "1",
        "file": "face-embedding.tflite",
        "licence": "CC0-1.0; taught by photos for research",
        "purpose": "Sees what stays the same between photos of one person: 128 numbers and a map of the face.",
        "card": "face-embedding.md",
    }
    publish(models, entry, to_lite(build(read_weights(package))))
