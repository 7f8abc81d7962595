"""Put the trained generator into the models folder: `python -m training.gan.export`."""

from collections.abc import Sequence
from pathlib import Path

import keras

from training import checkpoints, exporting
from training.gan.networks import generator, prior, sampler
from training.gan.train import NAME, VIEWS, Recipe
from workers.gan.networks import CANDIDATES

_CARD = Path(__file__).with_name("card.md")


def load(folder: Path, width: int) -> tuple[keras.Model, keras.Model, int]:
    """The averaged generator and the prior of a run, in single precision, and the step they are of."""
    keras.mixed_precision.set_global_policy("float32")
    parts = {"mean": generator(width), "prior": prior()}
    step = checkpoints.load(folder / "checkpoint.npz", parts)
    return parts["mean"], parts["prior"], step


def main(argv: Sequence[str] | None = None) -> None:
    """Export, list and describe."""
    given = exporting.options(__doc__, "gan", VIEWS[0]).parse_args(argv)
    recipe = Recipe.of(given.folder)
    core, learnt_prior, step = load(given.folder, recipe.width)
    exporting.export(
        given,
        NAME,
        "Draws eight right halves of frames from 46 wish numbers and noise.",
        sampler(core, learnt_prior),
        CANDIDATES,
        _CARD,
        did=exporting.phases(recipe, step, "of regression alone", "against the discriminator too"),
        weights=f"{core.count_params() + learnt_prior.count_params():,}",
    )


if __name__ == "__main__":
    main()
