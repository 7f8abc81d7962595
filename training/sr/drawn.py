"""How the exported generator draws the frames of the large views: `python -m training.sr.drawn FILE.npy`.

Half of the enlarger's lessons start from these, so that it learns to sharpen what it will be given.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from shared.models import find, load_verified
from training import litert
from training.gan.knowns import FREE, knowns
from training.gan.networks import generator, picture
from training.gan.pairs import level, patterns
from training.gan.train import NAME, Recipe
from training.renders import Views, views
from training.sr.train import LARGE

_PART = 64


def drawn(core: keras.Model, found: Views) -> NDArray[np.uint8]:
    """Each view's right half as the generator draws it from what is known of it: (n, 64, 80, 4)."""
    condition, style = knowns(found)
    free = np.random.default_rng(0).normal(size=(len(style), FREE)).astype(np.float32)
    given = np.concatenate([condition, style, free], axis=1)
    depth = level(patterns(found.specs))
    parts = [
        ops.convert_to_numpy(picture(core([given[i : i + _PART], depth[i : i + _PART]])))
        for i in range(0, len(given), _PART)
    ]
    return np.round(255 * np.concatenate(parts)).astype(np.uint8)


def main(argv: Sequence[str] | None = None) -> None:
    """Draw and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--width", type=int, default=Recipe.width, help="of the generator")
    parser.add_argument("--views", type=int, default=LARGE[0], help="how many of the large views")
    given = parser.parse_args(argv)
    core = generator(given.width)
    litert.regain(load_verified(NAME), core)
    np.save(given.file, drawn(core, views(given.views, *LARGE[1:])))
    print(f"drawn by {NAME} {find(NAME).version}")


if __name__ == "__main__":
    main()
