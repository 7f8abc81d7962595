"""The judge: a tagger that had no part in any design, trained for judging alone: `python -m training.gan.judge`.

The shipped tagger chooses among candidates, so it cannot also say how good the choice is. The judge is another
network (`judge` in `training.tagger.network`), taught on other frames, sharp and blurred but never photographed,
because it only ever sees renders and drawings.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np

from shared.eyewear.locate import locate
from shared.settings import settings
from training.publish import publish
from training.renders import Views, views
from training.tagger.fit import exported, fit
from training.tagger.lessons import Lessons, target

NAME = "frame-judge"
FRAMES, SEED, STEPS = 16_000, 21, 4_500
_SIZE = 256  # width of the renders, pixels
_SOFTEST = 1.2  # pixels: sigma of the strongest blur


def lessons(found: Views, seed: int) -> Lessons:
    """Each view as the judge will see it, two thirds of them blurred a little.

    Args:
        found: Renders.
        seed: Of the blur.
    """
    rng = np.random.default_rng(seed)
    seen = [locate(np.asarray(view)).pixels for view in found.images]
    for i, sigma in enumerate(rng.uniform(-_SOFTEST / 2, _SOFTEST, len(seen))):
        if sigma > 0.2:  # noqa: PLR2004  less changes nothing
            seen[i] = np.asarray(cv2.GaussianBlur(seen[i], (0, 0), float(sigma)), np.uint8)
    return Lessons(np.stack(seen), np.array([target(spec) for spec in found.specs], np.float32))


def main(argv: Sequence[str] | None = None) -> None:
    """Train, and put the weights into the folder of models."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="of frames, weights and batches")
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--models", type=Path, default=settings().models_dir)
    parser.add_argument("--work", type=Path, default=settings().data_dir / "training")
    given = parser.parse_args(argv)
    taught = lessons(views(given.frames, given.seed, _SIZE, folder=given.work), given.seed)
    model = fit(taught, "judge", given.seed, given.steps, given.work / f"{NAME}.keras")
    entry = {
        "name": NAME,
        "version": "2",
        "file": f"{NAME}.tflite",
        "licence": "MIT; trained on our own renders alone",
        "purpose": "Judges designs: reads a drawn frame without having had a part in drawing or choosing it.",
        "card": f"{NAME}.md",
    }
    publish(given.models, entry, exported(model))
    print(f"{NAME}: {model.count_params():,} weights after {given.steps:,} steps")


if __name__ == "__main__":
    main()
