"""Sheets of tortoise acetate and boards of wood: smooth noise, coloured by depth, kept as small JPEGs.

Real fronts are milled from laminated sheets, so a few sheets are made once per colour and each frame is cut
from its own place on one of them.
"""

from base64 import b64encode
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.eyewear.materials import Rgb, hexed, mixed, shaded
from shared.eyewear.spec import Colour

SHEETS = 24
_PX_PER_MM = 2.2
_SHEET_MM = (200.0, 104.0)
_QUALITY = 82

# From the thinnest, most honeyed places to the darkest blotches: share of the sheet, colour.
_HAVANA: tuple[tuple[float, Rgb], ...] = (
    (0.00, (214, 148, 78)),
    (0.24, (184, 112, 50)),
    (0.38, (146, 82, 36)),
    (0.50, (92, 50, 25)),
    (0.64, (58, 32, 19)),
    (0.84, (36, 21, 15)),
    (1.00, (22, 14, 12)),
)
_CONFETTI: tuple[tuple[float, Rgb], ...] = (
    (0.00, (236, 190, 96)),
    (0.28, (214, 112, 92)),
    (0.48, (150, 70, 128)),
    (0.66, (58, 92, 158)),
    (0.84, (40, 128, 130)),
    (1.00, (26, 40, 70)),
)


def tortoise(seed: int, colour: Colour, tone: Rgb) -> str:
    """An SVG image with the id `sheet`: the sheet that `seed` picks, placed where `seed` cuts."""
    dx, dy = place(seed)
    return _image(_tortoise(seed % SHEETS, colour, hexed(tone)), dx, dy)


def place(seed: int) -> tuple[int, int]:
    """How far right and down, in mm, the middle of a tortoise sheet lies from the middle of the front."""
    cut = seed // SHEETS
    return (cut * 7) % 37 - 18, (cut * 5) % 21 - 10


def sheet_depth(sheet: int) -> NDArray[np.float64]:
    """Depth of one of the `SHEETS`, 229 × 440 pixels of 104 × 200 mm: its share of lighter places, 0 to 1."""
    return blotches(np.random.default_rng(7_000 + sheet), _PX_PER_MM)


def blotches(rng: np.random.Generator, px_per_mm: float = 1.0) -> NDArray[np.float64]:
    """Depth of a sheet that nobody has cut yet, 104 × 200 mm: 0 at its lightest place to 1 at its darkest."""
    coarse = _noise(rng, 8.5, 5.0, 3.0, px_per_mm)
    fine = 0.30 * _noise(rng, 3.6, 2.6, 2.4, px_per_mm)
    return _ranked(coarse + fine + 0.10 * _noise(rng, 1.2, 0.9, 2.0, px_per_mm))


def wood(seed: int, tone: Rgb) -> str:
    """An SVG image with the id `sheet`: the board that `seed` picks, of about the colour `tone`."""
    return _image(_wood(seed % SHEETS, hexed(tone)), seed // SHEETS % 31 - 15, 0)


def _image(data: str, dx: float, dy: float) -> str:
    w, h = _SHEET_MM
    return (
        f'<image id="sheet" x="{dx - w / 2:g}" y="{dy - h / 2:g}" width="{w:g}" height="{h:g}" '
        f'preserveAspectRatio="none" href="data:image/jpeg;base64,{data}"/>'
    )


@lru_cache(maxsize=2 * SHEETS)
def _tortoise(sheet: int, colour: Colour, tone: str) -> str:
    stops = _CONFETTI if colour is Colour.MULTICOLOR else _HAVANA
    if colour not in (Colour.BROWN, Colour.MULTICOLOR):
        stops = tuple((at, mixed(rgb, _deepened(tone, at), 0.62)) for at, rgb in stops)
    return _jpeg(_coloured(sheet_depth(sheet), stops))


def _deepened(tone: str, at: float) -> Rgb:
    """The sheet's own colour, from translucent light to nearly black."""
    r, g, b = (float(int(tone[i : i + 2], 16)) for i in (1, 3, 5))
    return shaded((r, g, b), max(-0.8, 0.45 - 1.25 * at))


@lru_cache(maxsize=2 * SHEETS)
def _wood(sheet: int, tone: str) -> str:
    rng = np.random.default_rng(9_000 + sheet)
    wave, fibre = _noise(rng, 90.0, 16.0, 3.0), _noise(rng, 26.0, 0.7, 1.2)
    y = np.arange(wave.shape[0])[:, None] / _PX_PER_MM
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * (y + 5.0 * wave) / 5.2)
    depth = np.clip(0.55 * rings**3 + 0.16 * fibre + 0.12 * wave + 0.25, 0, 1)
    r, g, b = (float(int(tone[i : i + 2], 16)) for i in (1, 3, 5))
    base = (r, g, b)
    return _jpeg(_coloured(depth, ((0.0, shaded(base, 0.20)), (0.5, base), (1.0, shaded(base, -0.5)))))


def _noise(
    rng: np.random.Generator, length: float, height: float, falloff: float, px_per_mm: float = _PX_PER_MM
) -> NDArray[np.float64]:
    """Smooth noise with blobs of about `length` × `height` mm and finer detail; zero mean, unit deviation."""
    nx, ny = (round(side * px_per_mm) for side in _SHEET_MM)
    fx = np.fft.rfftfreq(nx, 1 / px_per_mm) * length
    fy = np.fft.fftfreq(ny, 1 / px_per_mm)[:, None] * height
    power = (0.4 + fx**2 + fy**2) ** (-falloff / 2)
    spectrum = power * np.exp(2j * np.pi * rng.random((ny, fx.size)))
    field = np.fft.irfft2(spectrum, s=(ny, nx))
    return (field - field.mean()) / field.std()  # type: ignore[no-any-return]


def _ranked(field: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each value's share of smaller values, 0 to 1, read off a thousand quantiles."""
    levels = np.quantile(field, np.linspace(0, 1, 1001))
    return np.interp(field, levels, np.linspace(0, 1, 1001))


def _coloured(depth: NDArray[np.float64], stops: tuple[tuple[float, Rgb], ...]) -> NDArray[np.uint8]:
    at = [offset for offset, _ in stops]
    channels = [np.interp(depth, at, [rgb[i] for _, rgb in stops]) for i in range(3)]
    return np.stack(channels, axis=-1).clip(0, 255).astype(np.uint8)


def _jpeg(rgb: NDArray[np.uint8]) -> str:
    _, data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return b64encode(data.tobytes()).decode()
