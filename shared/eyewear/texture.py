"""Sheets of tortoise acetate and of wood: level lines of smooth noise, as paths.

Real fronts are milled from laminated sheets, so a few sheets are made once and each frame is cut from its own
place on one of them.
"""

from functools import lru_cache

import numpy as np
from contourpy import FillType, contour_generator
from numpy.typing import NDArray

from shared.eyewear.svg import ring

SHEETS = 16
_STEP_MM = 1.1
_SHEET_MM = (200.0, 110.0)
_GRAIN = (8.0, 4.2)  # typical length and height of a tortoise blotch, mm


def _noise(rng: np.random.Generator, length: float, height: float, falloff: float) -> NDArray[np.float64]:
    """Smooth noise with blobs of about `length` × `height` mm and finer detail; zero mean, unit deviation."""
    nx, ny = (round(side / _STEP_MM) for side in _SHEET_MM)
    fx = np.fft.rfftfreq(nx, _STEP_MM) * length
    fy = np.fft.fftfreq(ny, _STEP_MM)[:, None] * height
    power = (0.15 + fx**2 + fy**2) ** (-falloff / 2)
    power[np.hypot(fx, fy) > 3.2] = 0
    spectrum = power * np.exp(2j * np.pi * rng.random((ny, fx.size)))
    field = np.fft.irfft2(spectrum, s=(ny, nx))
    return (field - field.mean()) / field.std()  # type: ignore[no-any-return]


def _above(field: NDArray[np.float64], level: float) -> str:
    """Path data of where `field` exceeds `level`, on a sheet centred on 0."""
    ny, nx = field.shape
    x = (np.arange(nx) - (nx - 1) / 2) * _STEP_MM
    y = (np.arange(ny) - (ny - 1) / 2) * _STEP_MM
    lines, _ = contour_generator(x, y, field, fill_type=FillType.OuterOffset).filled(level, 1e9)
    return "".join(ring(points[:-1]) for points in lines if len(points) > 5)


@lru_cache(maxsize=SHEETS)
def tortoise(sheet: int) -> tuple[str, ...]:
    """Path data of one sheet's layers, outermost and lightest first; drawn over each other they darken softly."""
    rng = np.random.default_rng(7_000 + sheet % SHEETS)
    broad = _noise(rng, *_GRAIN, 2.6)
    fine = _noise(rng, 4.5, 2.6, 2.2)
    field = broad + 0.28 * fine
    marks = np.quantile(field, (0.40, 0.47, 0.54, 0.66, 0.74, 0.82))
    return tuple(_above(field, float(level)) for level in marks)


@lru_cache(maxsize=SHEETS)
def wood(sheet: int) -> tuple[str, ...]:
    """Path data of a board's grain, broad bands first."""
    rng = np.random.default_rng(9_000 + sheet % SHEETS)
    wave = _noise(rng, 60.0, 8.0, 3.0)
    ny, _ = wave.shape
    y = np.arange(ny)[:, None] * _STEP_MM
    rings = np.sin(2 * np.pi * (y + 5.5 * wave) / 4.4) + 0.5 * _noise(rng, 30.0, 1.6, 1.4)
    return tuple(_above(rings, float(level)) for level in np.quantile(rings, (0.5, 0.72, 0.88)))
