"""For comparison: a ShuffleNetV2 (Ma et al. 2018, half width) taught face shapes from nothing but photos of `face_shape_niten`.

Judged on the first fold of people, as heads are. It publishes nothing; docs/09-perception.md has what came of it.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.settings import settings
from training.checkpoints import load as load_checkpoint
from training.checkpoints import save as save_checkpoint
from training.faces import shapes
from training.faces.alter import Random, Spread, lit, placed, worn
from training.faces.calibrate import shares
from training.faces.gather import gather
from training.faces.heads import NITEN
from training.faces.kept import Kept
from training.judging import Array, folds

SIZE = 112
_WIDTHS, _REPEATS, _LAST = (48, 96, 192), (4, 8, 4), 1024
_BATCH, _RATE = 32, 4e-3
Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]


def build(widths: tuple[int, ...] = _WIDTHS, repeats: tuple[int, ...] = _REPEATS, last: int = _LAST) -> Any:
    """The network from `SIZE` × `SIZE` × 3 pixels (0 to 255) to five logits; 0.35 million weights."""
    import keras  # noqa: PLC0415

    layers, ops = keras.layers, keras.ops

    def normed(x: Any, *, bent: bool = True) -> Any:
        x = layers.BatchNormalization(momentum=0.95)(x)
        return layers.ReLU()(x) if bent else x

    def point(x: Any, channels: int) -> Any:
        return normed(layers.Conv2D(channels, 1, use_bias=False)(x))

    def deep(x: Any, stride: int) -> Any:
        return normed(layers.DepthwiseConv2D(3, stride, "same", use_bias=False)(x), bent=False)

    def shuffled(left: Any, right: Any) -> Any:
        """Channels of both, one from each in turn."""
        both = ops.stack([left, right], axis=-1)
        return ops.reshape(both, (-1, *left.shape[1:3], 2 * left.shape[3]))

    def unit(x: Any) -> Any:
        half = x.shape[3] // 2
        return shuffled(x[..., :half], point(deep(point(x[..., half:], half), 1), half))

    def halving(x: Any, channels: int) -> Any:
        half = channels // 2
        return shuffled(point(deep(x, 2), half), point(deep(point(x, half), 2), half))

    pixels = layers.Input((SIZE, SIZE, 3))
    x = layers.Rescaling(1 / 127.5, -1)(pixels)
    x = normed(layers.Conv2D(24, 3, 2, "same", use_bias=False)(x))
    x = layers.MaxPooling2D(3, 2, "same")(x)
    for channels, count in zip(widths, repeats, strict=True):
        x = halving(x, channels)
        for _ in range(count - 1):
            x = unit(x)
    x = layers.GlobalAveragePooling2D()(point(x, last))
    return keras.Model(pixels, layers.Dense(len(shapes.SHAPES))(layers.Dropout(0.3)(x)))


def _altered(head: Pixels, rng: Random) -> Pixels:
    side = head.shape[0]
    matrix = np.diag([SIZE / side] * 2) @ placed(rng, side, Spread())
    cut = cv2.warpAffine(
        worn(lit(head, rng), rng), matrix, (SIZE, SIZE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return cut.astype(np.uint8)


def _batches(heads: Pixels, labels: Labels, rng: Random) -> Iterator[tuple[Pixels, Labels]]:
    """One epoch in which every shape comes equally often."""
    share = 1 / np.bincount(labels)[labels]
    order = rng.choice(len(labels), len(labels), p=share / share.sum())
    for start in range(0, len(order) - _BATCH + 1, _BATCH):
        own = order[start : start + _BATCH]
        yield np.array([_altered(heads[number], rng) for number in own]), labels[own]


def train(kept: Kept, work: Path, epochs: int, *, seed: int = 1, **built: Any) -> Any:
    """Train with a checkpoint after every epoch in `work`, and print how it does on people it has not seen."""
    import keras  # noqa: PLC0415

    keras.utils.set_random_seed(seed)
    heads, labels, persons = np.array(kept.part("crop")), shapes.numbers(kept), kept.column("person")
    usable, judged = kept.column("near_evaluation_photo") != "1", folds(persons.tolist()) == 0
    taught = np.flatnonzero(usable & ~judged)
    unseen = np.array(
        [cv2.resize(one, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for one in heads[usable & judged]]
    )
    truth = labels[usable & judged]
    heads, labels = heads[taught], labels[taught]
    model = build(**built)
    steps = max(1, len(taught) // _BATCH) * epochs
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, 0.01, warmup_target=_RATE, warmup_steps=max(1, steps // 20)
    )
    entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=5e-2), entropy)
    model.optimizer.build(model.trainable_variables)
    work.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Any] = {"model": model, "optimizer": model.optimizer}
    for epoch in range(load_checkpoint(work / "scratch.npz", parts), epochs):
        rng = np.random.default_rng((seed, epoch))
        losses = [float(model.train_on_batch(*pair)) for pair in _batches(heads, labels, rng)]
        save_checkpoint(work / "scratch.npz", epoch + 1, parts)
        right = _shares(model, unseen).argmax(axis=1) == truth
        print(f"· epoch {epoch + 1}/{epochs} loss {np.mean(losses):.3f} top-1 {right.mean():.3f}", flush=True)
    shapes.report("from scratch, people held out", _shares(model, unseen), truth)
    return model


def _shares(model: Any, heads: Pixels) -> Array:
    """Probabilities, the mean of a head and its mirror image."""
    both = [shares(model.predict(one, 64, verbose=0)) for one in (heads, heads[:, :, ::-1])]
    return np.asarray(np.mean(both, axis=0))


def main(argv: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with face_shape_niten")
    parser.add_argument("--work", type=Path, default=settings().data_dir / "training" / "faces")
    parser.add_argument("--models", type=Path, help="not used: nothing is published")
    parser.add_argument("--epochs", type=int, default=30)
    given = parser.parse_args(argv)
    gather(given.data / NITEN, given.work / "kept")
    train(Kept(given.work / "kept", given.data, NITEN), given.work / "scratch", given.epochs)


if __name__ == "__main__":
    main()
