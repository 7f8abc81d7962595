"""What hides a face, drawn onto cuts of heads: dark lenses, a mask, a hand. No set of photos has enough of them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from training.faces.alter import Random
from workers.perception import points
from workers.perception.photo import Pixels
from workers.perception.window import Points

# Lower face from ear to ear below, and back over cheeks and nose, for a mask that sits high or low.
_JAW = (454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234)
_OVER_NOSE = ((116, 118, 197, 347, 345), (117, 101, 195, 330, 346), (123, 50, 5, 280, 352))
_MASKS = ((222, 226, 230), (160, 195, 220), (40, 42, 46), (150, 155, 160), (190, 215, 200), (25, 35, 70))
_SHIFT = 4


def dark_lenses(rgb: Pixels, mesh: Points, rng: Random) -> Pixels:
    """Sunglasses: two dark lenses of random shape, their bridge and temples."""
    alpha = np.zeros(rgb.shape[:2], np.uint8)
    size, height = rng.uniform(0.8, 1.15), rng.uniform(0.55, 1.1)
    power = rng.uniform(2, 5)
    centres = []
    for outer, inner in zip(points.EYE_OUTER, points.EYE_INNER, strict=True):
        across = (mesh[inner] - mesh[outer]) / 2
        reach = float(np.linalg.norm(across))
        centre = (mesh[inner] + mesh[outer]) / 2 + (0, 0.25 * reach)
        centres.append(centre)
        _fill(alpha, centre + _superellipse(power) * (1.75 * size * reach, 1.75 * size * height * reach))
    thick = max(1, round(0.12 * float(np.linalg.norm(centres[1] - centres[0])) * rng.uniform(0.4, 1.2)))
    for one, other in (
        (centres[0], centres[1]),
        *zip(centres, (mesh[points.TEMPLE.left], mesh[points.TEMPLE.right]), strict=True),
    ):
        cv2.line(alpha, _pixel(one), _pixel(other), 255, thick, cv2.LINE_AA)
    tint = rng.uniform(5, 60) + rng.normal(0, 8, 3)
    shade = np.linspace(0, rng.uniform(-20, 45), rgb.shape[0])[:, np.newaxis, np.newaxis]
    dark = np.broadcast_to(np.clip(tint + shade, 0, 255), rgb.shape)
    return _laid(rgb, dark, alpha, rng.uniform(0.8, 1.0))


def mask(rgb: Pixels, mesh: Points, rng: Random) -> Pixels:
    """A cloth over mouth and nose, shaded as the face beneath it, with folds."""
    ring = mesh[[*_JAW, *_OVER_NOSE[rng.integers(len(_OVER_NOSE))]]]
    middle = ring.mean(axis=0)
    alpha = np.zeros(rgb.shape[:2], np.uint8)
    _fill(alpha, middle + (ring - middle) * rng.uniform(0.94, 1.08))
    colour = np.array(_MASKS[rng.integers(len(_MASKS))]) + rng.normal(0, 14, 3)
    if rng.random() < 0.2:  # noqa: PLR2004  some cloth is of any colour
        colour = rng.uniform(20, 240, 3)
    blurred = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), 9)
    light = blurred / (max(float(np.quantile(blurred[alpha > 0], 0.8)), 1.0) if alpha.any() else 1.0)
    folds = 1 + rng.uniform(0, 0.08) * np.sin(np.arange(rgb.shape[0]) / rng.uniform(2, 6))
    cloth = np.asarray(
        colour * (0.5 + 0.5 * light)[..., np.newaxis] * folds[:, np.newaxis, np.newaxis], np.float64
    )
    return _laid(rgb, cloth, alpha, 1.0)


def hand(rgb: Pixels, mesh: Points, rng: Random) -> Pixels:
    """Four fingers of skin over the mouth, from a random side below."""
    across = mesh[points.CHEEK.right] - mesh[points.CHEEK.left]
    width = float(np.linalg.norm(across))
    angle = rng.uniform(-1.2, 1.2)
    along = np.array([np.sin(angle), -np.cos(angle)])
    side = np.array([-along[1], along[0]])
    tip = (mesh[points.MOUTH_TOP] + mesh[points.MOUTH_BOTTOM]) / 2 + along * width * 0.2
    ring = np.round(mesh[list(points.CHEEKS[0])]).astype(int).clip(0, rgb.shape[0] - 1)
    skin = np.median(rgb[ring[:, 1], ring[:, 0]], axis=0) * rng.uniform(0.8, 1.15)
    covered = rgb
    for finger in range(4):
        alpha = np.zeros(rgb.shape[:2], np.uint8)
        start = tip + side * (finger - 1.5) * 0.155 * width + along * width * rng.normal(0, 0.03)
        cv2.line(alpha, _pixel(start), _pixel(start - along * width), 255, round(0.16 * width), cv2.LINE_AA)
        distance = cv2.distanceTransform(alpha, cv2.DIST_L2, 3)
        round_ = 0.6 + 0.4 * np.sqrt(np.clip(distance / (0.08 * width), 0, 1))
        covered = _laid(covered, skin * round_[..., np.newaxis], alpha, 1.0)
    return covered


def _superellipse(power: float) -> Points:
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    x, y = np.cos(turn), np.sin(turn)
    return np.column_stack([np.sign(x) * np.abs(x) ** (2 / power), np.sign(y) * np.abs(y) ** (2 / power)])


def _fill(alpha: Pixels, ring: Points) -> None:
    cv2.fillPoly(alpha, [np.round(ring * (1 << _SHIFT)).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)


def _pixel(point: Points) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _laid(rgb: Pixels, over: NDArray[np.floating], alpha: Pixels, opacity: float) -> Pixels:
    share = cv2.GaussianBlur(alpha, (0, 0), 0.8).astype(np.float32)[..., np.newaxis] * (opacity / 255)
    return np.asarray(np.clip(rgb * (1 - share) + over * share, 0, 255), np.uint8)
