"""Train the generator: `python -m training.gan.train`. Stop it at any time; the same command goes on.

First by regression alone (`warm` steps), then against a discriminator too: hinge loss on patches, features of
the discriminator compared as a perceptual loss, regression throughout. Weights shipped are a running mean (EMA).

`--start` begins with the weights in the models folder instead of random ones, e.g. to go on where no checkpoint is:
`python -m training.gan.train --start --warm 0 --steps 3000 --rate 6e-4`.
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

from shared.models import load_verified
from shared.settings import settings
from training import checkpoints, litert
from training.gan.knowns import FREE, LENGTHS, STYLE
from training.gan.networks import discriminator, generator, picture, prior, prior_loss, sampler
from training.gan.pairs import Pairs, pairs, unit
from training.progress import Log, sheet
from training.renders import views

NAME = "frame-generator"
VIEWS = (50_000, 1)
HELD_OUT = (500, 2)
_SWELL = 200  # steps until the discriminator has its whole say


@dataclass(frozen=True)
class Recipe:
    """Everything a run depends on besides the views.

    Attributes:
        steps: Of the whole run; the learning rate falls to a fiftieth by a cosine.
        warm: Of regression alone.
        batch: Pictures a step.
        width: Channels of the generator, see `generator`.
        judge_width: Channels of the discriminator.
        rate: Adam's learning rate of the generator; the discriminator's is `judge_rate`.
        adversarial: How long the discriminator's slope is beside the regression's; it swells to that.
        perceptual: Weight of the comparison of features beside the hinge loss.
        edges: Weight of the regression of differences between neighbouring pixels.
        shift: Pixels by which the discriminator's pictures are moved at random (differentiable augmentation).
        ema: Of the weights shipped, a step.
        seed: Of weights, batches and noise.
        precision: Keras policy; bfloat16 halves the time on processors that know it.
    """

    steps: int = 20_000
    warm: int = 8_000
    batch: int = 32
    width: int = 64
    judge_width: int = 48
    rate: float = 1.5e-3
    judge_rate: float = 3e-4
    adversarial: float = 0.5
    perceptual: float = 1.0
    edges: float = 1.0
    shift: int = 3
    ema: float = 0.998
    seed: int = 1
    precision: str = "mixed_bfloat16"


def recipe_of(folder: Path) -> Recipe:
    """The recipe of the run in a folder.

    Raises:
        FileNotFoundError: No run has saved anything there.
    """
    return Recipe(**json.loads((folder / "recipe.json").read_text(encoding="utf-8")))


class Run:
    """Networks, optimizers and one training step.

    Args:
        recipe: What to do.
        folder: Checkpoint, curves and sheets; what is there is gone on with.
    """

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        keras.utils.set_random_seed(recipe.seed)
        keras.mixed_precision.set_global_policy(recipe.precision)
        folder.mkdir(parents=True, exist_ok=True)
        self.recipe, self._file = recipe, folder / "checkpoint.npz"
        self.core, self.mean = generator(recipe.width), generator(recipe.width)
        self.mean.set_weights(self.core.get_weights())
        self.prior, self.judge = prior(), discriminator(recipe.judge_width)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, recipe.steps, alpha=0.02, warmup_target=recipe.rate, warmup_steps=min(200, recipe.steps // 4)
        )
        self._optimizer = keras.optimizers.Adam(rate, beta_1=0.9, beta_2=0.99, clipnorm=1.0)
        self._prior_optimizer = keras.optimizers.Adam(1e-3)
        self._judge_optimizer = keras.optimizers.Adam(recipe.judge_rate, beta_1=0.0, beta_2=0.99)
        self._optimizer.build(self.core.trainable_variables)
        self._prior_optimizer.build(self.prior.trainable_variables)
        self._judge_optimizer.build(self.judge.trainable_variables)
        self.step = checkpoints.load(self._file, self._parts())
        self.sampler = sampler(self.mean, self.prior)
        self._warm_step, self._full_step = tf.function(self._train), tf.function(self._train)

    def begin_with(self, data: bytes) -> None:
        """Take over the weights of an exported generator, where the run has not begun yet."""
        if self.step == 0:
            for network in (self.core, self.prior):
                litert.regain(data, network)
            self.mean.set_weights(self.core.get_weights())

    def _parts(self) -> dict[str, Any]:
        return {
            "core": self.core,
            "mean": self.mean,
            "prior": self.prior,
            "judge": self.judge,
            "optimizer": self._optimizer,
            "prior_optimizer": self._prior_optimizer,
            "judge_optimizer": self._judge_optimizer,
        }

    def save(self) -> None:
        """Write the checkpoint, and beside it the recipe."""
        checkpoints.save(self._file, self.step, self._parts())
        told = json.dumps(asdict(self.recipe), indent=2)
        self._file.with_name("recipe.json").write_text(told + "\n", encoding="utf-8")

    def advance(self, batch: Pairs) -> Any:
        """One step on a batch; losses as a dict of scalars."""
        behind = self.step - self.recipe.warm
        if behind < 0:
            losses = self._warm_step(*map(tf.constant, batch))
        else:
            pull = self.recipe.adversarial * min(1.0, behind / _SWELL)
            losses = self._full_step(*map(tf.constant, batch), tf.constant(pull, tf.float32))
        self.step += 1
        self._follow()
        return losses

    def _follow(self) -> None:
        """The running mean, faster while there is little to remember."""
        keep = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        self._follow_by(tf.constant(keep, tf.float32))

    @tf.function  # type: ignore[untyped-decorator]  # TensorFlow ships no types
    def _follow_by(self, keep: Any) -> None:
        for mean, now in zip(self.mean.variables, self.core.variables, strict=True):
            mean.assign(keep * mean + (1 - keep) * now)

    def _train(self, asked: Any, style: Any, halves: Any, pull: Any = None) -> dict[str, Any]:
        real = ops.cast(halves, "float32") / 255
        known = ops.concatenate([asked, style], axis=1)
        free = keras.random.normal((len(asked), FREE))
        losses = {"prior": self._train_prior(asked, style)}
        with tf.GradientTape() as tape:
            logits = self.core(ops.concatenate([known, free], axis=1), training=True)
        if pull is None:
            slope, told = self._towards(logits, real)
        else:
            losses["judge"] = self._train_judge(picture(logits), real, known)
            slope, told = self._towards_and_against(logits, real, known, pull)
        variables = self.core.trainable_variables
        self._optimizer.apply(tape.gradient(logits, variables, output_gradients=slope), variables)
        return losses | told

    def _towards(self, logits: Any, real: Any) -> tuple[Any, dict[str, Any]]:
        """Slope of the regression at the logits, and its parts."""
        with tf.GradientTape() as tape:
            tape.watch(logits)
            drawn = picture(logits)
            told = {"pixels": ops.mean(ops.abs(drawn - real)), "edges": _edges(drawn, real)}
            # Absolute errors alone would be content with white paper; entropy also pulls where logits are far off.
            entropy = ops.mean(ops.binary_crossentropy(real, logits, from_logits=True))
            loss = entropy + told["pixels"] + self.recipe.edges * told["edges"]
        return tape.gradient(loss, logits), told

    def _towards_and_against(
        self, logits: Any, real: Any, known: Any, pull: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The same with the discriminator's slope, made `pull` times as long as the regression's.

        Balanced by the lengths of slopes, as Esser et al. 2021 balance them, no weight has to be found.
        """
        slope, told = self._towards(logits, real)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            told["fool"], told["features"] = self._against_judge(picture(logits), real, known)
            loss = told["fool"] + self.recipe.perceptual * told["features"]
        against = tape.gradient(loss, logits)
        return slope + pull * length(slope) / (length(against) + 1e-12) * against, told

    def _train_prior(self, asked: Any, style: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = prior_loss(self.prior(asked, training=True), style)
        self._prior_optimizer.apply(
            tape.gradient(loss, self.prior.trainable_variables), self.prior.trainable_variables
        )
        return loss

    def _train_judge(self, drawn: Any, real: Any, known: Any) -> Any:
        with tf.GradientTape() as tape:
            both = self._moved(ops.concatenate([drawn, real], axis=0))
            score = self.judge([both, ops.concatenate([known, known], axis=0)], training=True)[0]
            false, true = ops.split(score, 2, axis=0)
            loss = ops.mean(ops.relu(1 + false)) + ops.mean(ops.relu(1 - true))
        self._judge_optimizer.apply(
            tape.gradient(loss, self.judge.trainable_variables), self.judge.trainable_variables
        )
        return loss

    def _against_judge(self, drawn: Any, real: Any, known: Any) -> tuple[Any, Any]:
        both = self._moved(ops.concatenate([drawn, real], axis=0))
        score, *features = self.judge([both, ops.concatenate([known, known], axis=0)], training=False)
        far = [difference(*ops.split(ops.cast(one, "float32"), 2, axis=0)) for one in features]
        return -ops.mean(ops.split(score, 2, axis=0)[0]), sum(far) / len(far)

    def _moved(self, pictures: Any) -> Any:
        """All moved by the same few pixels, white coming in."""
        reach = self.recipe.shift
        padded = 1 - ops.pad(
            ops.concatenate([1 - pictures[..., :3], pictures[..., 3:]], axis=-1),
            ((0, 0), (reach, reach), (reach, reach), (0, 0)),
        )
        padded = ops.concatenate([padded[..., :3], 1 - padded[..., 3:]], axis=-1)
        down, right = (keras.random.randint((), 0, 2 * reach + 1) for _ in range(2))
        return ops.slice(padded, [0, down, right, 0], pictures.shape)


def length(slope: Any) -> Any:
    """Euclidean length of a whole batch's slope."""
    return ops.sqrt(ops.sum(ops.square(slope)))


def _edges(drawn: Any, real: Any) -> Any:
    """Mean absolute error of the differences between neighbours, across and down."""
    off = drawn - real
    return ops.mean(ops.abs(off[:, 1:] - off[:, :-1])) + ops.mean(ops.abs(off[:, :, 1:] - off[:, :, :-1]))


def difference(one: Any, other: Any) -> Any:
    """Mean absolute difference of features, as a share of their size."""
    return ops.mean(ops.abs(one - other)) / (ops.mean(ops.abs(ops.stop_gradient(other))) + 1e-3)


def batches(found: Pairs, recipe: Recipe, start: int) -> Any:
    """Batches of step `start`, `start` + 1, …: each step has its own seed, so a run that goes on is the same run."""
    for step in range(start, recipe.steps):
        rows = np.random.default_rng((recipe.seed, step)).integers(len(found.halves), size=recipe.batch)
        yield Pairs(found.condition[rows], found.style[rows], found.halves[rows])


def noise(count: int, seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Noise for the sampler: (count, NOISE)."""
    rng = np.random.default_rng(seed)
    n = len(LENGTHS)
    parts = (rng.normal(size=(count, n)), rng.gumbel(size=(count, STYLE - n)), rng.normal(size=(count, FREE)))
    return np.concatenate(parts, axis=1).astype(np.float32)


def sample_sheet(file: Path, run: Run, some: Pairs) -> None:
    """Renders, the same drawn from their knowns, and three drawings of each condition from noise alone."""
    free = np.zeros((len(some.halves), FREE), np.float32)
    told = np.concatenate([some.condition, some.style, free], axis=1)
    drawn = ops.convert_to_numpy(picture(run.mean(told)))
    fresh = [ops.convert_to_numpy(run.sampler([some.condition, noise(len(free), seed)])) for seed in range(3)]
    sheet(file, [unit(some.halves), drawn, *fresh])


def train(
    recipe: Recipe,
    folder: Path,
    found: Pairs,
    held_out: Pairs,
    *,
    every: int = 100,
    start: bytes | None = None,
) -> Run:
    """Run the recipe to its end, from wherever the folder's checkpoint stands.

    Args:
        recipe: What to do.
        folder: Checkpoint, curves and sheets.
        found: What to learn from.
        held_out: What sample sheets show; at least 16.
        every: Steps between lines of the log.
        start: An exported generator to begin with instead of random weights, where there is no checkpoint.
    """
    run, log = Run(recipe, folder), Log(folder)
    if start is not None:
        run.begin_with(start)
    some = Pairs(held_out.condition[:16], held_out.style[:16], held_out.halves[:16])
    started, since = time.perf_counter(), run.step
    for batch in batches(found, recipe, run.step):
        losses = run.advance(batch)
        if run.step % every == 0 or run.step == recipe.steps:
            speed = (time.perf_counter() - started) / (run.step - since)
            log.add(run.step, {**{k: float(v) for k, v in sorted(losses.items())}, "seconds": speed})
            run.save()
        if run.step % (5 * every) == 0 or run.step == recipe.steps:
            log.plot()
            sample_sheet(folder / f"samples-{run.step:06d}.png", run, some)
    return run


def main(argv: Sequence[str] | None = None) -> None:
    """Train on the kept views, drawn first where they are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=settings().data_dir / "training" / "gan")
    for name in ("steps", "warm", "batch", "width", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Recipe, name))
    for name in ("rate", "adversarial", "perceptual", "edges"):
        parser.add_argument(f"--{name}", type=float, default=getattr(Recipe, name))
    parser.add_argument("--precision", default=Recipe.precision)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    parser.add_argument("--views", type=int, default=VIEWS[0], help="frames to learn from")
    parser.add_argument("--start", action="store_true", help="begin with the weights in the models folder")
    given = vars(parser.parse_args(argv))
    folder, count = given.pop("folder"), given.pop("views")
    start = load_verified(NAME) if given.pop("start") else None
    tf.config.threading.set_intra_op_parallelism_threads(given.pop("threads"))
    found = pairs(views(count, VIEWS[1]))
    train(Recipe(**given), folder, found, pairs(views(*HELD_OUT), 1), start=start)


if __name__ == "__main__":
    main()
