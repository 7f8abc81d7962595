"""Which region of the head a pixel shows: our own network on the maps of `outlines.py` (docs/decisions/0017-parsing.md).

Beside those maps the network sees the cut itself and where the mesh and the eye contours put face, eyes, brows and lips: it
need not find them again, only correct them. The answer is the mean of the head's and of its mirror image's.
"""

from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.perception import points
from workers.perception.networks import Floats, NamedNetwork
from workers.perception.outlines import Outlines
from workers.perception.photo import Pixels
from workers.perception.sight import Sight
from workers.perception.window import Points

# The side of what the network reads and gives, in pixels; twice that of the finest map.
SIZE = 192
# Colours, then the four guides.
CHANNELS = 7
# Fractions of a pixel that OpenCV draws polygons with.
_SHIFT = 4

# Around the lips, and around what an open mouth shows between them.
LIPS_OUTER = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)
_LIPS_INNER = (78, 81, 13, 311, 308, 402, 14, 178)

Map = NDArray[np.uint8]


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


class RegionReader:
    """Loads the network once.

    Raises:
        ModelNotInstalledError: The weights are missing.
        ModelDamagedError: The weights are not those in the manifest, or not valid.
    """

    def __init__(self, threads: int = 1) -> None:
        self._network = NamedNetwork("face-parsing", ("shares",), threads)

    def read(self, sight: Sight, outlines: Outlines) -> Map:
        """The `Region` of every pixel of the cut of the head, 256 × 256."""
        head = sight.head
        pixels = network_input(head.rgb, head.points, sight.lids)
        # One after the other: together they take 20 MB and 2 ms more.
        plain, mirrored = (
            self._network(
                pixels=one[np.newaxis], near=near[np.newaxis], middle=middle[np.newaxis], far=far[np.newaxis]
            )
            for one, near, middle, far in zip(
                (pixels, pixels[:, ::-1]), outlines.near, outlines.middle, outlines.far, strict=True
            )
        )
        shares = (plain["shares"][0] + mirrored["shares"][0, :, ::-1]) / 2
        return likeliest(shares, head.rgb.shape[0])


def likeliest(shares: Floats, size: int) -> Map:
    """The likeliest region of every pixel when the shares are enlarged to `size` × `size`."""
    large = cv2.resize(shares, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large.argmax(axis=-1), np.uint8)


def network_input(rgb: Pixels, mesh: Points, lids: tuple[Points, Points]) -> Floats:
    """What the network reads: `SIZE` × `SIZE` × 7, colours from -1 to 1 and guides from 0 to 1.

    Args:
        rgb: The cut of the head, square.
        mesh: 468 × 2 mesh points in pixels of that cut.
        lids: The outline of each eye, in the same pixels.
    """
    factor = SIZE / rgb.shape[0]
    mesh, eyes = mesh * factor, [ring * factor for ring in lids]
    rings = ([mesh[list(points.OUTLINE)]], eyes, brow_rings(mesh), [mesh[list(LIPS_OUTER)]])
    guides = [_drawn(*ring) for ring in rings]
    cv2.fillPoly(guides[3], [_fixed(mesh[list(_LIPS_INNER)])], 128, cv2.LINE_AA, _SHIFT)
    small = cv2.resize(rgb, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    colours = small.astype(np.float32) / np.float32(127.5) - np.float32(1)
    return np.dstack([colours, np.dstack(guides).astype(np.float32) / np.float32(255)])


def brow_rings(mesh: Points) -> list[Points]:
    """Around each brow, 10 × 2, out of 468 mesh points."""
    pairs = zip(points.BROW_UPPER, points.BROW_LOWER, strict=True)
    return [np.vstack([mesh[list(upper)], mesh[list(lower)][::-1]]) for upper, lower in pairs]


def _drawn(*rings: Points) -> Pixels:
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(canvas, [_fixed(ring) for ring in rings], 255, cv2.LINE_AA, _SHIFT)
    return canvas


def _fixed(ring: Points) -> NDArray[np.int32]:
    """Points in OpenCV's fixed-point numbers, counted from pixel centres."""
    return np.round((ring - 0.5) * (1 << _SHIFT)).astype(np.int32)
