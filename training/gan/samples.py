"""Sheets to look at: a gallery of wishes by seeds, and random designs beside the renders whose numbers they had."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.eyewear.render import render_rgba
from shared.eyewear.spec import FrameSpec
from workers.gan.condition import FEATURES, Floats
from workers.gan.designer import Designer

Rgb = NDArray[np.uint8]

# Rows of the gallery; sizes and the rest are medium.
WISHES = (
    ("rectangle", "full_rim", "plastic", "black", "upper_flat"),
    ("square", "full_rim", "plastic", "blue", "upper_smoothed"),
    ("oval", "semi_rim", "metal", "gold", "upper_round"),
    ("round", "full_rim", "metal", "silver", "upper_round"),
    ("aviator", "full_rim", "metal", "gold", "upper_smoothed"),
    ("cat_eye", "full_rim", "plastic", "red", "upper_angry"),
    ("other_shape", "rimless", "metal", "grey", "upper_flat"),
    ("clubmaster", "full_rim", "plastic", "brown", "upper_smoothed"),
    ("walnut", "full_rim", "plastic", "transparent", "upper_round"),
    ("wayfarer", "full_rim", "plastic", "green", "upper_smoothed"),
    ("square", "full_rim", "plastic", "multicolor", "upper_flat"),
)
_USUAL = ("height_medium", "width_medium")
_CELL = (320, 128)  # pixels of one design on a sheet


def wish_condition(words: Sequence[str]) -> Floats:
    """The 46 numbers of a few words."""
    on = {*words, *_USUAL}
    numbers = [float(name in on) for name in FEATURES]
    numbers[FEATURES.index("nose_pads")] = float("metal" in on)
    numbers[FEATURES.index("angular")] = 0.5
    return np.array(numbers, np.float32)


def gallery(artist: Designer, file: Path, seeds: int = 6) -> None:
    """Write the rows of `WISHES`, each drawn with that many seeds."""
    rows = [
        [_cell(artist.draw(wish_condition(words), seed, 0).pixels) for seed in range(seeds)]
        for words in WISHES
    ]
    _write(file, rows)


def beside(
    designs: Sequence[NDArray[np.uint8]], specs: Sequence[FrameSpec], file: Path, across: int = 4
) -> None:
    """Write designs, each below the render whose 46 numbers it was asked for."""
    cells = [
        np.vstack([_cell(cropped(render_rgba(spec, 2 * _CELL[0]))), _cell(design)])
        for design, spec in zip(designs, specs, strict=True)
    ]
    _write(file, [cells[i : i + across] for i in range(0, len(cells), across)])


def cropped(view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A render's canvas without the empty tenths above and below, as designs have it."""
    high = len(view)
    return view[high // 10 : high - high // 10]


def _cell(pixels: NDArray[np.uint8]) -> Rgb:
    share = pixels[..., 3:].astype(np.float32) / 255
    flat = pixels[..., :3] * share + 255 * (1 - share)
    return np.asarray(cv2.resize(flat.astype(np.uint8), _CELL, interpolation=cv2.INTER_AREA), np.uint8)


def _write(file: Path, rows: Sequence[Sequence[Rgb]]) -> None:
    blank = np.full_like(rows[0][0], 255)
    sheet = np.vstack([np.hstack([*row, *[blank] * (len(rows[0]) - len(row))]) for row in rows])
    cv2.imwrite(str(file), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, 85])
