"""From a right half as the networks draw it to a picture of the whole frame on nothing."""

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.gan.networks import MARGIN, Floats

Rgba = NDArray[np.uint8]

_NOTHING, _OPAQUE = 0.012, 0.985  # alpha below is nothing, above is all
_HAZE = 0.04  # and so is this much, where it hangs together with the border: a clear lens has more than twice
_SLIT, _GLASS = 9, 0.08  # so narrow a clear slit inside a lens, pixels, is made glass of this alpha
_SPECK = 0.002  # of the largest part's pixels: less than this, apart from the frame, is dirt
_SHARPER, _BLUR, _NEAR, _SOFT = 1.2, 2.5, 5, 0.6  # how much, and in pixels: sigma, width, sigma
_PNG = [cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]  # a third of the time, 4 % more bytes


def with_margin(half: Floats) -> Floats:
    """A right half (h, w, 4) with its mirrored neighbourhood at the left: (1, h, w + 8, 4)."""
    return np.concatenate([half[:, MARGIN - 1 :: -1], half], axis=1)[np.newaxis]


def sharpened(half: Floats) -> Floats:
    """An enlarged half with crisp edges: what blurring takes away is added once more, within what is near.

    No pixel leaves the range of its neighbours, so there are no halos; a last touch of blur leaves edges smooth.
    """
    more = half + _SHARPER * (half - cv2.GaussianBlur(half, (0, 0), _BLUR))
    near = np.ones((_NEAR, _NEAR), np.uint8)
    held = np.minimum(np.maximum(more, cv2.erode(half, near)), cv2.dilate(half, near))
    return np.asarray(cv2.GaussianBlur(held, (0, 0), _SOFT), np.float32)


def whole(half: Floats) -> Rgba:
    """A right half (h, w, 4), colour on white beside alpha, as a clean whole frame: (h, 2w, 4), straight alpha."""
    alpha = np.clip(half[..., 3] / _OPAQUE, 0, 1)
    faint = alpha < _HAZE
    ground = _ground(faint)
    closed = np.minimum(cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, np.ones((_SLIT, _SLIT), np.uint8)), _GLASS)
    alpha = np.where(faint & ~ground, np.maximum(alpha, closed), alpha)
    alpha[(alpha < _NOTHING) | ground] = 0
    alpha = alpha[..., np.newaxis]
    colour = (half[..., :3] - (1 - alpha)) / np.maximum(alpha, 1 / 255)
    pixels = np.round(255 * np.clip(np.concatenate([colour, alpha], axis=-1), 0, 1)).astype(np.uint8)
    pixels[pixels[..., 3] == 0] = 0
    return _swept(np.concatenate([pixels[:, ::-1], pixels], axis=1))


def _ground(clear: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a right half is clear as far as its border; its left edge is the middle of the frame."""
    edged = np.pad(clear, ((1, 1), (0, 1)), constant_values=True).astype(np.uint8)
    _, parts = cv2.connectedComponents(edged, connectivity=4)
    return np.asarray(parts == parts[0, -1])[1:-1, :-1]


def _swept(pixels: Rgba) -> Rgba:
    """Without specks that hang on nothing: glass, however clear, is something."""
    count, parts, facts, _ = cv2.connectedComponentsWithStats((pixels[..., 3] > 0).astype(np.uint8))
    sizes = facts[1:, cv2.CC_STAT_AREA]
    if count > 2:  # noqa: PLR2004  the ground and one frame
        specks = 1 + np.flatnonzero(sizes < _SPECK * sizes.max())
        dirt = np.isin(parts, specks).astype(np.uint8)
        pixels[cv2.dilate(dirt, np.ones((3, 3), np.uint8)) > 0] = 0
    return pixels


def width_px(pixels: Rgba) -> int:
    """Width of the opaque part, as `try_on` measures it."""
    columns = np.flatnonzero(pixels[..., 3].max(axis=0) > 100)  # noqa: PLR2004  half opaque, as there
    return int(columns[-1] - columns[0] + 1) if len(columns) else 0


def encode(pixels: Rgba) -> bytes:
    """As PNG."""
    _, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA), _PNG)
    return data.tobytes()
