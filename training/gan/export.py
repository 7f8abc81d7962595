"""Put the trained generator into the models folder: `python -m training.gan.export`."""

import argparse
import datetime as dt
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

from shared.settings import settings
from training import checkpoints, litert
from training.gan.networks import generator, prior, sampler
from training.gan.train import HELD_OUT, VIEWS, Recipe
from training.publish import publish
from workers.gan.networks import CANDIDATES

NAME = "frame-generator"
_CARD = Path(__file__).with_name("card.md")


def load(folder: Path, width: int = Recipe.width) -> tuple[keras.Model, keras.Model, int]:
    """The averaged generator and the prior of a run, in single precision, and the step they are of."""
    keras.mixed_precision.set_global_policy("float32")
    parts = {"mean": generator(width), "prior": prior()}
    step = checkpoints.load(folder / "checkpoint.npz", parts)
    return parts["mean"], parts["prior"], step


def main() -> None:
    """Export, list and describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=settings().data_dir / "training" / "gan")
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    parser.add_argument("--version", default="1")
    parser.add_argument("--width", type=int, default=Recipe.width)
    given = parser.parse_args()
    core, learnt_prior, step = load(given.folder, given.width)
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
        "steps": f"{step:,}",
        "warm": f"{min(step, Recipe.warm):,}",
        "weights": f"{core.count_params() + learnt_prior.count_params():,}",
        "views": f"{VIEWS[0]:,}",
        "held_out": f"{HELD_OUT[0]:,}",
        "keras": litert.kept(model, given.folder / f"{NAME}.keras"),
    }
    publish(given.models, entry, litert.exported(model, CANDIDATES))
    (given.models / entry["card"]).write_text(
        _CARD.read_text(encoding="utf-8").format(**told), encoding="utf-8"
    )
    print(f"{NAME} {given.version}: {told['weights']} weights after {told['steps']} steps")


if __name__ == "__main__":
    main()
