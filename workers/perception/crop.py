"""The face cut out, upright and at one size, with its mesh laid on it: where colours are measured."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.perception.mesh import Mesh
from workers.perception.photo import Pixels
from workers.perception.window import Points, Window, window_around

SIZE = 256
# The head with hair and chin: 1.9 times the mesh.
_HEAD_MARGIN = 1.9

Lab = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Crop:
    """An upright square cut of a face.

    Attributes:
        rgb: `SIZE` × `SIZE` × 3, uint8.
        points: 468 × 2 mesh points in pixels of the cut.
        inside: Where the cut shows the photo and not what lies beyond its edge.
    """

    rgb: Pixels
    points: Points
    inside: Mask

    @cached_property
    def lab(self) -> Lab:
        """CIELAB (D65): L 0 to 100, a and b about -100 to 100; lightly smoothed against noise."""
        smooth = cv2.GaussianBlur(self.rgb, (0, 0), 1.0)
        return cv2.cvtColor(smooth.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB).astype(np.float32)

    def polygon(self, *rings: tuple[int, ...]) -> Mask:
        """The pixels within the given rings of mesh points."""
        return self.outline(*(self.points[list(ring)] for ring in rings))

    def outline(self, *rings: Points) -> Mask:
        """The pixels within the given rings of points, in pixels of the cut."""
        mask = np.zeros(self.rgb.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(ring).astype(np.int32) for ring in rings], 1)
        return (mask > 0) & self.inside


def head_crop(rgb: Pixels, mesh: Mesh) -> Crop:
    """The head with hair and chin."""
    return _crop(rgb, mesh, head_window(mesh))


def head_window(mesh: Mesh) -> Window:
    """Where the head is cut."""
    return window_around(mesh.points, _HEAD_MARGIN, mesh.angle)


def _crop(rgb: Pixels, mesh: Mesh, window: Window) -> Crop:
    cut = window.cut(rgb, SIZE)
    ones = np.full((*rgb.shape[:2], 1), 255, np.uint8)
    inside = window.cut(ones, SIZE, border=cv2.BORDER_CONSTANT).reshape(SIZE, SIZE) > 127  # noqa: PLR2004  half
    return Crop(cut, window.from_photo(mesh.points, SIZE), inside)
