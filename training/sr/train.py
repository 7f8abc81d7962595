"""Train the enlarger: `python -m training.sr.train`. Stop it at any time; the same command goes on.

First absolute errors alone (`warm` steps), then also against a discriminator on patches: hinge loss, and its
features compared as a perceptual loss, both kept shorter than the errors' slope, since true edges matter more than
lively ones.

`--start` begins with the weights in the models folder instead of random ones.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from shared.models import load_verified
from shared.settings import settings
from training import checkpoints, litert
from training.gan.train import difference, length
from training.progress import Log, sheet
from training.renders import views
from training.sr.networks import TIMES, discriminator, enlarger
from training.sr.patches import Patches, patches

NAME = "frame-enlarger"
LARGE = (3_000, 3, 640)  # how many views, their seed and width
_SWELL = 200  # steps until the discriminator has its whole say


@dataclass(frozen=True)
class Recipe:
    """Everything a run depends on besides the views.

    Attributes:
        steps: Of the whole run; the learning rate falls to a fiftieth by a cosine.
        warm: Of regression alone.
        batch: Patches a step.
        side: Of the small patches, pixels.
        blocks: Residual blocks.
        width: Their channels.
        rate: Adam's learning rate of the enlarger.
        judge_rate: That of the discriminator.
        adversarial: How long the discriminator's slope is beside that of absolute errors; it swells to that.
        perceptual: Weight of the comparison of features beside the hinge loss.
        seed: Of weights and batches.
        precision: Keras policy; bfloat16 halves the time on processors that know it.
    """

    steps: int = 6_000
    warm: int = 3_000
    batch: int = 8
    side: int = 32
    blocks: int = 10
    width: int = 32
    rate: float = 1e-3
    judge_rate: float = 3e-4
    adversarial: float = 0.3
    perceptual: float = 1.0
    seed: int = 1
    precision: str = "mixed_bfloat16"


def recipe_of(folder: Path) -> Recipe:
    """The recipe of the run in a folder.

    Raises:
        FileNotFoundError: No run has saved anything there.
    """
    return Recipe(**json.loads((folder / "recipe.json").read_text(encoding="utf-8")))


class Run:
    """Networks, optimizers and one training step; see `training.gan.train.Run`."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        keras.utils.set_random_seed(recipe.seed)
        keras.mixed_precision.set_global_policy(recipe.precision)
        folder.mkdir(parents=True, exist_ok=True)
        self.recipe, self._file = recipe, folder / "checkpoint.npz"
        self.enlarger = enlarger(recipe.blocks, recipe.width, (recipe.side, recipe.side))
        self.judge = discriminator(TIMES * recipe.side)
        rate = keras.optimizers.schedules.CosineDecay(recipe.rate, recipe.steps, alpha=0.02)
        self._optimizer = keras.optimizers.Adam(rate, beta_1=0.9, beta_2=0.99, clipnorm=1.0)
        self._judge_optimizer = keras.optimizers.Adam(recipe.judge_rate, beta_1=0.0, beta_2=0.99)
        self._optimizer.build(self.enlarger.trainable_variables)
        self._judge_optimizer.build(self.judge.trainable_variables)
        self.step = checkpoints.load(self._file, self._parts())
        self._warm_step, self._full_step = tf.function(self._train), tf.function(self._train)

    def begin_with(self, data: bytes) -> None:
        """Take over the weights of an exported enlarger, where the run has not begun yet."""
        if self.step == 0:
            litert.regain(data, self.enlarger)

    def _parts(self) -> dict[str, Any]:
        return {
            "enlarger": self.enlarger,
            "judge": self.judge,
            "optimizer": self._optimizer,
            "judge_optimizer": self._judge_optimizer,
        }

    def save(self) -> None:
        """Write the checkpoint, and beside it the recipe."""
        checkpoints.save(self._file, self.step, self._parts())
        told = json.dumps(asdict(self.recipe), indent=2)
        self._file.with_name("recipe.json").write_text(told + "\n", encoding="utf-8")

    def advance(self, batch: Patches) -> Any:
        """One step on a batch; losses as a dict of scalars."""
        behind = self.step - self.recipe.warm
        if behind < 0:
            losses = self._warm_step(*map(tf.constant, batch))
        else:
            pull = self.recipe.adversarial * min(1.0, behind / _SWELL)
            losses = self._full_step(*map(tf.constant, batch), tf.constant(pull, tf.float32))
        self.step += 1
        return losses

    def _train(self, small: Any, large: Any, pull: Any = None) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            made = self.enlarger(small, training=True)
        losses = {"pixels": ops.mean(ops.abs(made - large)), "error": ops.mean(ops.square(made - large))}
        slope = ops.sign(made - large)
        if pull is not None:
            losses["judge"] = self._train_judge(made, large)
            against, told = self._against_judge(made, large)
            slope += pull * length(slope) / (length(against) + 1e-12) * against
            losses |= told
        slope /= float(np.prod(made.shape))
        variables = self.enlarger.trainable_variables
        self._optimizer.apply(tape.gradient(made, variables, output_gradients=slope), variables)
        return losses

    def _train_judge(self, made: Any, large: Any) -> Any:
        with tf.GradientTape() as tape:
            score = self.judge(ops.concatenate([made, large], axis=0), training=True)[0]
            false, true = ops.split(score, 2, axis=0)
            loss = ops.mean(ops.relu(1 + false)) + ops.mean(ops.relu(1 - true))
        variables = self.judge.trainable_variables
        self._judge_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def _against_judge(self, made: Any, large: Any) -> tuple[Any, dict[str, Any]]:
        """Slope at the pictures of what the discriminator holds against them, and its parts."""
        with tf.GradientTape() as tape:
            tape.watch(made)
            score, *features = self.judge(ops.concatenate([made, large], axis=0), training=False)
            pairs = [ops.split(ops.cast(one, "float32"), 2, axis=0) for one in features]
            far = [difference(mine, true) for mine, true in pairs]
            told = {"fool": -ops.mean(ops.split(score, 2, axis=0)[0]), "features": sum(far) / len(far)}
            loss = told["fool"] + self.recipe.perceptual * told["features"]
        return tape.gradient(loss, made), told


