"""Renders made to look like product photos: grounds, shadows, prints on lenses, light, blur and JPEG."""

import cv2
import numpy as np
from numpy.typing import NDArray

from training.renders import premultiplied, straight

Pixels = NDArray[np.uint8]
Values = NDArray[np.float32]

_MARGIN = (0.02, 0.22)  # of the width, around the view
_WORDS = ("OPTICS", "Eyewear", "No 7", "MODA", "vision", "EST 1998", "lens")
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX_SMALL, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)


def photographed(view: Pixels, rng: np.random.Generator) -> Pixels:
    """One product photo of a view.

    Args:
        view: (h, w, 4), straight alpha.
        rng: Where chance comes from.

    Returns:
        RGB, about as large as the view; every sixth keeps its alpha, as cut-out photos do.
    """
    page = _moved(view, rng)
    if _chance(rng, 1 / 6):
        return np.dstack([_lit(page[..., :3].astype(np.float32), rng), page[..., 3]])
    ground = _ground(page.shape[:2], rng)
    if _chance(rng, 0.6):
        ground = _shadowed(ground, page[..., 3], rng)
    share = page[..., 3:].astype(np.float32) / 255
    photo = np.asarray(page[..., :3] * share + ground * (1 - share), np.float32)
    if _chance(rng, 0.25):
        _print(photo, page[..., 3], rng)
    if _chance(rng, 0.3):
        photo = _reflected(photo, rng)
    return _taken(_lit(photo, rng), rng)


def _chance(rng: np.random.Generator, share: float) -> bool:
    return bool(rng.random() < share)


def _moved(view: Pixels, rng: np.random.Generator) -> Pixels:
    """Scaled, turned a little, seen from slightly above or aside, somewhere on a larger page."""
    height, width = view.shape[:2]
    margin = int(width * rng.uniform(*_MARGIN))
    scale = rng.uniform(0.72, 1.05)
    turn = np.deg2rad(np.clip(rng.normal(0, 1.2), -4, 4))
    squeeze = scale * (1 + np.clip(rng.normal(0, 0.035), -0.1, 0.1))
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[scale * cos, -squeeze * sin, 0], [scale * sin, squeeze * cos, 0]])
    size = (width + 2 * margin, height + 2 * margin)
    spare = (size[0] - scale * width, size[1] - squeeze * height)
    middle = np.array([width / 2, height / 2])
    goal = np.array(size) / 2 + rng.uniform(-0.2, 0.2, 2) * np.maximum(spare, 0)
    matrix[:, 2] = goal - matrix[:, :2] @ middle
    known = cv2.warpAffine(premultiplied(view), matrix, size, flags=cv2.INTER_LINEAR)
    return straight(np.asarray(known, np.float32))


def _ground(size: tuple[int, int], rng: np.random.Generator) -> Values:
    """White most often; light grey, pastel, or falling off."""
    if _chance(rng, 0.5):
        colour = np.full(3, rng.uniform(250, 255))
    elif _chance(rng, 0.5):
        colour = np.full(3, rng.uniform(215, 252)) + rng.uniform(-3, 3, 3)
    else:
        colour = rng.uniform(185, 252, 3)
    page = np.empty((*size, 3), np.float32)
    page[:] = np.clip(colour, 0, 255)
    if _chance(rng, 0.25):
        page *= np.linspace(1, rng.uniform(0.9, 1.0), size[0], dtype=np.float32)[:, None, None]
    return page


def _shadowed(ground: Values, alpha: Pixels, rng: np.random.Generator) -> Values:
    """The soft shadow of what stands or hangs there."""
    blur = float(rng.uniform(2, 7))
    down = int(rng.integers(1, 9))
    cast = cv2.GaussianBlur(np.roll(alpha, down, axis=0), (0, 0), blur).astype(np.float32) / 255
    cast *= np.linspace(rng.uniform(0, 0.6), 1, len(cast), dtype=np.float32)[:, None]
    return np.asarray(ground * (1 - rng.uniform(0.05, 0.35) * cast[..., None]), np.float32)


def _print(photo: Values, alpha: Pixels, rng: np.random.Generator) -> None:
    """A maker's word on one lens."""
    height, width = alpha.shape
    side = rng.choice((0.25, 0.6)) * width
    place = (int(side + rng.uniform(0, 0.1) * width), int(height * rng.uniform(0.45, 0.62)))
    ink, size = rng.uniform(0, 230, 3), rng.uniform(0.22, 0.4)
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    word = np.zeros((height, width), np.uint8)
    cv2.putText(word, str(rng.choice(_WORDS)), place, font, size, (255,), 1, cv2.LINE_AA)
    photo += (ink - photo) * np.where(alpha > 0, word / 255, 0)[..., None]


def _reflected(photo: Values, rng: np.random.Generator) -> Values:
    """Slanted bands of light, as windows leave on lenses."""
    height, width = photo.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = np.sin((x + rng.uniform(-1.2, 1.2) * y) / rng.uniform(6, 24) + rng.uniform(0, 6.28))
    band = np.clip(wave - rng.uniform(0.3, 0.8), 0, 1) * rng.uniform(0.1, 0.5)
    where = np.abs((x / width + rng.uniform(0, 1)) % 0.5 - 0.25) < 0.12  # noqa: PLR2004  about a lens of two
    light = (band * where)[..., None]
    return np.asarray(photo + (255 - photo) * light, np.float32)


def _lit(photo: Values, rng: np.random.Generator) -> Pixels:
    """Brightness, a small cast, saturation."""
    gamma, gain = np.exp(rng.normal(0, 0.16)), 1 + rng.normal(0, 0.018, 3)
    levels = np.clip(255 * (np.arange(256)[:, None] / 255) ** gamma * gain, 0, 255).astype(np.uint8)
    lit = cv2.LUT(np.clip(photo, 0, 255).astype(np.uint8), levels.reshape(1, 256, 3))
    colour = float(np.exp(rng.normal(0, 0.15)))
    return np.asarray(cv2.transform(lit, np.full((3, 3), (1 - colour) / 3) + colour * np.eye(3)), np.uint8)


def _taken(photo: Pixels, rng: np.random.Generator) -> Pixels:
    """What camera and file leave: another resolution, blur or sharpening, noise, JPEG."""
    if _chance(rng, 0.5):
        scale = rng.uniform(0.55, 1.6)
        photo = _bytes(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    if _chance(rng, 0.25):
        photo = _bytes(cv2.GaussianBlur(photo, (0, 0), rng.uniform(0.4, 1.0)))
    elif _chance(rng, 0.33):
        photo = _bytes(cv2.addWeighted(photo, 1.6, cv2.GaussianBlur(photo, (0, 0), 1.0), -0.6, 0))
    if _chance(rng, 0.15):
        noise = rng.normal(0, rng.uniform(1, 4), photo.shape)
        photo = np.clip(photo + noise, 0, 255).astype(np.uint8)
    if _chance(rng, 0.7):
        _, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 96))])
        photo = _bytes(cv2.imdecode(data, cv2.IMREAD_COLOR))
    return photo


def _bytes(pixels: object) -> Pixels:
    """OpenCV's answer, known to be of the kind that went in."""
    return np.asarray(pixels, np.uint8)
