"""Train the generator: `python -m training.gan.train`. Stop it at any time; the same command goes on.

First by regression alone (`warm` steps), then against a discriminator too: hinge loss on patches, features of
the discriminator compared as a perceptual loss, regression throughout. Weights shipped are a running mean (EMA).

`--start` begins with the weights in the models folder instead of random ones, e.g. to go on where no checkpoint is:
`python -m training.gan.train --start --warm 0 --steps 3000 --rate 6e-4`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from training import adversarial, litert
from training.gan.knowns import FREE, LENGTHS, STYLE
from training.gan.networks import CHANNELS, discriminator, generator, picture, prior, prior_loss, sampler
from training.gan.pairs import Pairs, level, pairs, unit
from training.progress import sheet
from training.renders import views

NAME = "frame-generator"
VIEWS = (50_000, 1)
HELD_OUT = (500, 2)


@dataclass(frozen=True, kw_only=True)
class Recipe(adversarial.Recipe):
    """Everything a run depends on besides the views; for the rest see `training.adversarial.Recipe`.

    Attributes:
        width: Channels of the generator, see `generator`.
        judge_width: Channels of the discriminator.
        edges: Weight of the regression of differences between neighbouring pixels.
        tones: Weight of the regression of brightness and hue over several pixels.
        shift: Pixels by which the discriminator's pictures are moved at random (differentiable augmentation).
        ema: Of the weights shipped, a step.
    """

    steps: int = 20_000
    warm: int = 8_000
    batch: int = 32
    rate: float = 1.5e-3
    adversarial: float = 0.5
    width: int = 64
    judge_width: int = 48
    edges: float = 1.0
    tones: float = 4.0
    shift: int = 3
    ema: float = 0.998


class Run(adversarial.Run[Recipe]):
    """A generator with its running mean, its prior, and their training."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        super().__init__(recipe, folder)
        self.core, self.mean = generator(recipe.width), generator(recipe.width)
        self.mean.set_weights(self.core.get_weights())
        self.prior = prior()
        self._appoint(discriminator(recipe.judge_width))
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, recipe.steps, alpha=0.02, warmup_target=recipe.rate, warmup_steps=min(200, recipe.steps // 4)
        )
        self._optimizer = keras.optimizers.Adam(rate, beta_1=0.9, beta_2=0.99, clipnorm=1.0)
        self._prior_optimizer = keras.optimizers.Adam(1e-3)
        self._optimizer.build(self.core.trainable_variables)
        self._prior_optimizer.build(self.prior.trainable_variables)
        self._resume(
            core=self.core,
            mean=self.mean,
            prior=self.prior,
            optimizer=self._optimizer,
            prior_optimizer=self._prior_optimizer,
        )
        self.sampler = sampler(self.mean, self.prior)

    def _regain(self, data: bytes) -> None:
        for network in (self.core, self.prior):
            litert.regain(data, network)
        self.mean.set_weights(self.core.get_weights())

    def advance(self, batch: Iterable[Any]) -> Any:
        """One step on a batch, the running mean behind it; losses as a dict of scalars."""
        losses = super().advance(batch)
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

    def _train(self, asked: Any, style: Any, halves: Any, pattern: Any, pull: Any = None) -> dict[str, Any]:
        real, depth = ops.cast(halves, "float32") / 255, ops.cast(pattern, "float32") / 127.5 - 1
        known = ops.concatenate([asked, style], axis=1)
        free = keras.random.normal((len(asked), FREE))
        losses = {"prior": self._train_prior(asked, style)}
        with tf.GradientTape() as tape:
            logits = self.core([ops.concatenate([known, free], axis=1), depth], training=True)
        if pull is None:
            slope, told = self._towards(logits, real)
        else:
            losses["judge"] = self._teach_judge(self._seen(picture(logits), real, depth, known))
            slope, told = self._towards_and_against(logits, real, depth, known, pull)
        variables = self.core.trainable_variables
        self._optimizer.apply(tape.gradient(logits, variables, output_gradients=slope), variables)
        return losses | told

    def _towards(self, logits: Any, real: Any) -> tuple[Any, dict[str, Any]]:
        """Slope of the regression at the logits, and its parts."""
        with tf.GradientTape() as tape:
            tape.watch(logits)
            drawn = picture(logits)
            told = {"pixels": ops.mean(ops.abs(drawn - real)), "edges": _edges(drawn, real)}
            told["tones"] = _tones(drawn, real)
            # Absolute errors alone would be content with white paper; entropy also pulls where logits are far off.
            entropy = ops.mean(ops.binary_crossentropy(real, logits, from_logits=True))
            loss = (
                entropy
                + told["pixels"]
                + self.recipe.edges * told["edges"]
                + self.recipe.tones * told["tones"]
            )
        return tape.gradient(loss, logits), told

    def _towards_and_against(
        self, logits: Any, real: Any, depth: Any, known: Any, pull: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The same with the discriminator's slope."""
        slope, told = self._towards(logits, real)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss, said = self._held_against(self._seen(picture(logits), real, depth, known))
        return adversarial.balanced(slope, tape.gradient(loss, logits), pull), told | said

    def _train_prior(self, asked: Any, style: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = prior_loss(self.prior(asked, training=True), style)
        self._prior_optimizer.apply(
            tape.gradient(loss, self.prior.trainable_variables), self.prior.trainable_variables
        )
        return loss

    def _seen(self, drawn: Any, real: Any, depth: Any, known: Any) -> list[Any]:
        """What the discriminator is shown: drawn pictures and real ones, and what both were drawn from."""
        twice = [ops.concatenate(one, axis=0) for one in ((drawn, real), (depth, depth), (known, known))]
        both = self._moved(ops.concatenate(twice[:2], axis=-1))
        return [both[..., :CHANNELS], both[..., CHANNELS:], twice[2]]

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


def _edges(drawn: Any, real: Any) -> Any:
    """Mean absolute error of the differences between neighbours, across and down."""
    off = drawn - real
    return ops.mean(ops.abs(off[:, 1:] - off[:, :-1])) + ops.mean(ops.abs(off[:, :, 1:] - off[:, :, :-1]))


def _tones(drawn: Any, real: Any) -> Any:
    """Mean absolute error of brightness and hue over 4 × 4 pixels: thin rims are little, but it is them one calls gold."""
    off = ops.average_pool((drawn - real)[..., :3], 4, 4)
    return ops.mean(ops.abs(off)) + ops.mean(ops.abs(off[..., 1:] - off[..., :-1]))


def batches(found: Pairs, recipe: Recipe, start: int) -> Iterator[Pairs]:
    """Batches of step `start`, `start` + 1, …: each step has its own seed, so a run that goes on is the same run."""
    for step in range(start, recipe.steps):
        rows = np.random.default_rng((recipe.seed, step)).integers(len(found.halves), size=recipe.batch)
        yield found.some(rows)


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
    depth = level(some.pattern)
    drawn = ops.convert_to_numpy(picture(run.mean([told, depth])))
    fresh = [
        ops.convert_to_numpy(run.sampler([some.condition, noise(len(free), seed), depth]))
        for seed in range(3)
    ]
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
    run = Run(recipe, folder)
    if start is not None:
        run.begin_with(start)
    some = held_out.some(slice(16))
    left = batches(found, recipe, run.step)
    adversarial.follow(run, left, folder, every, lambda file: sample_sheet(file, run, some))
    return run


def main(argv: Sequence[str] | None = None) -> None:
    """Train on the kept views, drawn first where they are not there yet."""
    told = (
        "steps",
        "warm",
        "batch",
        "width",
        "seed",
        "rate",
        "adversarial",
        "perceptual",
        "edges",
        "tones",
        "precision",
    )
    parser = adversarial.options(__doc__, "gan", Recipe(), told)
    parser.add_argument("--views", type=int, default=VIEWS[0], help="frames to learn from")
    given = vars(parser.parse_args(argv))
    folder, count = given.pop("folder"), given.pop("views")
    start = adversarial.prepare(given, NAME)
    found = pairs(views(count, VIEWS[1]))
    train(Recipe(**given), folder, found, pairs(views(*HELD_OUT), 1), start=start)


if __name__ == "__main__":
    main()
