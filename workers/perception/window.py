"""A window is a square of the photo, turned and scaled, that a network looks through."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.perception.photo import Pixels

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """A square region.

    Attributes:
        x: Centre, pixels from the left edge of the photo.
        y: Centre, pixels from its top edge.
        side: Length of a side in pixels.
        angle: How far the square is turned, radians, clockwise as the viewer sees it.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0

    def cut(
        self, rgb: Pixels, size: int, *, mirror: bool = False, border: int = cv2.BORDER_REPLICATE
    ) -> Pixels:
        """The region as `size` × `size` × 3 uint8, upright; outside the photo `border` decides."""
        # Bilinear sampling alone would alias where the region shrinks: average whole blocks first.
        factor = max(1, int(self.side / size))
        source, left, top = _averaged(rgb, self._bounds(rgb), factor)
        step = self.side / size / factor
        turn = step * self._rotation() @ np.diag([-1.0 if mirror else 1.0, 1.0])
        origin = (np.array([self.x - left, self.y - top]) / factor) - turn @ np.full(2, size / 2)
        # OpenCV counts from pixel centres, a window from pixel corners.
        shift = origin + turn @ np.full(2, 0.5) - 0.5
        matrix = np.column_stack([turn, shift])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cut = cv2.warpAffine(source, matrix, (size, size), flags=flags, borderMode=border)
        return cut.astype(np.uint8, copy=False)

    def cut_labels(self, labels: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
        """The region of a map of classes as `size` × `size`, upright; 0 outside of it."""
        turn = self.side / size * self._rotation()
        shift = np.array([self.x, self.y]) - turn @ np.full(2, size / 2 - 0.5) - 0.5
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(labels, np.column_stack([turn, shift]), (size, size), flags=flags).astype(
            np.uint8, copy=False
        )

    def to_photo(self, points: Points, size: int, *, mirror: bool = False) -> Points:
        """Map n × 2 or n × 3 points from a cut of `size` pixels back to the photo; depth is only scaled."""
        step = self.side / size
        flat = points[:, :2] - size / 2
        if mirror:
            flat = flat * (-1.0, 1.0)
        there = flat @ (step * self._rotation()).T + (self.x, self.y)
        return np.column_stack([there, points[:, 2:] * step])

    def from_photo(self, points: Points, size: int) -> Points:
        """Map n × 2 or n × 3 points of the photo into a cut of `size` pixels; n × 2."""
        return (points[:, :2] - (self.x, self.y)) @ self._rotation() * (size / self.side) + size / 2

    def _rotation(self) -> NDArray[np.float64]:
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return np.array([[cos, -sin], [sin, cos]])

    def _bounds(self, rgb: Pixels) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the part of the photo that the window can touch, never empty."""
        reach = self.side * (abs(math.cos(self.angle)) + abs(math.sin(self.angle))) / 2 + 2
        height, width = rgb.shape[:2]
        left, right = int(self.x - reach), math.ceil(self.x + reach)
        top, bottom = int(self.y - reach), math.ceil(self.y + reach)
        left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
        return left, top, max(min(right, width), left + 1), max(min(bottom, height), top + 1)


def _averaged(rgb: Pixels, bounds: tuple[int, int, int, int], factor: int) -> tuple[Pixels, int, int]:
    left, top, right, bottom = bounds
    part = rgb[top:bottom, left:right]
    if factor == 1 or min(part.shape[:2]) < factor:
        return part, left, top
    size = (math.ceil(part.shape[1] / factor), math.ceil(part.shape[0] / factor))
    padded = cv2.copyMakeBorder(
        part,
        0,
        size[1] * factor - part.shape[0],
        0,
        size[0] * factor - part.shape[1],
        cv2.BORDER_REPLICATE,
    )
    return cv2.resize(padded, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False), left, top


def window_around(points: Points, scale: float, angle: float) -> Window:
    """The square turned by `angle` whose side is `scale` times the longer side of the points' box in that turn."""
    cos, sin = math.cos(angle), math.sin(angle)
    rotation = np.array([[cos, -sin], [sin, cos]])
    turned = points[:, :2] @ rotation
    low, high = turned.min(axis=0), turned.max(axis=0)
    x, y = rotation @ ((low + high) / 2)
    return Window(float(x), float(y), float((high - low).max()) * scale, angle)


def angle_between(left: Points, right: Points) -> float:
    """Angle of the line from `left` to `right`, radians, clockwise as the viewer sees it."""
    return math.atan2(float(right[1] - left[1]), float(right[0] - left[0]))
