"""Lens outlines: four superellipse quarters between the points where the lens touches its box.

Opticians measure a lens by its box (ISO 8624): width, height and where the outline touches each side. An
outline is therefore drawn box first: a top, temporal, bottom and nasal touching point, joined by quarters
|u|^n + |v|^n = 1. An exponent of 2 is an ellipse, 4 a rounded corner, towards 1 a chamfer. Every exponent is
at least 1, so each outline is convex, cannot cross itself and fills its box exactly. The touching points and
exponents were set by eye against product photos and the median published outlines of each shape.
"""

from dataclasses import dataclass, fields, replace
from math import pi

import numpy as np
from numpy.typing import NDArray

from shared.eyewear.spec import FrameSpec, Shape, UpperLine

Points = NDArray[np.float64]

_ELLIPSE = 2.0
_PER_QUARTER = 24  # 96 points round a lens: about 0.01 mm from the true curve


@dataclass(frozen=True, slots=True)
class Family:
    """Where an outline touches its box and how it bends between; x grows to the temple, y down, box [-1, 1]².

    Attributes:
        top: x of the highest point.
        temporal: y of the outermost point.
        bottom: x of the lowest point.
        nasal: y of the innermost point.
        top_nasal: Exponent of the upper quarter by the nose.
        top_temporal: Exponent of the upper quarter by the temple.
        bottom_temporal: Exponent of the lower quarter by the temple.
        bottom_nasal: Exponent of the lower quarter by the nose.
        lift: How much the temple side is raised, as a slope.
        flat: Share of each side that is straight.
        taper: How much narrower the bottom is than the middle, as a share of the width.
        slant: How far the bottom leans to the temple, in half widths: room for the nose.
    """

    top: float
    temporal: float
    bottom: float
    nasal: float
    top_nasal: float
    top_temporal: float
    bottom_temporal: float
    bottom_nasal: float
    lift: float = 0.0
    flat: float = 0.0
    taper: float = 0.05
    slant: float = 0.06

    def mixed(self, other: "Family", share: float) -> "Family":
        """The outline `share` of the way to `other`."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Family(*(a + share * (b - a) for a, b in pairs))


FAMILIES = {
    Shape.RECTANGLE: Family(0.10, -0.20, 0.0, -0.30, 4.6, 5.0, 3.9, 3.2, 0.03, 0.16, 0.055, 0.07),
    Shape.SQUARE: Family(0.10, -0.25, 0.0, -0.30, 4.4, 4.8, 3.6, 3.1, 0.03, 0.14, 0.06, 0.07),
    Shape.OVAL: Family(0.05, -0.10, 0.0, -0.15, 2.3, 2.4, 2.3, 2.2, 0.04, 0.0, 0.02, 0.04),
    Shape.ROUND: Family(0.0, -0.02, 0.0, -0.02, 2.05, 2.05, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0),
    Shape.AVIATOR: Family(-0.05, -0.36, 0.10, -0.50, 3.1, 2.8, 2.2, 2.0, 0.03, 0.0, 0.06, 0.16),
    Shape.CAT_EYE: Family(0.45, -0.62, 0.0, -0.28, 2.4, 2.2, 2.3, 2.3, 0.12, 0.0, 0.06, 0.03),
    Shape.OTHER: Family(0.0, -0.05, 0.0, -0.05, 1.25, 1.25, 1.25, 1.25, 0.0, 0.40, 0.03, 0.02),
    Shape.CLUBMASTER: Family(0.10, -0.45, 0.0, -0.38, 3.4, 3.6, 2.4, 2.3, 0.04, 0.0, 0.06, 0.06),
    Shape.WALNUT: Family(0.05, -0.28, 0.02, -0.24, 2.6, 2.7, 2.1, 2.05, 0.03, 0.0, 0.07, 0.06),
    Shape.WAYFARER: Family(0.20, -0.50, 0.0, -0.36, 3.9, 4.2, 3.1, 2.7, 0.06, 0.08, 0.08, 0.05),
}


def family(spec: FrameSpec) -> Family:
    """The outline of `spec` with its upper line, angularity and top-heaviness applied."""
    shape = FAMILIES[spec.shape]
    if spec.towards is not None:
        shape = shape.mixed(FAMILIES[spec.towards], spec.mix)
    return _with_weight(_with_corners(_with_upper(shape, spec.upper), spec.angularity), spec.top_heavy)


def _with_upper(f: Family, upper: UpperLine) -> Family:
    """Bend the upper two quarters; the lower half keeps its shape.

    A flat line has fuller corners, a round one nearly an ellipse, a roof falls straight to both sides from
    its ridge, an angry line rises from the nose to a corner at the temple.
    """
    a, b = f.top_nasal - _ELLIPSE, f.top_temporal - _ELLIPSE
    changes = {
        UpperLine.FLAT: {"top_nasal": 2.9 + 1.25 * a, "top_temporal": 2.9 + 1.25 * b},
        UpperLine.ROUND: {
            "top": 0.5 * f.top,
            "temporal": 0.6 * f.temporal + 0.04,
            "nasal": 0.6 * f.nasal + 0.04,
            "top_nasal": 2.0 + 0.12 * a,
            "top_temporal": 2.0 + 0.14 * b,
        },
        UpperLine.SMOOTHED: {"top_nasal": 2.1 + 0.7 * a, "top_temporal": 2.1 + 0.7 * b},
        UpperLine.ROOF: {
            "top": 0.3 * f.top + 0.04,
            "top_nasal": 1.45 + 0.12 * a,
            "top_temporal": 1.45 + 0.14 * b,
        },
        UpperLine.ANGRY: {
            "top": 0.4 * f.top + 0.48,
            "temporal": f.temporal - 0.10,
            "nasal": f.nasal + 0.10,
            "top_nasal": 1.62 + 0.16 * a,
        },
    }
    return replace(f, **changes[upper])


def _with_corners(f: Family, angularity: float) -> Family:
    """Scale how far each exponent is from a chamfer; a half leaves it alone."""
    k = 1.9 ** (2 * angularity - 1)

    def bent(e: float) -> float:
        # Softening ends at an ellipse (2); only an outline that is drawn with chamfers has less.
        return _ELLIPSE + k * (e - _ELLIPSE) if e > _ELLIPSE else float(max(1.2, e * min(1.0, k) ** 0.15))

    names = ("top_nasal", "top_temporal", "bottom_temporal", "bottom_nasal")
    return replace(f, **{name: bent(getattr(f, name)) for name in names})


def _with_weight(f: Family, top_heavy: float) -> Family:
    """Move the widest line up and draw the lower half in."""
    more = top_heavy - 0.3
    return replace(
        f,
        temporal=max(-0.8, f.temporal - 0.35 * more),
        nasal=max(-0.8, f.nasal - 0.35 * more),
        bottom_temporal=1 + (1 - 0.30 * more) * (f.bottom_temporal - 1),
        bottom_nasal=1 + (1 - 0.30 * more) * (f.bottom_nasal - 1),
        taper=max(0.0, f.taper + 0.10 * more),
    )


def contour(f: Family, width: float, height: float) -> Points:
    """The outline as a closed ring that fills a box of `width` × `height` mm centred on 0.

    Returns:
        Array of shape (96, 2), x to the temple, y down, clockwise on the screen from the top; convex.
    """
    quarters = (
        _quarter((f.top, f.temporal), (1, -1), f.top_temporal, f.flat)[::-1],
        _quarter((f.bottom, f.temporal), (1, 1), f.bottom_temporal, f.flat),
        _quarter((f.bottom, f.nasal), (-1, 1), f.bottom_nasal, f.flat)[::-1],
        _quarter((f.top, f.nasal), (-1, -1), f.top_nasal, f.flat),
    )
    ring = _tapered(np.concatenate(quarters), f.taper, f.slant)
    ring[:, 1] -= f.lift * width / height * ring[:, 0]
    low, high = ring.min(axis=0), ring.max(axis=0)
    return (ring - (low + high) / 2) / (high - low) * (width, height)  # type: ignore[no-any-return]


def _tapered(ring: Points, taper: float, slant: float) -> Points:
    """Narrow and lean the lower half: a projective map, so what was convex stays convex."""
    x, y = ring.T
    near = 1 + taper * y
    return np.stack([(x + slant * y) / near, y / near], axis=1)


def _quarter(touch: tuple[float, float], side: tuple[int, int], n: float, flat: float) -> Points:
    """From the side (sx, y0) to the top or bottom (x0, sy), sampled evenly by angle, without the last point."""
    angle = (np.arange(_PER_QUARTER) + 0.5) / _PER_QUARTER * (pi / 2)
    c, s = np.cos(angle), np.sin(angle)
    radius = (c**n + s**n) ** (-1 / n)
    u = flat + (1 - flat) * radius * c
    v = flat + (1 - flat) * radius * s
    (x0, y0), (sx, sy) = touch, side
    return np.stack([x0 + (sx - x0) * u, y0 + (sy - y0) * v], axis=1)
