"""Views as the networks see them: right halves on white, and what is known of each."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.eyewear.spec import FrameSpec
from shared.eyewear.texture import SHEETS, place, sheet_depth
from training.gan.knowns import Floats, Knowns, knowns, shown
from training.gan.networks import HEIGHT, WIDTH
from training.renders import Views

_PART = 2_000


class Pairs(NamedTuple):
    """Row i is one frame.

    Attributes:
        condition: (n, 46).
        style: (n, STYLE).
        halves: (n, 64, 80, 4) uint8: colour on white, and alpha.
        pattern: (n, 64, 80, 1) uint8: depth of the sheet of tortoise that it was cut from, or would have been.
    """

    condition: Floats
    style: Floats
    halves: NDArray[np.uint8]
    pattern: NDArray[np.uint8]

    def some(self, rows: slice | NDArray[np.int64]) -> Self:
        """These rows alone."""
        return self._replace(**{name: part[rows] for name, part in self._asdict().items()})


def pairs(found: Views, seed: int = 0) -> Pairs:
    """Everything the generator learns from, out of views 160 pixels wide."""
    kept = np.flatnonzero(shown(found))
    known: Knowns = knowns(found, seed)
    halves = np.empty((len(kept), HEIGHT, WIDTH, 4), np.uint8)
    for start in range(0, len(kept), _PART):
        rows = kept[start : start + _PART]
        halves[start : start + len(rows)] = on_white(half(found.images[rows]))
    return Pairs(known.condition[kept], known.style[kept], halves, patterns([found.specs[i] for i in kept]))


def patterns(specs: Sequence[FrameSpec]) -> NDArray[np.uint8]:
    """Where each frame's right half lies on its sheet of tortoise, at a millimetre a pixel: (n, 64, 80, 1)."""
    sheets = _sheets()
    found = np.empty((len(specs), HEIGHT, WIDTH, 1), np.uint8)
    for i, spec in enumerate(specs):
        sheet = sheets[spec.seed % SHEETS]
        right, down = place(spec.seed)
        top, left = (sheet.shape[0] - HEIGHT) // 2 - down, sheet.shape[1] // 2 - right
        found[i, ..., 0] = sheet[top : top + HEIGHT, left : left + WIDTH]
    return found


@lru_cache(maxsize=1)
def _sheets() -> NDArray[np.uint8]:
    """Depth of all sheets, 104 × 200 pixels each, in 255ths."""
    size = (200, 104)
    depths = [cv2.resize(sheet_depth(i), size, interpolation=cv2.INTER_AREA) for i in range(SHEETS)]
    return np.round(255 * np.stack(depths)).astype(np.uint8)


def half(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The right half of canvases (…, h, w, c), without the empty tenths above and below: 4 : 5."""
    high, wide = images.shape[-3:-1]
    return images[..., high // 10 : high - high // 10, wide // 2 :, :]


def on_white(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Straight alpha to colour on white, beside the alpha."""
    alpha = images[..., 3:].astype(np.uint16)
    colour = (images[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return np.concatenate([colour, alpha], axis=-1).astype(np.uint8)


def level(pattern: NDArray[np.uint8]) -> Floats:
    """A pattern from 0 … 255 to -1 … 1."""
    return (pattern / np.float32(127.5) - 1).astype(np.float32)


def unit(images: NDArray[np.uint8]) -> Floats:
    """From 0 … 255 to 0 … 1."""
    return (images / np.float32(255)).astype(np.float32)
