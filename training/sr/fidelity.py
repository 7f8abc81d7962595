"""How true the enlargement is, beside bicubic interpolation: PSNR and SSIM of renders averaged down and enlarged."""

from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from training.gan.pairs import half, on_white, unit
from training.sr.patches import shrunk, with_margin, without_margin
from workers.gan.networks import Network

Floats = NDArray[np.float32]

_SIGMA, _C1, _C2 = 1.5, 0.01**2, 0.03**2  # of SSIM, as Wang et al. 2004 have them


class Fidelity(NamedTuple):
    """Means over pictures, colour on white, 0 to 1.

    Attributes:
        psnr: dB.
        ssim: Of brightness.
    """

    psnr: float
    ssim: float


def fidelity(enlarger: Network, views: Iterable[NDArray[np.uint8]]) -> tuple[Fidelity, Fidelity]:
    """The network's, and that of bicubic interpolation.

    Args:
        enlarger: As the worker loads it.
        views: (320, 640, 4) renders, straight alpha.
    """
    ours, plain = [], []
    for view in views:
        true = unit(on_white(half(view)))
        small = shrunk(true)
        made = without_margin(enlarger(picture=with_margin(small[np.newaxis])))[0]
        size = (true.shape[1], true.shape[0])
        bicubic = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.float32)
        ours.append(_compare(made, true))
        plain.append(_compare(bicubic, true))
    return Fidelity(*np.mean(ours, axis=0)), Fidelity(*np.mean(plain, axis=0))


def _compare(made: Floats, true: Floats) -> tuple[float, float]:
    one, other = (np.clip(picture[..., :3], 0, 1) for picture in (made, true))
    error = float(np.square(one - other).mean())
    return -10 * float(np.log10(max(error, 1e-10))), ssim(_brightness(one), _brightness(other))


def _brightness(rgb: Floats) -> Floats:
    return np.asarray(rgb @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)


def ssim(one: Floats, other: Floats) -> float:
    """Structural similarity of two pictures (h, w), 0 to 1 each; 1 is the same."""
    a, b = _blurred(one), _blurred(other)
    aa, bb, ab = _blurred(one * one) - a * a, _blurred(other * other) - b * b, _blurred(one * other) - a * b
    likeness = (2 * a * b + _C1) * (2 * ab + _C2) / ((a * a + b * b + _C1) * (aa + bb + _C2))
    return float(likeness.mean())


def _blurred(picture: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(picture, (11, 11), _SIGMA), np.float32)
