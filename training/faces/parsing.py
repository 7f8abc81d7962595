"""Train the parsing network: a small U-Net of depthwise convolutions, taught by masks that people drew.

Judged on masks held out (every fifth photo): intersection over union by region. `expertglasses train parsing`
publishes it as `face-parsing`.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.settings import settings
from training.checkpoints import load as load_checkpoint
from training.checkpoints import save as save_checkpoint
from training.faces.alter import Random, Spread, lit, placed, worn
from training.faces.gather import gather
from training.faces.kept import Kept
from training.faces.regions import CHANNELS, SIZE, Region, network_input
from training.litert import exported
from training.publish import publish
from workers.perception.crop import head_window

# Classes of the masks to regions; jewellery and clothes are background.
_REGION_OF = np.zeros(256, np.uint8)
for _classes, _region in (
    ((1, 2, 8, 9), Region.SKIN),
    ((3,), Region.GLASSES),
    ((4, 5), Region.EYES),
    ((6, 7), Region.BROWS),
    ((10,), Region.MOUTH),
    ((11, 12), Region.LIPS),
    ((13,), Region.HAIR),
    ((14,), Region.HAT),
    ((17,), Region.NECK),
):
    _REGION_OF[list(_classes)] = _region
_HELD_OUT = 5
_BATCH = 12
_RATE = 3e-3
# The regions of the bar.
JUDGED = (Region.SKIN, Region.HAIR, Region.BROWS, Region.EYES, Region.LIPS, Region.GLASSES)


class Heads(NamedTuple):
    """Cuts (n × 256 × 256 × 3), their maps of regions, mesh and lids in pixels of the cut."""

    rgb: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    mesh: NDArray[np.float64]
    lids: NDArray[np.float64]

    def take(self, chosen: NDArray[np.bool_]) -> "Heads":
        """Some of them."""
        return Heads(self.rgb[chosen], self.regions[chosen], self.mesh[chosen], self.lids[chosen])


def load(kept: Kept) -> Heads:
    """All heads with a mask."""
    meshes, lids = [], []
    for number in range(len(kept)):
        sight = kept.sight(number)
        window = head_window(sight.mesh)
        meshes.append(sight.head.points)
        lids.append([window.from_photo(eye.outline, sight.head.rgb.shape[0]) for eye in sight.eyes])
    regions = _REGION_OF[np.array(kept.part("mask"))]
    return Heads(np.array(kept.part("crop")), regions, np.array(meshes), np.array(lids))


def plain(heads: Heads) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Inputs and maps without any change."""
    inputs, maps = [], []
    for rgb, regions, mesh, lids in zip(*heads, strict=True):
        factor = SIZE / rgb.shape[0]
        small = cv2.resize(rgb, (SIZE, SIZE), interpolation=cv2.INTER_AREA).astype(np.uint8)
        inputs.append(network_input(small, mesh * factor, (lids[0] * factor, lids[1] * factor)))
        maps.append(cv2.resize(regions, (SIZE, SIZE), interpolation=cv2.INTER_NEAREST))
    return np.array(inputs), np.array(maps, np.uint8)


