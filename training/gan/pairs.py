"""Views as the networks see them: right halves on white, and what is known of each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    """

    condition: Floats
    style: Floats
    halves: NDArray[np.uint8]


def pairs(found: Views, seed: int = 0) -> Pairs:
    """Everything the generator learns from, out of views 160 pixels wide."""
    kept = np.flatnonzero(shown(found))
    known: Knowns = knowns(found, seed)
    halves = np.empty((len(kept), HEIGHT, WIDTH, 4), np.uint8)
    for start in range(0, len(kept), _PART):
        rows = kept[start : start + _PART]
        halves[start : start + len(rows)] = on_white(half(found.images[rows]))
    return Pairs(known.condition[kept], known.style[kept], halves)


def half(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The right half of canvases (…, h, w, c), without the empty tenths above and below: 4 : 5."""
    high, wide = images.shape[-3:-1]
    return images[..., high // 10 : high - high // 10, wide // 2 :, :]


def on_white(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Straight alpha to colour on white, beside the alpha."""
    alpha = images[..., 3:].astype(np.uint16)
    colour = (images[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return np.concatenate([colour, alpha], axis=-1).astype(np.uint8)


def unit(images: NDArray[np.uint8]) -> Floats:
    """From 0 … 255 to 0 … 1."""
    return (images / np.float32(255)).astype(np.float32)
