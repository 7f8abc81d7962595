"""Whether the face was lit and focused well enough: three numbers that do not depend on its size."""

from dataclasses import dataclass

import cv2
import numpy as np

from workers.perception import points
from workers.perception.photo import Pixels
from workers.perception.sight import Sight
from workers.perception.window import window_around

# Focus is judged on every face at this size: what a larger photo blurs below it does no harm.
_FOCUS_SIZE = 112
_HIGHLIGHTS = 0.9
_BURNT = 250  # of 255


@dataclass(frozen=True, slots=True)
class Quality:
    """The numbers.

    Attributes:
        sharpness: How much of the face's contrast lies in its finest detail; about 0.1 to 0.5, less is blurred.
        highlights: Lightness (CIELAB, 0 to 100) that a tenth of the face exceeds. Dark skin has highlights too.
        burnt: Share of the face's pixels that are all but white.
    """

    sharpness: float
    highlights: float
    burnt: float


def measure_quality(sight: Sight) -> Quality:
    """Measure within the outline of the face."""
    face = sight.head.polygon(points.OUTLINE)
    pixels = sight.head.rgb[face]
    if len(pixels) == 0:
        return Quality(sharpness=0.0, highlights=0.0, burnt=0.0)
    return Quality(
        sharpness=_sharpness(
            window_around(sight.mesh.points, 1.0, sight.mesh.angle).cut(sight.rgb, _FOCUS_SIZE)
        ),
        highlights=float(np.quantile(sight.head.lab[face][:, 0], _HIGHLIGHTS)),
        burnt=float((pixels.min(axis=1) >= _BURNT).mean()),
    )


def _sharpness(face: Pixels) -> float:
    """Deviation of what a small blur takes away, by the deviation of the whole (cf. Crété et al. 2007)."""
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 1.5)
    return float(detail.std()) / max(float(grey.std()), 1e-6)
