"""The tagger's network: half a frame in, the logits of every group and the numbers out.

A frame is as good as symmetric, so the network sees one half at a time (the right one mirrored): twice the
lessons, half the cost; the reader averages both. Keras 3; no backend is named.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from shared.eyewear.locate import SIZE
from shared.eyewear.tagger import GROUPS, NUMBERS

HALF = (SIZE[1], SIZE[0] // 2, 3)
# How much each group counts; shapes and rims matter most to a search.
_WEIGHTS = {"shape": 1.0, "rim": 0.7, "upper": 0.7, "material": 0.5, "color": 0.6, "second": 0.4, "nose": 0.3}
_NUMBER_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Design:
    """How the network is built.

    Attributes:
        widths: Channels of the stages; each halves the picture.
        blocks: Residual blocks of each stage.
        features: Length of the description that the answers are read from.
        tones: Channels of a second way in, which sees each pixel alone and counts its colour wherever it is; 0: none.
    """

    widths: tuple[int, ...]
    blocks: tuple[int, ...]
    features: int
    tones: int = 0


DESIGNS = {
    "plain": Design((16, 32, 64, 96), (0, 1, 1, 1), 128),
    # Another build, for judging what was chosen by the first.
    "judge": Design((24, 40, 56, 80, 112), (0, 0, 1, 1, 1), 96, 24),
}


def build(design: Design, seed: int) -> keras.Model:
    """The network; weights drawn from `seed`.

    Input (n, 96, 112, 3) RGB, 0 to 255. Outputs: `tags` (n, 54), `features` (n, features).
    """
    keras.utils.set_random_seed(seed)
    inputs = keras.Input(HALF, name="half")
    x = alone = layers.Rescaling(-1 / 255, offset=1.0)(inputs)  # white, which is nothing, becomes 0
    for width, blocks in zip(design.widths, design.blocks, strict=True):
        x = _seen(layers.Conv2D(width, 3, strides=2, padding="same", use_bias=False)(x))
        for _ in range(blocks):
            x = _residual(x, width)
    x = _seen(layers.Conv2D(32, 1, use_bias=False)(x))
    x = layers.Flatten()(x)  # where on the frame something is matters
    if design.tones:
        x = layers.Concatenate()([x, _tones(alone, design.tones)])
    x = layers.Dropout(0.1, seed=seed)(x)
    features = layers.Dense(design.features, activation="relu", name="features")(x)
    answers = sum(map(len, GROUPS.values())) + len(NUMBERS)
    tags = layers.Dense(answers, name="tags")(layers.Dropout(0.2, seed=seed + 1)(features))
    return keras.Model(inputs, {"tags": tags, "features": features})


def _tones(x: Any, channels: int) -> Any:
    """How much of the picture is of what colour: (n, channels). Every fourth pixel tells."""
    x = x[:, ::2, ::2]
    for _ in range(2):
        x = _seen(layers.Conv2D(channels, 1, use_bias=False)(x))
    return layers.BatchNormalization(momentum=0.97)(layers.GlobalAveragePooling2D()(x))


def _seen(x: Any) -> Any:
    return layers.ReLU()(layers.BatchNormalization(momentum=0.97)(x))


def _residual(x: Any, width: int) -> Any:
    inner = _seen(layers.Conv2D(width, 3, padding="same", use_bias=False)(x))
    inner = layers.BatchNormalization(momentum=0.97)(
        layers.Conv2D(width, 3, padding="same", use_bias=False)(inner)
    )
    return layers.ReLU()(layers.Add()([x, inner]))


def loss(target: Any, found: Any) -> Any:
    """Cross entropy of every group and the square of every number's error, weighed.

    Args:
        target: (n, 54) as `training.tagger.lessons.target` gives them.
        found: (n, 54): logits of the groups, then numbers.
    """
    total, start = 0.0, 0
    for group, words in GROUPS.items():
        end = start + len(words)
        logs = ops.log_softmax(found[:, start:end])
        total -= _WEIGHTS[group] * ops.mean(ops.sum(target[:, start:end] * logs, axis=1))
        start = end
    return total + _NUMBER_WEIGHT * ops.mean(ops.square(target[:, start:] - found[:, start:]))


def halves(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Both halves of frames (n, 96, 224, 3), the right ones mirrored: (2n, 96, 112, 3), left ones first."""
    middle = HALF[1]
    return np.concatenate([pixels[:, :, :middle], pixels[:, :, : middle - 1 : -1]]).astype(np.float32)
