"""468 points on the face in three dimensions (Kartynnik et al. 2019, arXiv:1907.06724)."""

from dataclasses import dataclass

import numpy as np

from workers.perception import points
from workers.perception.mirror import mirrored
from workers.perception.networks import LiteNetwork, sigmoid
from workers.perception.photo import Pixels
from workers.perception.window import Points, Window, angle_between, window_around

POINTS = 468
# The margin that the network was trained with: half a face around the face.
_MARGIN = 1.5


@dataclass(frozen=True, slots=True)
class Mesh:
    """The mesh on a photo.

    Attributes:
        points: 468 × 3: x and y in pixels of the photo, z (depth, away from the viewer) in the same unit.
        score: How sure the network is that this is a face, 0 to 1.
    """

    points: Points
    score: float

    @property
    def angle(self) -> float:
        """Roll in radians, clockwise, from outer eye corner to outer eye corner."""
        return angle_between(self.points[points.EYE_OUTER.left], self.points[points.EYE_OUTER.right])


class MeshFitter:
    """Lays the mesh on a face."""

    def __init__(self, network: LiteNetwork) -> None:
        self._network = network

    def fit(self, rgb: Pixels, face: Window) -> Mesh:
        """The mesh of what a detector saw in `face`; a low score when that is no face."""
        return self._fit(rgb, Window(face.x, face.y, face.side * _MARGIN, face.angle))

    def refit(self, rgb: Pixels, mesh: Mesh) -> Mesh:
        """The mesh again, cut by itself.

        The first mesh tells the angle and the extent better than the detector does, so that the second no
        longer depends on how the detector happened to cut. It is the mean of what the network says about the
        face and about its mirror image: the same photo mirrored gives the same face, and with less noise.
        """
        window, size = window_around(mesh.points, _MARGIN, mesh.angle), self._network.size
        cut = window.cut(rgb, size)
        straight, score = self._run(cut)
        mirror, other_score = self._run(np.ascontiguousarray(cut[:, ::-1]))
        both = (straight + mirrored(mirror, size)) / 2
        return Mesh(window.to_photo(both, size), (score + other_score) / 2)

    def _fit(self, rgb: Pixels, window: Window) -> Mesh:
        size = self._network.size
        found, score = self._run(window.cut(rgb, size))
        return Mesh(window.to_photo(found, size), score)

    def _run(self, cut: Pixels) -> tuple[Points, float]:
        flat, logit = self._network(cut.astype(np.float32) / np.float32(255))
        return flat.reshape(POINTS, 3).astype(np.float64), float(sigmoid(logit).ravel()[0])
