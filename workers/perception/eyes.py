"""Iris and eyelids of each eye (Ablavatski et al. 2020, arXiv:2006.11341)."""

from dataclasses import dataclass

import numpy as np

from workers.perception import points
from workers.perception.mesh import Mesh
from workers.perception.networks import LiteNetwork
from workers.perception.photo import Pixels
from workers.perception.window import Points, Window, window_around

# The margin that the network was trained with.
_MARGIN = 2.3
# An eye cut out for its colours: this many pixels a side, this many radii of the iris wide.
EYE_PATCH, _PATCH_RADII = 64, 6.4
# The first 16 contour points go around the opening: 9 along the lower lid, 7 along the upper.
_LOWER, _UPPER = slice(0, 9), slice(9, 16)


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye.

    Attributes:
        centre: x, y of the iris in pixels of the photo.
        radius: Of the iris, in pixels.
        lower: 9 × 2, the lower lid from the outer to the inner corner.
        upper: 7 × 2, the upper lid between the corners, from the outer one.
    """

    centre: Points
    radius: float
    lower: Points
    upper: Points

    @property
    def outline(self) -> Points:
        """16 × 2, around the opening."""
        return np.concatenate([self.lower, self.upper[::-1]])

    def window(self, angle: float) -> Window:
        """Where the eye is cut out for its colours; `angle` is the roll of the head in radians."""
        return Window(float(self.centre[0]), float(self.centre[1]), self.radius * _PATCH_RADII, angle)


class EyeReader:
    """Finds the irises."""

    def __init__(self, network: LiteNetwork) -> None:
        self._network = network

    def read(self, rgb: Pixels, mesh: Mesh) -> tuple[Eye, Eye]:
        """The left and the right eye as the viewer sees them."""
        left = self._read(rgb, mesh, points.EYE_OUTER.left, points.EYE_INNER.left, mirror=False)
        # The network knows one eye; the other is shown to it in a mirror.
        right = self._read(rgb, mesh, points.EYE_OUTER.right, points.EYE_INNER.right, mirror=True)
        return left, right

    def _read(self, rgb: Pixels, mesh: Mesh, outer: int, inner: int, *, mirror: bool) -> Eye:
        size = self._network.size
        window = window_around(mesh.points[[outer, inner]], _MARGIN, mesh.angle)
        cut = window.cut(rgb, size, mirror=mirror).astype(np.float32) / np.float32(255)
        contour, iris = (
            window.to_photo(flat.reshape(-1, 3).astype(np.float64), size, mirror=mirror)[:, :2]
            for flat in self._network(cut)
        )
        # Five points: the centre, then the rim at four sides.
        radius = float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
        return Eye(iris[0], radius, contour[_LOWER], contour[_UPPER])
