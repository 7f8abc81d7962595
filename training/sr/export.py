"""Put the trained enlarger into the models folder: `python -m training.sr.export`."""

import argparse
import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

from shared.settings import settings
from training import checkpoints, litert
from training.publish import publish
from training.sr.networks import enlarger
from training.sr.train import LARGE, NAME, Recipe, recipe_of

_CARD = Path(__file__).with_name("card.md")


def load(folder: Path, recipe: Recipe) -> tuple[keras.Model, int]:
    """The enlarger of a run, for halves with their margin, in single precision, and the step it is of."""
    keras.mixed_precision.set_global_policy("float32")
    model = enlarger(recipe.blocks, recipe.width)
    return model, checkpoints.load(folder / "checkpoint.npz", {"enlarger": model})


def main(argv: Sequence[str] | None = None) -> None:
    """Export, list and describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=settings().data_dir / "training" / "sr")
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    parser.add_argument("--version", default="1")
    parser.add_argument("--views", type=int, default=LARGE[0], help="renders it learnt from, for the card")
    parser.add_argument("--before", default="", help="what the run began with, for the card")
    given = parser.parse_args(argv)
    recipe = recipe_of(given.folder)
    model, step = load(given.folder, recipe)
    entry = {
        "name": NAME,
        "version": given.version,
        "file": f"{NAME}.tflite",
        "licence": "MIT; trained on our own renders alone",
        "purpose": "Enlarges a drawn half frame four times.",
        "card": f"{NAME}.md",
    }
    told = {
        "version": given.version,
        "date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
        "before": f"{given.before}, then " if given.before else "",
        "did": _did(recipe, step),
        "weights": f"{model.count_params():,}",
        "blocks": recipe.blocks,
        "width": recipe.width,
        "views": f"{given.views:,}",
        "keras": litert.kept(model, given.folder / f"{NAME}.keras"),
    }
    publish(given.models, entry, litert.exported(model, 1))
    text = _CARD.read_text(encoding="utf-8").format(**told)
    (given.models / entry["card"]).write_text(text, encoding="utf-8")
    print(f"{NAME} {given.version}: {told['weights']} weights after {step:,} steps")


def _did(recipe: Recipe, step: int) -> str:
    """The steps of each phase."""
    warm = min(step, recipe.warm)
    phases = {"on absolute errors alone": warm, "also against a discriminator on patches": step - warm}
    return ", ".join(f"{steps:,} steps of {recipe.batch} {how}" for how, steps in phases.items() if steps)


if __name__ == "__main__":
    main()
