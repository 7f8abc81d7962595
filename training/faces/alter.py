"""How photos differ: light, colour, focus, compression, and how the head is cut."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.perception.photo import Pixels

Matrix = NDArray[np.float64]
Random = np.random.Generator


class Spread(NamedTuple):
    """How far a cut may be turned (degrees), scaled and shifted (shares of its side)."""

    degrees: float = 12
    scale: float = 0.12
    shift: float = 0.05


def placed(rng: Random, size: int, spread: Spread) -> Matrix:
    """A 2 × 3 matrix that turns, scales, shifts and by chance mirrors a cut of `size` pixels."""
    angle = np.radians(rng.uniform(-spread.degrees, spread.degrees))
    scale = np.exp(rng.uniform(-spread.scale, spread.scale))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if rng.random() < 0.5:  # noqa: PLR2004  a coin
        turn = turn @ np.diag([-1.0, 1.0])
    middle = np.full(2, size / 2)
    shift = rng.uniform(-spread.shift, spread.shift, 2) * size
    return np.column_stack([turn, middle - turn @ middle + shift])


def lit(rgb: Pixels, rng: Random) -> Pixels:
    """Other exposure, contrast, colour of the light and side that it comes from."""
    light = np.exp(rng.normal(0, 0.18)) * np.exp(rng.normal(0, 0.06, 3))
    gamma = np.exp(rng.normal(0, 0.15))
    ramp = 1 + rng.normal(0, 0.1) * np.linspace(-1, 1, rgb.shape[1])[np.newaxis, :, np.newaxis]
    value = (rgb.astype(np.float64) / 255) ** gamma * light * ramp
    return np.asarray(np.clip(value, 0, 1) * 255, np.uint8)


def worn(rgb: Pixels, rng: Random) -> Pixels:
    """Blurred, made small, compressed or noisy, each by chance."""
    if rng.random() < 0.3:  # noqa: PLR2004
        factor = rng.uniform(0.3, 0.9)
        small = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        rgb = cv2.resize(small, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    if rng.random() < 0.3:  # noqa: PLR2004
        quality = int(rng.integers(30, 90))
        rgb = compressed(rgb, quality)
    if rng.random() < 0.3:  # noqa: PLR2004
        noise = rng.normal(0, rng.uniform(2, 8), rgb.shape)
        rgb = np.clip(rgb + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.08:  # noqa: PLR2004
        rgb = np.repeat(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[..., np.newaxis], 3, axis=2).astype(np.uint8)
    return rgb


def compressed(rgb: Pixels, quality: int) -> Pixels:
    """As a JPEG of that quality shows it."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    bgr = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert bgr is not None, "it was encoded just now"
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8)
