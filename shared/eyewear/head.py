"""Where a head is in a photo, read off the face mesh: its axes, its scale and where a frame sits on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.contracts.face import Face
from shared.errors import NoFaceError

Vector = NDArray[np.float64]

DEFAULT_PD_MM = 63.0  # mean adult pupillary distance (Dodgson 2004, Proc. SPIE 5291)
_CAMERA_MM = 700.0  # how far away a portrait is taken: an arm and a half
_PUPIL_ABOVE_DATUM_MM = 2.5  # opticians fit the pupil a little above the middle of the lens
_BEFORE_EYES_MM = 14.0  # from the eyelids to the back of the front (vertex distance and half a rim)
# Mesh points (MediaPipe numbering), left and right as the viewer sees them.
_EYE_OUTER, _EYE_INNER = (33, 263), (133, 362)
_SIDES = ((33, 263), (127, 356), (234, 454), (61, 291), (54, 284), (172, 397))
_NASION, _CHIN, _FOREHEAD = 168, 152, 10
_EAR = ((127, 356), (234, 454))  # beside the eyes and before the ears: a temple's way lies between
OUTLINE = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)  # the edge of the face, clockwise as the viewer sees it


@dataclass(frozen=True, slots=True)
class Head:
    """A head in a photo.

    Attributes:
        axes: 3 × 3, rows: to the viewer's right, downwards and away from the viewer, in the head's own frame.
        scale: Pixels per millimetre at the eyes.
        seat: Where the middle of a frame's front sits, in pixels, depth 0.
        ears: Where the temples run to, left and right, in millimetres of the head's frame from the seat.
        outline: The edge of the face in pixels, (36, 2).
    """

    axes: NDArray[np.float64]
    scale: float
    seat: Vector
    ears: tuple[Vector, Vector]
    outline: NDArray[np.float64]

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Millimetres of the head's frame, (n, 3) from the seat, to pixels, (n, 2)."""
        turned = points @ self.axes
        near = _CAMERA_MM / (_CAMERA_MM + turned[:, 2:])
        return np.asarray(self.seat[:2] + self.scale * near * turned[:, :2])

    @property
    def turn(self) -> float:
        """Yaw in radians; above 0 the face looks to the viewer's right and shows more of its left side."""
        return float(np.arcsin(np.clip(-self.axes[2, 0], -1, 1)))


def head_of(face: Face, size: tuple[int, int], pd_mm: float = DEFAULT_PD_MM) -> Head:
    """Read the head off the mesh.

    Args:
        face: A face with landmarks; irises where they are known.
        size: Width and height of the photo in pixels.
        pd_mm: Pupillary distance.

    Raises:
        NoFaceError: The face has no landmarks.
    """
    if face.landmarks is None:
        raise NoFaceError("Trying on needs the landmarks of the face.")
    width, height = size
    mesh = np.array(face.landmarks) * (width, height, width)
    axes = _axes(mesh)
    eyes = _pupils(face, mesh, size)
    apart = eyes[1, :2] - eyes[0, :2]
    scale = float(np.hypot(*apart) / (pd_mm * max(np.hypot(*axes[0, :2]), 0.3)))
    seat = _seat(mesh, eyes, axes, scale)
    sides = np.array([mesh[list(pair)] for pair in _EAR]).mean(axis=0)
    ears = (sides - seat) @ axes.T / scale
    return Head(axes, scale, seat, (ears[0], ears[1]), mesh[list(OUTLINE), :2])


def _axes(mesh: NDArray[np.float64]) -> NDArray[np.float64]:
    """Right from pairs of points that mirror each other, down from forehead to chin, away by the right hand."""
    right = _unit(sum((mesh[b] - mesh[a] for a, b in _SIDES), start=np.zeros(3)))
    down = mesh[_CHIN] - mesh[_FOREHEAD]
    down = _unit(down - (down @ right) * right)
    return np.stack([right, down, np.cross(right, down)])


def _unit(v: Vector) -> Vector:
    return np.asarray(v / max(float(np.linalg.norm(v)), 1e-9))


def _pupils(face: Face, mesh: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    """Left and right pupil in pixels; the middles of the eyes where no iris was found."""
    middles = np.array([(mesh[a] + mesh[b]) / 2 for a, b in zip(_EYE_OUTER, _EYE_INNER, strict=True)])
    if face.irises is not None:
        middles[:, :2] = np.array(face.irises)[:, :2] * size
    return middles


def _seat(
    mesh: NDArray[np.float64], eyes: NDArray[np.float64], axes: NDArray[np.float64], scale: float
) -> Vector:
    """Across by the root of the nose, down by the pupils, forward of the eyes."""
    middle = eyes.mean(axis=0)
    across = (mesh[_NASION] - middle) @ axes[0]
    offset = across * axes[0] + scale * (_PUPIL_ABOVE_DATUM_MM * axes[1] - _BEFORE_EYES_MM * axes[2])
    return np.asarray(middle + offset)
