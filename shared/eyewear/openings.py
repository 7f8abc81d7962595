"""Lens openings of a pictured frame, freed of the temples that shine through them."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.eyewear.render import Rgba

_OPENING = 100  # of 255: alpha below is lens, above is rim, temple or an end piece
_PART = 0.02  # of an opening's largest part: a smaller one is a gap elsewhere
_LENS = 0.05  # of the picture: less cannot be a lens
_THIN_MM = 1.2  # what is thinner belongs to the rim's own curve

Mask = NDArray[np.uint8]


def without_temples(pixels: Rgba, width_mm: float) -> Rgba:
    """A picture of a front as it is worn: nothing of the folded-back temples behind its lenses.

    Product photos show temples through the lenses; on a face they run back along the head. A lens outline is
    nearly convex, so what stands inside the convex hull of its clear part, and is no thinner than a temple, is one.

    Args:
        pixels: (h, w, 4), straight alpha, cut to the frame; what lies outside the frame has alpha 0.
        width_mm: Total width of the frame.

    Returns:
        A new picture of the same size; the same where no lens is clear.
    """
    result = pixels.copy()
    alpha = pixels[..., 3]
    clear = (_within(alpha) & (alpha < _OPENING)).astype(np.uint8)
    thin = max(3, round(_THIN_MM * pixels.shape[1] / width_mm))
    for hull in _hulls(clear):
        lens = (clear & hull) > 0
        solid = hull & (alpha >= _OPENING // 2)
        temple = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((thin, thin), np.uint8))
        behind = (cv2.dilate(temple, np.ones((5, 5), np.uint8)) > 0) & (hull > 0)
        result[behind] = np.median(pixels[lens & ~behind], axis=0)
    return result


def _within(alpha: Mask) -> NDArray[np.bool_]:
    """What the empty ground around the frame does not reach, its soft edge left out."""
    ground = cv2.copyMakeBorder((alpha == 0).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, reached, *_ = cv2.floodFill(ground, None, (0, 0), (2,))
    outside = (np.asarray(reached) == 2).astype(np.uint8)  # noqa: PLR2004  the flood's mark
    within: NDArray[np.bool_] = cv2.dilate(outside, np.ones((7, 7), np.uint8))[1:-1, 1:-1] == 0
    return within


def _hulls(clear: Mask) -> Iterator[Mask]:
    """The convex hull of the clear parts of each half; what crosses the middle is a gap of the bridge."""
    _, parts, facts, centres = cv2.connectedComponentsWithStats(clear, connectivity=4)
    left, width = facts[:, cv2.CC_STAT_LEFT], facts[:, cv2.CC_STAT_WIDTH]
    middle = clear.shape[1] / 2
    beside = (left > middle) | (left + width < middle)
    beside[0] = False  # the first is all that is not clear
    for half in (centres[:, 0] < middle, centres[:, 0] >= middle):
        sizes = np.where(beside & half, facts[:, cv2.CC_STAT_AREA], 0)
        if sizes.max() > _LENS * clear.size:
            large = np.flatnonzero(sizes >= _PART * sizes.max())
            points = cv2.findNonZero(np.isin(parts, large).astype(np.uint8))
            yield np.asarray(cv2.fillConvexPoly(np.zeros_like(clear), cv2.convexHull(points), (1,)), np.uint8)
