"""Train the tagger on photographed renders: `python -m training.tagger.fit`.

Step by step on batches that seed and step alone decide, so a run that was cut off goes on where its last checkpoint
stands. Keras 3; export to LiteRT needs its TensorFlow backend.
"""

import argparse
import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
from rich.progress import Progress

from shared.settings import settings
from training.publish import publish
from training.tagger.lessons import Lessons, lessons
from training.tagger.network import DESIGNS, build, halves, loss

FRAMES, PHOTOS = 24_000, 2
BATCH = 32  # frames; twice as many halves
STEPS = 6_000
_RATE = 2e-3
_KEPT_EVERY = 250
_TOLD_EVERY = 100


def fit(
    taught: Lessons,
    design: str,
    seed: int,
    steps: int,
    kept: Path,
    *,
    batch: int = BATCH,
    until: int | None = None,
) -> keras.Model:
    """Train, or go on training, and return the finished network.

    Args:
        taught: What to learn.
        design: One of `DESIGNS`.
        seed: Of weights and batches.
        steps: Of one batch each.
        kept: Where the checkpoint lies, ending in `.keras`.
        batch: Frames of one step.
        until: Stop after so many steps, to go on another time; the rate falls as for `steps`.
    """
    model = _resumed(kept) or _begun(design, seed, steps)
    seen: list[float] = []
    last = min(steps, until or steps)
    with Progress() as bar:
        task = bar.add_task("training the tagger", total=last, completed=_step(model))
        for step in range(_step(model), last):
            seen.append(float(model.train_on_batch(*_batch(taught, (seed, step), batch))))
            if (step + 1) % _TOLD_EVERY == 0:
                bar.print(f"step {step + 1}: loss {np.mean(seen[-_TOLD_EVERY:]):.3f}")
            if (step + 1) % _KEPT_EVERY == 0 or step + 1 == last:
                _keep(model, kept)
            bar.advance(task)
    return model


def _begun(design: str, seed: int, steps: int) -> keras.Model:
    model = build(DESIGNS[design], seed)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=_RATE, warmup_steps=min(300, steps // 10)
    )
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3), loss={"tags": loss, "features": None})
    return model


def _resumed(kept: Path) -> keras.Model | None:
    if not kept.is_file():
        return None
    model = keras.models.load_model(kept, custom_objects={"loss": loss})
    for layer in model.layers:
        # A checkpoint does not tell how often chance was asked: once a step.
        if (chance := getattr(layer, "seed_generator", None)) is not None:
            chance.state.assign([int(chance.state[0]), _step(model)])
    return model


def _step(model: keras.Model) -> int:
    return int(model.optimizer.iterations)


def _keep(model: keras.Model, kept: Path) -> None:
    part = kept.with_suffix(".part.keras")
    model.save(part)
    part.replace(kept)


def _batch(taught: Lessons, seed: tuple[int, int], batch: int) -> tuple[Any, dict[str, Any]]:
    """Both halves of randomly chosen photos."""
    chosen = np.sort(np.random.default_rng(seed).integers(len(taught.targets), size=batch))
    return halves(taught.pixels[chosen]), {"tags": np.tile(taught.targets[chosen], (2, 1))}


def exported(model: keras.Model) -> bytes:
    """The network as LiteRT, weights at half precision (a tenth of a megabyte is worth more than the last digit)."""
    import tensorflow as tf  # noqa: PLC0415  only the export needs this backend

    inputs = keras.Input(batch_shape=(2, *model.input_shape[1:]), name="half")
    fixed = keras.Model(inputs, model(inputs, training=False))
    converter = tf.lite.TFLiteConverter.from_keras_model(fixed)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())


def main(argv: list[str] | None = None) -> None:
    """Train and put the weights into the folder of models."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default="frame-tagger")
    parser.add_argument("--design", choices=tuple(DESIGNS), default="plain")
    parser.add_argument("--seed", type=int, default=11, help="of frames, weights and batches")
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--tinted", type=float, default=0.0, help="share of frames made sunglasses of")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--batch", type=int, default=BATCH, help="frames of one step")
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    parser.add_argument("--work", type=Path, default=settings().data_dir / "training")
    given = parser.parse_args(argv)
    given.work.mkdir(parents=True, exist_ok=True)
    taught = lessons(given.frames, given.seed, photos=PHOTOS, tinted=given.tinted, folder=given.work)
    kept = given.work / f"{given.name}.keras"
    model = fit(taught, given.design, given.seed, given.steps, kept, batch=given.batch)
    entry = {
        "name": given.name,
        "version": "1",
        "file": f"{given.name}.tflite",
        "licence": "MIT; trained on our own renders alone",
        "purpose": "Reads shape, rim, upper line, material, colours, nose and thickness of a frame from its photo.",
        "card": f"{given.name}.md",
    }
    publish(given.models, entry, exported(model))
    print(f"{given.name}: {model.count_params():,} weights after {_step(model)} steps")


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    main()
