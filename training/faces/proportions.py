"""Proportions of the face: numbers without unit, from the mesh turned to look straight ahead."""

import numpy as np

from workers.perception import points
from workers.perception.points import Pair, Ring
from workers.perception.sight import Sight
from workers.perception.window import Points


def length_to_width(sight: Sight) -> float:
    """Hairline end of the mesh to chin, by cheek to cheek."""
    return _drop(sight.frontal, points.FOREHEAD_TOP, points.CHIN)


def jaw_angle(sight: Sight) -> float:
    """Degrees between cheek, jaw angle and chin, the mean of both sides; less is more angular."""
    mesh = sight.frontal
    sides = (
        _angle(mesh, cheek, jaw, points.CHIN) for cheek, jaw in zip(points.CHEEK, points.JAW, strict=True)
    )
    return float(np.mean(list(sides)))


def nose_length(sight: Sight) -> float:
    """Bridge to base of the nose, by bridge to chin."""
    mesh = sight.frontal
    return _drop(mesh, points.NASION, points.NOSE_BASE) / max(_drop(mesh, points.NASION, points.CHIN), 1e-9)


def brow_peak(sight: Sight) -> float:
    """How much higher the brow rises at its outer than at its inner third: a peak far out looks like a roof."""
    return float(np.mean([rises[1] - rises[3] for rises in _brow_rises(sight)]))


def brow_slope(sight: Sight) -> float:
    """How steeply the brow climbs from its head outwards to its middle, rise by run."""
    mesh = sight.frontal
    slopes = []
    for upper in points.BROW_UPPER:
        run = abs(mesh[upper[4], 0] - mesh[upper[2], 0])
        slopes.append((mesh[upper[4], 1] - mesh[upper[2], 1]) / max(run, 1e-9))
    return float(np.mean(slopes))


def _span(mesh: Points, pair: Pair) -> float:
    return float(np.linalg.norm(mesh[pair.right, :2] - mesh[pair.left, :2]))


def _drop(mesh: Points, upper: int, lower: int) -> float:
    return float(abs(mesh[lower, 1] - mesh[upper, 1]))


def _angle(mesh: Points, one: int, corner: int, other: int) -> float:
    first, second = mesh[one, :2] - mesh[corner, :2], mesh[other, :2] - mesh[corner, :2]
    cosine = first @ second / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-9)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _brow_rises(sight: Sight) -> list[Points]:
    return [_rises(sight.frontal, upper) for upper in points.BROW_UPPER]


def _rises(mesh: Points, upper: Ring) -> Points:
    """How far each point of a brow's upper edge lies above the line from its tail to its head, by that line."""
    edge = mesh[list(upper), :2] - mesh[upper[0], :2]
    line = edge[-1]
    across = edge[:, 0] * line[1] - edge[:, 1] * line[0]
    # The sign tells the sides apart: the right brow runs the other way.
    return np.asarray(across * np.sign(line[0]) / max(float(line @ line), 1e-9))