def altered(heads: Heads, number: int, rng: Random) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """One head in other light, cut differently; the mesh a little wrong, as on hard photos."""
    rgb, regions = worn(lit(heads.rgb[number], rng), rng), heads.regions[number]
    full = rgb.shape[0]
    matrix = np.diag([SIZE / full] * 2) @ placed(rng, full, Spread())
    cut = cv2.warpAffine(rgb, matrix, (SIZE, SIZE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    mapped = cv2.warpAffine(regions, matrix, (SIZE, SIZE), flags=cv2.INTER_NEAREST)
    jitter = rng.normal(0, 0.4, 2)

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(points @ matrix[:, :2].T + matrix[:, 2] + jitter)

    lids = heads.lids[number]
    inputs = network_input(cut.astype(np.uint8), moved(heads.mesh[number]), (moved(lids[0]), moved(lids[1])))
    return inputs, mapped.astype(np.uint8)


def build(width: float = 1.0) -> Any:
    """The network: blocks of 2 × 2 pixels in, four levels down and up again, blocks of 2 × 2 pixels out.

    At full size a convolution costs most and knows least, so none runs there. About 0.25 million weights.
    """
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    layers = keras.layers

    def wide(channels: int) -> int:
        return max(8, round(channels * width))

    def normed(x: Any) -> Any:
        return layers.ReLU(6)(layers.BatchNormalization(momentum=0.95)(x))

    def separable(x: Any, channels: int, stride: int = 1) -> Any:
        x = layers.DepthwiseConv2D(3, stride, "same", use_bias=False)(x)
        return normed(layers.Conv2D(wide(channels), 1, use_bias=False)(x))

    given = layers.Input((SIZE, SIZE, CHANNELS))
    # A convolution of 2 × 2 by steps of 2 is the space-to-depth of its input.
    x = normed(layers.Conv2D(wide(32), 4, 2, "same", use_bias=False)(given))
    kept = [x]
    for channels in (48, 96, 128):
        x = separable(x, channels, 2)
        x = layers.Add()([separable(x, channels), x])
        kept.append(x)
    whole = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Multiply()([x, layers.Conv2D(wide(128), 1, activation="sigmoid")(whole)])
    for skip, channels in zip(reversed(kept[:-1]), (96, 64, 48), strict=True):
        x = layers.UpSampling2D(2, interpolation="bilinear")(x)
        x = separable(layers.Concatenate()([x, skip]), channels)
    x = separable(x, 48)
    x = layers.Conv2D(4 * len(Region), 1)(x)
    return keras.Model(given, layers.Lambda(lambda one: tf.nn.depth_to_space(one, 2))(x))


def loss(truth: Any, logits: Any) -> Any:
    """Cross entropy with rare regions weighted up, and one minus the overlap of each region (soft Dice)."""
    import tensorflow as tf  # noqa: PLC0415

    one_hot = tf.one_hot(tf.cast(truth, tf.int32), len(Region))
    weights = tf.constant([1, 1, 2, 3, 2, 1, 2, 1.5, 1, 2], tf.float32)
    entropy = tf.nn.softmax_cross_entropy_with_logits(one_hot, logits)
    entropy = tf.reduce_mean(entropy * tf.reduce_sum(one_hot * weights, -1))
    shares = tf.nn.softmax(logits)
    axes = [0, 1, 2]
    both = tf.reduce_sum(shares * one_hot, axes)
    dice = (2 * both + 50) / (tf.reduce_sum(shares, axes) + tf.reduce_sum(one_hot, axes) + 50)
    return entropy + 1 - tf.reduce_mean(dice)


def overlaps(found: NDArray[np.uint8], truth: NDArray[np.uint8]) -> dict[str, float]:
    """Intersection over union of each region over all pictures together; NaN where no picture shows it."""
    shares = {}
    for region in Region:
        both = int(((found == region) & (truth == region)).sum())
        either = int(((found == region) | (truth == region)).sum())
        shares[region.name.lower()] = both / either if either else float("nan")
    return shares


def _turns(heads: Heads) -> NDArray[np.int64]:
    """How often each head comes in an epoch: those with glasses or a hat three times."""
    rare = ((heads.regions == Region.GLASSES) | (heads.regions == Region.HAT)).mean(axis=(1, 2)) > 0.01  # noqa: PLR2004
    return np.where(rare, 3, 1)


def _batches_of(heads: Heads) -> int:
    return int(_turns(heads).sum()) // _BATCH


def _batches(heads: Heads, rng: Random) -> Iterator[tuple[NDArray[np.float32], NDArray[np.uint8]]]:
    """One epoch."""
    order = rng.permutation(np.repeat(np.arange(len(heads.rgb)), _turns(heads)))
    for start in range(0, len(order) - _BATCH + 1, _BATCH):
        pairs = [altered(heads, number, rng) for number in order[start : start + _BATCH]]
        yield np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])


def train(heads: Heads, work: Path, epochs: int, *, seed: int = 1, width: float = 1.0) -> Any:
    """Train, with a checkpoint after every epoch in `work`; goes on where it was stopped.

    Returns:
        The model of the last epoch; `history.json` in `work` has loss and overlaps by epoch.
    """
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(seed)
    held_out = np.arange(len(heads.rgb)) % _HELD_OUT == 0
    taught, judged = heads.take(~held_out), heads.take(held_out)
    inputs, truth = plain(judged)
    model = build(width)
    steps = _batches_of(taught) * epochs
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, alpha=0.01, warmup_target=_RATE, warmup_steps=max(1, steps // 20)
    )
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-4), loss)
    model.optimizer.build(model.trainable_variables)
    parts = {"model": model, "optimizer": model.optimizer}
    history, checkpoint = work / "history.json", work / "parsing.npz"
    begun = load_checkpoint(checkpoint, parts)
    told: list[dict[str, Any]] = json.loads(history.read_text())[:begun] if begun else []
    work.mkdir(parents=True, exist_ok=True)
    for epoch in range(begun, epochs):
        began, rng = time.monotonic(), np.random.default_rng((seed, epoch))
        losses = [float(model.train_on_batch(*pair)) for pair in _batches(taught, rng)]
        found = model.predict(inputs, 16, verbose=0).argmax(axis=-1).astype(np.uint8)
        shares = overlaps(found, truth)
        told.append({"loss": float(np.mean(losses)), "overlaps": shares})
        history.write_text(json.dumps(told))
        save_checkpoint(checkpoint, epoch + 1, parts)
        mean = np.nanmean([shares[region.name.lower()] for region in JUDGED])
        shown = " ".join(f"{name} {share:.2f}" for name, share in shares.items())
        seconds = time.monotonic() - began
        print(
            f"· epoch {epoch + 1}/{epochs} {seconds:.0f} s loss {told[-1]['loss']:.3f} IoU {mean:.3f}: {shown}",
            flush=True,
        )
    return model


def main(argv: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with celebahq_parsing")
    parser.add_argument("--work", type=Path, default=settings().data_dir / "training" / "faces")
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(argv)
    folder = given.data / "celebahq_parsing"
    gather(folder, given.work / "kept")
    heads = load(Kept(given.work / "kept", given.data, folder.name))
    model = train(heads, given.work / "parsing", given.epochs, seed=given.seed, width=given.width)
    entry = {
        "name": "face-parsing",
        "version": "1",
        "file": "face-parsing.tflite",
        "licence": "MIT; taught by masks for research",
        "purpose": "Which region of the head a pixel shows.",
        "card": "face-parsing.md",
    }
    publish(given.models, entry, exported(model, 1))
