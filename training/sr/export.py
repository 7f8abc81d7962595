"""Put the trained enlarger into the models folder: `python -m training.sr.export`."""

from collections.abc import Sequence
from pathlib import Path

import keras

from training import checkpoints, exporting
from training.sr.networks import enlarger
from training.sr.train import LARGE, NAME, Recipe

_CARD = Path(__file__).with_name("card.md")


def load(folder: Path, recipe: Recipe) -> tuple[keras.Model, int]:
    """The enlarger of a run, for halves with their margin, in single precision, and the step it is of."""
    keras.mixed_precision.set_global_policy("float32")
    model = enlarger(recipe.blocks, recipe.width)
    return model, checkpoints.load(folder / "checkpoint.npz", {"enlarger": model})


def main(argv: Sequence[str] | None = None) -> None:
    """Export, list and describe."""
    given = exporting.options(__doc__, "sr", LARGE[0]).parse_args(argv)
    recipe = Recipe.of(given.folder)
    model, step = load(given.folder, recipe)
    also = "also against a discriminator on patches"
    exporting.export(
        given,
        NAME,
        "Enlarges a drawn half frame four times.",
        model,
        1,
        _CARD,
        did=exporting.phases(recipe, step, "on absolute errors alone", also),
        weights=f"{model.count_params():,}",
        blocks=recipe.blocks,
        width=recipe.width,
    )


if __name__ == "__main__":
    main()
