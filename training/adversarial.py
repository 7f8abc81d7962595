"""What both adversarial trainings share: first regression alone, then against a discriminator on patches, too.

The discriminator is taught by the hinge loss; its features are compared as a perceptual loss. How much it says is told
by the length of its slope beside the regression's, as Esser et al. 2021 balance them, so no weight has to be found.
"""

import argparse
import json
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf
from keras import ops

from shared.models import load_verified
from shared.settings import settings
from training import checkpoints
from training.progress import Log

_SWELL = 200  # steps until the discriminator has its whole say
_SHEETS = 5  # lines of the log between two sheets of samples


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything a run depends on besides what it learns from.

    Attributes:
        steps: Of the whole run; the learning rate falls to a fiftieth by a cosine.
        warm: Of regression alone.
        batch: Examples a step.
        rate: Adam's learning rate of what is trained.
        judge_rate: That of the discriminator.
        adversarial: How long the discriminator's slope is beside the regression's; it swells to that.
        perceptual: Weight of the comparison of features beside the hinge loss.
        seed: Of weights, batches and noise.
        precision: Keras policy; bfloat16 halves the time on processors that know it.
    """

    steps: int
    warm: int
    batch: int
    rate: float
    judge_rate: float = 3e-4
    adversarial: float
    perceptual: float = 1.0
    seed: int = 1
    precision: str = "mixed_bfloat16"

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The recipe of the run in a folder.

        Raises:
            FileNotFoundError: No run has saved anything there.
        """
        return cls(**json.loads((folder / "recipe.json").read_text(encoding="utf-8")))


R = TypeVar("R", bound=Recipe)


class Run(ABC, Generic[R]):
    """Networks, optimizers and one training step.

    A subclass builds its networks, appoints the discriminator and resumes, in this order; then it is ready.

    Args:
        recipe: What to do.
        folder: Checkpoint, curves and sheets; what is there is gone on with.
    """

    def __init__(self, recipe: R, folder: Path) -> None:
        keras.utils.set_random_seed(recipe.seed)
        keras.mixed_precision.set_global_policy(recipe.precision)
        folder.mkdir(parents=True, exist_ok=True)
        self.recipe = recipe
        self._file = folder / "checkpoint.npz"
        self._parts: dict[str, Any] = {}
        self.step = 0

    def _appoint(self, judge: keras.Model) -> None:
        self.judge = judge
        self._judge_optimizer = keras.optimizers.Adam(self.recipe.judge_rate, beta_1=0.0, beta_2=0.99)
        self._judge_optimizer.build(judge.trainable_variables)

    def _resume(self, **parts: Any) -> None:
        """Go on from the checkpoint; `parts` are the other networks and optimizers that it holds."""
        self._parts = {**parts, "judge": self.judge, "judge_optimizer": self._judge_optimizer}
        self.step = checkpoints.load(self._file, self._parts)
        self._warm_step, self._full_step = tf.function(self._train), tf.function(self._train)

    def begin_with(self, data: bytes) -> None:
        """Take over the weights of an exported network, where the run has not begun yet."""
        if self.step == 0:
            self._regain(data)

    def save(self) -> None:
        """Write the checkpoint, and beside it the recipe."""
        checkpoints.save(self._file, self.step, self._parts)
        told = json.dumps(asdict(self.recipe), indent=2)
        self._file.with_name("recipe.json").write_text(told + "\n", encoding="utf-8")

    def advance(self, batch: Iterable[Any]) -> Any:
        """One step on a batch; losses as a dict of scalars."""
        behind = self.step - self.recipe.warm
        if behind < 0:
            losses = self._warm_step(*map(tf.constant, batch))
        else:
            pull = self.recipe.adversarial * min(1.0, behind / _SWELL)
            losses = self._full_step(*map(tf.constant, batch), tf.constant(pull, tf.float32))
        self.step += 1
        return losses

    @abstractmethod
    def _regain(self, data: bytes) -> None:
        """Weights out of an exported file."""

    @abstractmethod
    def _train(self, *batch: Any) -> dict[str, Any]:
        """A step in graph mode; behind the batch comes the discriminator's pull, if it has any."""

    def _teach_judge(self, seen: Any) -> Any:
        """The hinge loss of the discriminator on what it sees: as many made as real examples, in this order."""
        with tf.GradientTape() as tape:
            made, real = ops.split(self.judge(seen, training=True)[0], 2, axis=0)
            loss = ops.mean(ops.relu(1 + made)) + ops.mean(ops.relu(1 - real))
        variables = self.judge.trainable_variables
        self._judge_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def _held_against(self, seen: Any) -> tuple[Any, dict[str, Any]]:
        """What the discriminator holds against the made half of what it sees, and its parts."""
        score, *features = self.judge(seen, training=False)
        pairs = [ops.split(ops.cast(one, "float32"), 2, axis=0) for one in features]
        far = [_difference(made, real) for made, real in pairs]
        told = {"fool": -ops.mean(ops.split(score, 2, axis=0)[0]), "features": sum(far) / len(far)}
        return told["fool"] + self.recipe.perceptual * told["features"], told


def balanced(slope: Any, against: Any, pull: Any) -> Any:
    """The regression's slope with the discriminator's, made `pull` times as long."""
    return slope + pull * _length(slope) / (_length(against) + 1e-12) * against


def _length(slope: Any) -> Any:
    """Euclidean length of a whole batch's slope."""
    return ops.sqrt(ops.sum(ops.square(slope)))


def _difference(one: Any, other: Any) -> Any:
    """Mean absolute difference of features, as a share of their size."""
    return ops.mean(ops.abs(one - other)) / (ops.mean(ops.abs(ops.stop_gradient(other))) + 1e-3)


def follow(
    run: Run[Any], batches: Iterable[Any], folder: Path, every: int, show: Callable[[Path], None]
) -> None:
    """Take the run through its batches, with a log, curves, checkpoints and sheets of samples.

    Args:
        run: At some step.
        batches: One for each step that is left.
        folder: Where log, curves and sheets go.
        every: Steps between lines of the log and checkpoints.
        show: Draws a sheet of samples into a file.
    """
    log, last = Log(folder), run.recipe.steps
    started, since = time.perf_counter(), run.step
    for batch in batches:
        losses = run.advance(batch)
        if run.step % every == 0 or run.step == last:
            speed = (time.perf_counter() - started) / (run.step - since)
            log.add(run.step, {**{k: float(v) for k, v in sorted(losses.items())}, "seconds": speed})
            run.save()
        if run.step % (_SHEETS * every) == 0 or run.step == last:
            log.plot()
            show(folder / f"samples-{run.step:06d}.png")


def options(about: str | None, name: str, recipe: Recipe, fields: tuple[str, ...]) -> argparse.ArgumentParser:
    """Options of a training command.

    Args:
        about: What the command says of itself.
        name: Of the run's folder.
        recipe: Its values are the defaults.
        fields: Of the recipe, those that can be told.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--folder", type=Path, default=settings().data_dir / "training" / name)
    for field in fields:
        usual = getattr(recipe, field)
        parser.add_argument(f"--{field}", type=type(usual), default=usual)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    parser.add_argument("--start", action="store_true", help="begin with the weights in the models folder")
    return parser


def prepare(given: dict[str, Any], name: str) -> bytes | None:
    """Take `threads` and `start` out of the options; the exported network to begin with, if it is wanted."""
    tf.config.threading.set_intra_op_parallelism_threads(given.pop("threads"))
    return load_verified(name) if given.pop("start") else None
