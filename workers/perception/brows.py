"""How heavy the brows are: the mesh gives every brow the same thickness, so their darkness is measured."""

import cv2
import numpy as np

from workers.perception import points
from workers.perception.points import Ring
from workers.perception.sight import Sight

# A band along each brow: this many steps along it and across it, this far up and down by the brow's length.
_ALONG, _ACROSS, _REACH = 40, 24, 0.15


def brow_weight(sight: Sight) -> float:
    """How much of the skin's lightness the brows take away in a band around them, 0 to 1, mean of both."""
    pairs = zip(points.BROW_UPPER, points.BROW_LOWER, strict=True)
    return float(np.mean([_weight(sight, upper, lower) for upper, lower in pairs]))


def _weight(sight: Sight, upper: Ring, lower: Ring) -> float:
    edges = (sight.head.points[list(upper)] + sight.head.points[list(lower)]) / 2
    steps = np.linspace(0, len(edges) - 1, _ALONG)
    middle = np.column_stack([np.interp(steps, range(len(edges)), edges[:, axis]) for axis in (0, 1)])
    length = float(np.linalg.norm(edges[-1] - edges[0]))
    up_down = np.linspace(-_REACH, _REACH, _ACROSS) * length
    x = np.repeat(middle[:, :1], _ACROSS, axis=1).astype(np.float32)
    y = (middle[:, 1:] + up_down).astype(np.float32)
    lightness = cv2.remap(sight.head.lab[..., 0], x, y, cv2.INTER_LINEAR)
    # The lightest fifth of each column is skin, whatever the brow.
    skin = float(np.median(np.quantile(lightness, 0.8, axis=1)))
    return float(np.clip(skin - lightness, 0, None).mean()) / max(skin, 1.0)
