"""Put the trained enlarger into the models folder: `python -m training.sr.export`."""

import argparse
import datetime as dt
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

from shared.settings import settings
from training import checkpoints, litert
from training.publish import publish
from training.sr.networks import enlarger
from training.sr.train import HELD_OUT, LARGE, Recipe

NAME = "frame-enlarger"
_CARD = Path(__file__).with_name("card.md")


def load(folder: Path, blocks: int = Recipe.blocks, width: int = Recipe.width) -> tuple[keras.Model, int]:
    """The enlarger of a run, for halves with their margin, in single precision, and the step it is of."""
    keras.mixed_precision.set_global_policy("float32")
    model = enlarger(blocks, width)
    return model, checkpoints.load(folder / "checkpoint.npz", {"enlarger": model})


def main() -> None:
    """Export, list and describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=settings().data_dir / "training" / "sr")
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    parser.add_argument("--version", default="1")
    given = parser.parse_args()
    model, step = load(given.folder)
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
        "steps": f"{step:,}",
        "warm": f"{min(step, Recipe.warm):,}",
        "weights": f"{model.count_params():,}",
        "blocks": Recipe.blocks,
        "width": Recipe.width,
        "views": f"{LARGE[0] - HELD_OUT:,}",
        "held_out": HELD_OUT,
        "keras": litert.kept(model, given.folder / f"{NAME}.keras"),
    }
    publish(given.models, entry, litert.exported(model, 1))
    (given.models / entry["card"]).write_text(
        _CARD.read_text(encoding="utf-8").format(**told), encoding="utf-8"
    )
    print(f"{NAME} {given.version}: {told['weights']} weights after {told['steps']} steps")


if __name__ == "__main__":
    main()
