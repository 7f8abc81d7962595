"""The faces of a photo: what the detector suspects and the mesh confirms."""

import numpy as np

from workers.perception.detect import Detector
from workers.perception.mesh import Mesh, MeshFitter
from workers.perception.photo import Pixels
from workers.perception.points import NOSE_TIP
from workers.perception.window import Points

# The mesh network says about 1 on faces of any pose and below 0.5 on cups and cats.
MIN_MESH_SCORE = 0.5
# In a crowd the largest are looked at; nobody needs to know whether there were 17 or 18.
_MAX_FACES = 16


class FaceFinder:
    """Finds faces and lays the mesh on each."""

    def __init__(self, detector: Detector, fitter: MeshFitter) -> None:
        self._detector = detector
        self._fitter = fitter

    def find(self, rgb: Pixels) -> list[Mesh]:
        """The mesh of every face, the largest face first; empty when there is none."""
        for suspected in self._detector.looks(rgb):
            meshes = [self._fitter.fit(rgb, one.window) for one in suspected[:_MAX_FACES]]
            faces = _distinct([mesh for mesh in meshes if mesh.score >= MIN_MESH_SCORE])
            if faces:
                return [self._fitter.refit(rgb, faces[0]), *faces[1:]]
        return []


def _distinct(meshes: list[Mesh]) -> list[Mesh]:
    """Without meshes whose nose lies within a larger mesh: the detector may see one large face twice."""
    kept: list[Mesh] = []
    for mesh in meshes:
        if not any(_holds(larger, mesh.points[NOSE_TIP, :2]) for larger in kept):
            kept.append(mesh)
    return kept


def _holds(mesh: Mesh, point: Points) -> bool:
    low, high = mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)
    return bool(np.all(low <= point) and np.all(point <= high))
