"""Fittings: nose pads, rivets and drill holes, the thread of a semi-rim. Right side, mm, y down."""

from dataclasses import dataclass

import numpy as np
from shapely import Polygon

from shared.eyewear.lens import Points
from shared.eyewear.planar import outside_at, side_at
from shared.eyewear.spec import FrameSpec, Material, Nose, Rim

_RIVETED_FROM = 2.6  # mm of rim


@dataclass(frozen=True, slots=True)
class NosePad:
    """The right pad: its centre, half axes and lean in degrees, and its arm as a line from the rim."""

    x: float
    y: float
    half_width: float
    half_height: float
    lean: float
    arm: Points


def pad(spec: FrameSpec, lens: Polygon) -> NosePad | None:
    """The right pad, if the frame has pads: it sits behind the inner rim, a third down the lens, leaning with the nose."""
    if spec.nose is not Nose.PADS:
        return None
    y = 0.16 * spec.lens_height / 2 + 1.5
    inner = side_at(lens, y)
    x = max(inner - 2.0, 4.2)
    root = side_at(lens, y - 6.0)
    t = np.linspace(0, 1, 9)[:, None]
    ends = np.array([[root - 0.2, y - 6.0], [root - 3.4, y - 7.4], [x - 1.6, y - 5.5], [x, y - 0.6]])
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])  # cubic Bézier
    return NosePad(x, y, 2.1, 4.1, -17.0, weights @ ends)


def screws(spec: FrameSpec, lens: Polygon, hinge: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Centres of drill holes (rimless) or of the rivet of a stout acetate front."""
    x, y = hinge
    if spec.rim is Rim.RIMLESS:
        outer = outside_at(lens, y)
        return ((outer - 4.2, y), (lens.bounds[0] + 3.6, -0.38 * spec.lens_height / 2))
    if spec.material is Material.PLASTIC and spec.rim_side > _RIVETED_FROM:
        return ((x - 0.62 * spec.end_piece - 0.8, y - 0.4),)
    return ()


def nylon(spec: FrameSpec, ring: Points) -> Points:
    """The lower edge of the right lens, in order, where a thread holds it; empty on any other frame."""
    if spec.rim is not Rim.SEMI:
        return np.empty((0, 2))
    low = ring[:, 1] > 0.06 * spec.lens_height
    start = int(np.flatnonzero(low & ~np.roll(low, 1))[0])
    return np.roll(ring, -start, axis=0)[: int(low.sum())]