def train(
    recipe: Recipe,
    folder: Path,
    images: NDArray[np.uint8],
    drawn: NDArray[np.uint8] | None = None,
    *,
    every: int = 100,
    start: bytes | None = None,
) -> Run:
    """Run the recipe to its end, from wherever the folder's checkpoint stands.

    Args:
        recipe: What to do.
        folder: Checkpoint, curves and sheets.
        images: Large views to learn from.
        drawn: The generator's drawings of the same frames, see `patches`.
        every: Steps between lines of the log.
        start: An exported enlarger to begin with instead of random weights, where there is no checkpoint.
    """
    run, log = Run(recipe, folder), Log(folder)
    if start is not None:
        run.begin_with(start)
    shape = {"side": recipe.side}
    some = patches(images, drawn, count=12, seed=(recipe.seed, recipe.steps), **shape)
    started, since = time.perf_counter(), run.step
    while run.step < recipe.steps:
        losses = run.advance(
            patches(images, drawn, count=recipe.batch, seed=(recipe.seed, run.step), **shape)
        )
        if run.step % every == 0 or run.step == recipe.steps:
            speed = (time.perf_counter() - started) / (run.step - since)
            log.add(run.step, {**{k: float(v) for k, v in sorted(losses.items())}, "seconds": speed})
            run.save()
        if run.step % (5 * every) == 0 or run.step == recipe.steps:
            log.plot()
            made = ops.convert_to_numpy(run.enlarger(some.small))
            plain = some.small.repeat(TIMES, axis=1).repeat(TIMES, axis=2)
            sheet(folder / f"samples-{run.step:06d}.png", [plain, made, some.large])
    return run


def main(argv: Sequence[str] | None = None) -> None:
    """Train on the kept views, drawn first where they are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=settings().data_dir / "training" / "sr")
    parser.add_argument("--drawn", type=Path, help="the generator's drawings of the same views, a .npy file")
    for name in ("steps", "warm", "batch", "blocks", "width", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Recipe, name))
    for name in ("rate", "adversarial", "perceptual"):
        parser.add_argument(f"--{name}", type=float, default=getattr(Recipe, name))
    parser.add_argument("--precision", default=Recipe.precision)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    parser.add_argument("--views", type=int, default=LARGE[0], help="large views to learn from")
    parser.add_argument("--start", action="store_true", help="begin with the weights in the models folder")
    given = vars(parser.parse_args(argv))
    folder, drawn, count = (given.pop(name) for name in ("folder", "drawn", "views"))
    start = load_verified(NAME) if given.pop("start") else None
    tf.config.threading.set_intra_op_parallelism_threads(given.pop("threads"))
    images = views(count, *LARGE[1:]).images
    halves = None if drawn is None else np.load(drawn, mmap_mode="r")
    train(Recipe(**given), folder, images, halves, start=start)


if __name__ == "__main__":
    main()
