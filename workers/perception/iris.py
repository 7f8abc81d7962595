"""Iris colour, balanced by the white of the eye: two studios then agree (docs/09-perception.md)."""

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.perception.eyes import Eye
from workers.perception.photo import Pixels

# Between pupil and rim, in radii; and where the white begins.
_INNER, _OUTER, _WHITE = 0.45, 0.9, 1.15
# With less the colour is that of the lashes.
_MIN_RADIUS = 3.5
_MIN_RING, _MIN_WHITE = 8, 6
# The lightest fifth of the ring is a reflection of the window.
_REFLECTION = 0.8

# Below this sRGB is a straight line.
_TOE = 0.04045

Rgb = NDArray[np.float64]


def iris_colour(rgb: Pixels, eyes: tuple[Eye, Eye]) -> NDArray[np.float64] | None:
    """CIELAB of the irises as if the white of the eye were grey; None where they are too small or covered."""
    read = [_balanced(rgb, eye) for eye in eyes if eye.radius >= _MIN_RADIUS]
    seen = [colour for colour in read if colour is not None]
    if not seen:
        return None
    linear = np.clip(np.mean(seen, axis=0), 0, 1).astype(np.float32)
    lab = cv2.cvtColor(linear[np.newaxis, np.newaxis], cv2.COLOR_LRGB2LAB)
    return np.asarray(lab[0, 0], dtype=np.float64)


def _balanced(rgb: Pixels, eye: Eye) -> Rgb | None:
    """Linear RGB of the iris, each channel divided by what the white of the eye has too much of it."""
    reach = 4 * eye.radius
    left, top = (max(int(value), 0) for value in eye.centre - reach)
    right, bottom = (int(value) + 2 for value in eye.centre + reach)
    part = rgb[top:bottom, left:right]
    if part.size == 0:
        return None
    opening = np.zeros(part.shape[:2], np.uint8)
    cv2.fillPoly(opening, [np.round(eye.outline - (left, top)).astype(np.int32)], 1)
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]] + 0.5
    radii = np.hypot(columns + left - eye.centre[0], rows + top - eye.centre[1]) / eye.radius
    ring = part[(opening > 0) & (radii > _INNER) & (radii < _OUTER)]
    white = part[(opening > 0) & (radii > _WHITE)]
    if len(ring) < _MIN_RING or len(white) < _MIN_WHITE:
        return None
    iris = _linear(_median_of(ring, 0.0, _REFLECTION))
    ground = np.maximum(_linear(_median_of(white, 0.5, 1.0)), 1e-3)
    return np.asarray(iris / ground * ground.mean())


def _median_of(pixels: Pixels, low: float, high: float) -> Rgb:
    """The median of the pixels whose brightness lies between two quantiles."""
    brightness = pixels.sum(axis=1, dtype=np.int64)
    least, most = np.quantile(brightness, [low, high])
    return np.asarray(np.median(pixels[(brightness >= least) & (brightness <= most)], axis=0))


def _linear(rgb: Rgb) -> Rgb:
    """Linear light 0 to 1 of sRGB 0 to 255 (IEC 61966-2-1)."""
    value = rgb / 255
    return np.asarray(np.where(value <= _TOE, value / 12.92, ((value + 0.055) / 1.055) ** 2.4))
