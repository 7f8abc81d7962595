"""Train the enlarger: `python -m training.sr.train`. Stop it at any time; the same command goes on.

First absolute errors alone (`warm` steps), then also against a discriminator on patches: hinge loss, and its
features compared as a perceptual loss, both kept shorter than the errors' slope, since true edges matter more than
lively ones.

`--start` begins with the weights in the models folder instead of random ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from training import adversarial, litert
from training.progress import sheet
from training.renders import views
from training.sr.networks import TIMES, discriminator, enlarger
from training.sr.patches import Patches, patches

NAME = "frame-enlarger"
LARGE = (3_000, 3, 640)  # how many views, their seed and width


@dataclass(frozen=True, kw_only=True)
class Recipe(adversarial.Recipe):
    """Everything a run depends on besides the views; for the rest see `training.adversarial.Recipe`.

    Attributes:
        side: Of the small patches, pixels.
        blocks: Residual blocks.
        width: Their channels.
    """

    steps: int = 6_000
    warm: int = 3_000
    batch: int = 8
    rate: float = 1e-3
    adversarial: float = 0.3
    side: int = 32
    blocks: int = 10
    width: int = 32


class Run(adversarial.Run[Recipe]):
    """An enlarger and its training."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        super().__init__(recipe, folder)
        self.enlarger = enlarger(recipe.blocks, recipe.width, (recipe.side, recipe.side))
        self._appoint(discriminator(TIMES * recipe.side))
        rate = keras.optimizers.schedules.CosineDecay(recipe.rate, recipe.steps, alpha=0.02)
        self._optimizer = keras.optimizers.Adam(rate, beta_1=0.9, beta_2=0.99, clipnorm=1.0)
        self._optimizer.build(self.enlarger.trainable_variables)
        self._resume(enlarger=self.enlarger, optimizer=self._optimizer)

    def _regain(self, data: bytes) -> None:
        litert.regain(data, self.enlarger)

    def _train(self, small: Any, large: Any, pull: Any = None) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            made = self.enlarger(small, training=True)
        losses = {"pixels": ops.mean(ops.abs(made - large)), "error": ops.mean(ops.square(made - large))}
        slope = ops.sign(made - large)
        if pull is not None:
            losses["judge"] = self._teach_judge(ops.concatenate([made, large], axis=0))
            against, told = self._against(made, large)
            slope = adversarial.balanced(slope, against, pull)
            losses |= told
        slope /= float(np.prod(made.shape))
        variables = self.enlarger.trainable_variables
        self._optimizer.apply(tape.gradient(made, variables, output_gradients=slope), variables)
        return losses

    def _against(self, made: Any, large: Any) -> tuple[Any, dict[str, Any]]:
        """Slope at the pictures of what the discriminator holds against them, and its parts."""
        with tf.GradientTape() as tape:
            tape.watch(made)
            loss, told = self._held_against(ops.concatenate([made, large], axis=0))
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
    run = Run(recipe, folder)
    if start is not None:
        run.begin_with(start)
    some = patches(images, drawn, count=12, seed=(recipe.seed, recipe.steps), side=recipe.side)

    def batches() -> Iterator[Patches]:
        for step in range(run.step, recipe.steps):
            yield patches(images, drawn, count=recipe.batch, seed=(recipe.seed, step), side=recipe.side)

    adversarial.follow(run, batches(), folder, every, lambda file: sample_sheet(file, run, some))
    return run


def sample_sheet(file: Path, run: Run, some: Patches) -> None:
    """Small patches plainly enlarged, the same by the network, and the true large ones."""
    plain = some.small.repeat(TIMES, axis=1).repeat(TIMES, axis=2)
    sheet(file, [plain, ops.convert_to_numpy(run.enlarger(some.small)), some.large])


def main(argv: Sequence[str] | None = None) -> None:
    """Train on the kept views, drawn first where they are not there yet."""
    told = (
        "steps",
        "warm",
        "batch",
        "blocks",
        "width",
        "seed",
        "rate",
        "adversarial",
        "perceptual",
        "precision",
    )
    parser = adversarial.options(__doc__, "sr", Recipe(), told)
    parser.add_argument("--drawn", type=Path, help="the generator's drawings of the same views, a .npy file")
    parser.add_argument("--views", type=int, default=LARGE[0], help="large views to learn from")
    given = vars(parser.parse_args(argv))
    folder, drawn, count = (given.pop(name) for name in ("folder", "drawn", "views"))
    start = adversarial.prepare(given, NAME)
    images = views(count, *LARGE[1:]).images
    halves = None if drawn is None else np.load(drawn, mmap_mode="r")
    train(Recipe(**given), folder, images, halves, start=start)


if __name__ == "__main__":
    main()
