"""The regions of a head, and how the parsing network is asked for them.

The network sees the cut of the head at half its size and, beside the colours, where the mesh and the eye
contours put face, eyes, brows and lips: it need not find them again, only correct them.
"""

from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.perception import points
from workers.perception.photo import Pixels
from workers.perception.window import Points

SIZE = 128
# Colours, then the four guides.
CHANNELS = 7
# Fractions of a pixel that OpenCV draws polygons with.
_SHIFT = 4

_LIPS_OUTER = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)
_LIPS_INNER = (78, 81, 13, 311, 308, 402, 14, 178)


class Region(IntEnum):
    """What a pixel shows."""

    BACKGROUND = 0
    SKIN = 1
    BROWS = 2
    EYES = 3
    LIPS = 4
    HAIR = 5
    GLASSES = 6
    HAT = 7
    NECK = 8
    MOUTH = 9


def network_input(rgb: Pixels, mesh: Points, lids: tuple[Points, Points]) -> NDArray[np.float32]:
    """What the network reads: `SIZE` × `SIZE` × 7, colours from -1 to 1 and guides from 0 to 1.

    Args:
        rgb: The cut of the head, `SIZE` × `SIZE` × 3.
        mesh: 468 × 2 mesh points in pixels of that cut.
        lids: The outline of each eye, in the same pixels.
    """
    brows = [
        np.vstack([mesh[list(upper)], mesh[list(lower)][::-1]])
        for upper, lower in zip(points.BROW_UPPER, points.BROW_LOWER, strict=True)
    ]
    rings = ([mesh[list(points.OUTLINE)]], lids, brows, [mesh[list(_LIPS_OUTER)]])
    guides = [_drawn(*ring) for ring in rings]
    cv2.fillPoly(guides[3], [_fixed(mesh[list(_LIPS_INNER)])], 128, cv2.LINE_AA, _SHIFT)
    colours = rgb.astype(np.float32) / np.float32(127.5) - np.float32(1)
    return np.dstack([colours, np.dstack(guides).astype(np.float32) / np.float32(255)])


def _drawn(*rings: Points) -> Pixels:
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(canvas, [_fixed(ring) for ring in rings], 255, cv2.LINE_AA, _SHIFT)
    return canvas


def _fixed(ring: Points) -> NDArray[np.int32]:
    """Points in OpenCV's fixed-point numbers, counted from pixel centres."""
    return np.round((ring - 0.5) * (1 << _SHIFT)).astype(np.int32)
