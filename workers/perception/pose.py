"""How the head is held, read from the mesh alone, and the mesh turned to look straight ahead."""

import math

import numpy as np

from shared.contracts import Pose
from workers.perception import points
from workers.perception.mesh import Mesh
from workers.perception.window import Points

# Pairs of mirror points from brow to jaw; their mean direction is the axis from ear to ear.
_ACROSS = np.array(
    [
        points.EYE_OUTER,
        points.EYE_INNER,
        points.TEMPLE,
        points.CHEEK,
        points.JAW,
        points.MOUTH_CORNER,
        points.BROW_TAIL,
        points.BROW_HEAD,
        points.NOSTRIL,
    ]
)
# From the hairline to the base of the nose: an open mouth does not move it. On people who look straight into
# the camera this line leans forward by some degrees; the figure is the median of 4,200 press photos and of
# 344 laboratory portraits, which differ by one degree.
_LEAN_DEGREES = 5.0


def measure_pose(mesh: Mesh) -> Pose:
    """Roll, yaw and pitch in degrees, as the viewer sees them (`shared.contracts.Pose`)."""
    right, _, away = _axes(mesh.points).T
    roll = math.degrees(math.atan2(right[1], right[0]))
    yaw = math.degrees(math.atan2(-away[0], away[2]))
    pitch = math.degrees(math.asin(float(np.clip(away[1], -1, 1)))) - _LEAN_DEGREES
    return Pose(roll=roll, yaw=yaw, pitch=pitch)


def frontal(mesh: Mesh) -> Points:
    """The mesh as if the head looked straight ahead: 468 × 3, centred, in pixels of the photo."""
    lean = math.radians(_LEAN_DEGREES)
    cos, sin = math.cos(lean), math.sin(lean)
    upright = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    centred = mesh.points - mesh.points.mean(axis=0)
    return np.asarray(centred @ _axes(mesh.points) @ upright.T)


def _axes(mesh: Points) -> Points:
    """3 × 3: the face's own right (the viewer's), down and away, as columns of unit length."""
    right = _unit((mesh[_ACROSS[:, 1]] - mesh[_ACROSS[:, 0]]).mean(axis=0))
    down = mesh[points.NOSE_BASE] - mesh[points.FOREHEAD_TOP]
    down = _unit(down - (down @ right) * right)
    return np.column_stack([right, down, np.cross(right, down)])


def _unit(vector: Points) -> Points:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))
