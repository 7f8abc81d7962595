"""Put the trained generator into the models folder: `python -m training.gan.export`."""

import argparse
import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

from shared.settings import settings
from training import checkpoints, litert
from training.gan.networks import generator, prior, sampler
from training.gan.train import NAME, VIEWS, Recipe, recipe_of
from training.publish import publish
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=settings().data_dir / "training" / "gan")
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    parser.add_argument("--version", default="1")
    parser.add_argument("--views", type=int, default=VIEWS[0], help="frames it learnt from, for the card")
    parser.add_argument("--before", default="", help="what the run began with, for the card")
    given = parser.parse_args(argv)
    recipe = recipe_of(given.folder)
    core, learnt_prior, step = load(given.folder, recipe.width)
    model = sampler(core, learnt_prior)
    entry = {
        "name": NAME,
        "version": given.version,
        "file": f"{NAME}.tflite",
        "licence": "MIT; trained on our own renders alone",
        "purpose": "Draws eight right halves of frames from 46 wish numbers and noise.",
        "card": f"{NAME}.md",
    }
    told = {
        "version": given.version,
        "date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
        "before": f"{given.before}, then " if given.before else "",
        "did": _did(recipe, step),
        "weights": f"{core.count_params() + learnt_prior.count_params():,}",
        "views": f"{given.views:,}",
        "keras": litert.kept(model, given.folder / f"{NAME}.keras"),
    }
    publish(given.models, entry, litert.exported(model, CANDIDATES))
    text = _CARD.read_text(encoding="utf-8").format(**told)
    (given.models / entry["card"]).write_text(text, encoding="utf-8")
    print(f"{NAME} {given.version}: {told['weights']} weights after {step:,} steps")


def _did(recipe: Recipe, step: int) -> str:
    """The steps of each phase."""
    warm = min(step, recipe.warm)
    phases = {"of regression alone": warm, "against the discriminator too": step - warm}
    return ", ".join(f"{steps:,} steps of {recipe.batch} {how}" for how, steps in phases.items() if steps)


if __name__ == "__main__":
    main()
