"""Train the parsing network: `expertglasses train parsing --data FOLDER`.

It stands on the maps of a frozen trunk (`head-features`), which looks at every altered cut anew; what is learned is how to join
them with the pixels and the mesh. It is taught by masks that people drew, and, where `training.faces.teacher` was run before,
by those that the package's whole network gives other photos, where that is sure. Judged after every epoch on masks of
people held out (every fifth photo).
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.settings import settings
from training.checkpoints import load as load_checkpoint
from training.checkpoints import save as save_checkpoint
from training.faces import trunk
from training.faces.masks import Heads, Inputs, Lessons, learn_from, plain
from training.faces.overlap import overlaps, told
from training.publish import publish
from workers.perception.outlines import OutlineReader
from workers.perception.regions import CHANNELS, SIZE, Region, likeliest

_RATE = 3e-3
# How much a pixel of each region counts in the loss: small and rare ones more.
_COUNTS = np.array([1, 1, 2, 3, 2, 1, 2, 1.5, 1, 2], np.float32)


def build(width: float = 1.0) -> Any:
    """The network: from the trunk's farthest map to the nearest, and out in blocks of 2 × 2 pixels.

    Half a million weights at full width. At full size a convolution costs most and knows least, so none runs there.
    """
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    layers = keras.layers

    def conv(x: Any, channels: int, size: int = 3, stride: int = 1) -> Any:
        channels = max(8, round(channels * width))
        x = layers.Conv2D(channels, size, stride, "same", use_bias=False)(x)
        return layers.ReLU(6)(layers.BatchNormalization(momentum=0.95)(x))

    def larger(x: Any, *beside: Any) -> Any:
        return layers.Concatenate()([layers.UpSampling2D(2, interpolation="bilinear")(x), *beside])

    sides = {"near": (SIZE // 2, 64), "middle": (SIZE // 4, 128), "far": (SIZE // 8, 256)}
    pixels = layers.Input((SIZE, SIZE, CHANNELS), name="pixels")
    near, middle, far = (layers.Input((side, side, deep), name=name) for name, (side, deep) in sides.items())
    x = conv(conv(far, 128, 1), 128)
    whole = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Multiply()([x, layers.Conv2D(x.shape[3], 1, activation="sigmoid")(whole)])
    for channels, beside in ((96, [middle]), (64, [near, conv(pixels, 32, 4, 2)])):
        x = conv(larger(x, *beside), channels, 1)
        for _ in range(2):
            x = layers.Add()([conv(x, channels), x])
    x = layers.Conv2D(4 * len(Region), 1)(x)
    logits = layers.Lambda(lambda one: tf.nn.depth_to_space(one, 2))(x)
    return keras.Model([pixels, near, middle, far], logits)


def served(model: Any) -> Any:
    """What the worker runs: one picture in, `shares` of the regions out.

    The odds that the loss gave small regions are taken back, so that a share is a probability; without that brows and eyes
    come out a pixel too large.
    """
    import keras  # noqa: PLC0415

    inputs = [keras.layers.Input(batch_shape=(1, *one.shape[1:]), name=one.name) for one in model.inputs]
    shares = keras.ops.softmax(model(inputs, training=False) - np.log(_COUNTS))
    return keras.Model(inputs, {"shares": shares})


def loss(truth: Any, logits: Any) -> Any:
    """Cross entropy with rare regions weighted up, and one minus the overlap of each region (soft Dice).

    `UNSURE` pixels are no region and count in neither.
    """
    import tensorflow as tf  # noqa: PLC0415

    one_hot = tf.one_hot(tf.cast(truth, tf.int32), len(Region))
    entropy = tf.nn.softmax_cross_entropy_with_logits(one_hot, logits)
    entropy = tf.reduce_mean(entropy * tf.reduce_sum(one_hot * _COUNTS, -1))
    shares = tf.nn.softmax(logits)
    axes = [0, 1, 2]
    shares *= tf.reduce_sum(one_hot, -1, keepdims=True)
    both = tf.reduce_sum(shares * one_hot, axes)
    dice = (2 * both + 50) / (tf.reduce_sum(shares, axes) + tf.reduce_sum(one_hot, axes) + 50)
    return entropy + 1 - tf.reduce_mean(dice)


def judge(model: Any, inputs: Inputs, truth: NDArray[np.uint8]) -> dict[str, float]:
    """Overlaps of what a model in training finds, at the size of the cut; without mirror images."""
    logits = model.predict(list(inputs), 16, verbose=0) - np.log(_COUNTS)
    found = np.array([likeliest(one, truth.shape[1]) for one in logits])
    return overlaps(found, truth)


def train(
    lessons: Lessons, judged: Heads, work: Path, epochs: int, *, seed: int = 1, width: float = 1.0
) -> Any:
    """Train, with a checkpoint after every epoch in `work`; goes on where it was stopped.

    Returns:
        The model of the last epoch; `history.json` in `work` has loss and overlaps by epoch.
    """
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(seed)
    reader = OutlineReader()
    inputs = plain(judged, reader)
    model = build(width)
    steps = lessons.batches * epochs
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, alpha=0.01, warmup_target=_RATE, warmup_steps=max(1, steps // 20)
    )
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-4), loss)
    model.optimizer.build(model.trainable_variables)
    parts = {"model": model, "optimizer": model.optimizer}
    history, checkpoint = work / "history.json", work / "parsing.npz"
    begun = load_checkpoint(checkpoint, parts)
    lines: list[dict[str, Any]] = json.loads(history.read_text())[:begun] if begun else []
    work.mkdir(parents=True, exist_ok=True)
    for epoch in range(begun, epochs):
        began, rng = time.monotonic(), np.random.default_rng((seed, epoch))
        losses = [
            float(model.train_on_batch(list(given), truth)) for given, truth in lessons.epoch(reader, rng)
        ]
        shares = judge(model, inputs, judged.regions)
        lines.append({"loss": float(np.mean(losses)), "overlaps": shares})
        history.write_text(json.dumps(lines))
        save_checkpoint(checkpoint, epoch + 1, parts)
        seconds = time.monotonic() - began
        print(
            f"· epoch {epoch + 1}/{epochs} {seconds:.0f} s loss {np.mean(losses):.3f} {told(shares)}",
            flush=True,
        )
    return model


def main(argv: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with celebahq_parsing")
    parser.add_argument("--work", type=Path, default=settings().data_dir / "training" / "faces")
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(argv)
    lessons, judged = learn_from(given.data, given.work)
    model = train(lessons, judged, given.work / "parsing", given.epochs, seed=given.seed, width=given.width)
    entry = {
        "name": "face-parsing",
        "version": "1",
        "file": "face-parsing.tflite",
        "licence": "MIT; taught by masks for research",
        "purpose": "Which region of a head each pixel shows: skin, hair, brows, eyes, lips, glasses, hat and more.",
        "card": "face-parsing.md",
    }
    publish(given.models, entry, trunk.to_lite(served(model)))
