"""What the enlarger learns from: patches of large views, and the same averaged down four times."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from training.gan.pairs import half, on_white, unit
from training.sr.networks import MARGIN, TIMES

Floats = NDArray[np.float32]
_TRIES = 4
_LEAST_COVER = 5.0  # of 255: mean alpha of a patch worth learning from


class Patches(NamedTuple):
    """Row i of both is one patch: colour on white, and alpha, 0 to 1.

    Attributes:
        small: (n, s, s, 4).
        large: (n, 4s, 4s, 4).
    """

    small: Floats
    large: Floats


def patches(
    images: NDArray[np.uint8],
    drawn: NDArray[np.uint8] | None,
    *,
    count: int,
    side: int,
    seed: tuple[int, ...],
) -> Patches:
    """Random patches with something on them.

    Args:
        images: (n, h, w, 4) whole canvases, straight alpha.
        drawn: (n, 64, 80, 4) the generator's drawing of the same frames: every other patch is then taken from
            it, so that the enlarger also learns to sharpen what it will be given.
        count: How many.
        side: Of the small patch.
        seed: Which.
    """
    rng = np.random.default_rng(seed)
    found = [_patch(images, drawn if i % 2 else None, side, rng) for i in range(count)]
    small, large = (np.stack([pair[part] for pair in found]) for part in (0, 1))
    return Patches(small, large)


def _patch(
    images: NDArray[np.uint8], drawn: NDArray[np.uint8] | None, side: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    for attempt in range(_TRIES):
        row = int(rng.integers(len(images)))
        whole = half(images[row])
        x, y = (int(rng.integers(0, size // TIMES - side + 1)) for size in (whole.shape[1], whole.shape[0]))
        large = whole[TIMES * y : TIMES * (y + side), TIMES * x : TIMES * (x + side)]
        if large[..., 3].mean() > _LEAST_COVER or attempt == _TRIES - 1:
            break
    goal = unit(on_white(large))
    return (shrunk(goal) if drawn is None else unit(drawn[row, y : y + side, x : x + side])), goal


def shrunk(picture: Floats) -> Floats:
    """Averaged down four times."""
    size = (picture.shape[1] // TIMES, picture.shape[0] // TIMES)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def with_margin(halves: Floats) -> Floats:
    """Right halves (n, h, w, 4) with their mirrored neighbourhood at the left: (n, h, w + MARGIN, 4)."""
    return np.concatenate([halves[:, :, MARGIN - 1 :: -1], halves], axis=2)


def without_margin(large: Floats) -> Floats:
    """The enlarged half alone."""
    return large[:, :, TIMES * MARGIN :]
