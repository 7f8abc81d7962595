"""The mirror image of a mesh: which point takes the place of which."""

import numpy as np
from numpy.typing import NDArray

from workers.perception.window import Points

_POINTS = 468
# The points of the middle line; the others are numbered half by half, and in the same order in both.
_MIDDLE = (0, 1, 2, 4, 5, 6, *range(8, 20), 94, 151, 152, 164, 168, 175, 195, 197, 199, 200)


def _twins() -> NDArray[np.int64]:
    twin = np.arange(_POINTS)
    sides = np.setdiff1d(twin, _MIDDLE)
    one_half, other_half = np.split(sides, 2)
    twin[one_half], twin[other_half] = other_half, one_half
    return twin


# In a mirror, point i is seen where point TWIN[i] was.
TWIN = _twins()


def mirrored(points: Points, size: float) -> Points:
    """The mesh of a mirrored picture of `size` pixels as it lies on the picture itself; 468 × 3."""
    return np.asarray(points[TWIN] * (-1, 1, 1) + (size, 0, 0))
