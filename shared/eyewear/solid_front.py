"""Fronts of acetate or wood: end pieces, bridge and the opening for the nose. Right side, mm, y down."""

import numpy as np
from shapely import LineString, Point, Polygon, box, intersection, union_all
from shapely.geometry.base import BaseGeometry

from shared.eyewear.planar import FAR, side_at, top_at
from shared.eyewear.spec import Bridge, FrameSpec, Shape

# How far the upper line falls on its way to the hinge, as a share of the way.
_FALL = {Shape.RECTANGLE: 0.30, Shape.SQUARE: 0.30, Shape.WAYFARER: 0.02, Shape.CLUBMASTER: 0.06}


def solid_end(spec: FrameSpec, rim: BaseGeometry, hinge: tuple[float, float]) -> BaseGeometry:
    """The end piece: the hull of the rim's upper outer part and the hinge block, so the upper line runs on."""
    x, y = hinge
    left, top, right, bottom = rim.bounds
    deep = 0.09 * (bottom - top)
    if spec.shape is Shape.CAT_EYE:
        wing = top - 0.4
        block = Polygon([(x - 1.6, wing + 0.5), (x, wing), (x + 0.2, wing + 1.6), (x - 1.2, y + 0.5 * deep)])
        part = box(right - 0.36 * (right - left), -FAR, FAR, y + 3.0 * deep)
    else:
        over = top_at(rim, right - 0.2 * (right - left))
        corner = over + _FALL.get(spec.shape, 0.55) * (y - over)
        block = Polygon([(x - 1.0, corner), (x, corner + 1.0), (x, y + deep - 0.6), (x - 0.5, y + deep)])
        part = box(right - 0.30 * (right - left), -FAR, FAR, y + 2.0 * deep)
    return union_all([intersection(rim, part), block]).convex_hull


def _bridge_level(spec: FrameSpec, rim: BaseGeometry) -> tuple[float, float]:
    """Return y of the bridge's upper and lower edge at its middle."""
    h = spec.lens_height / 2
    low = spec.shape in (Shape.ROUND, Shape.OVAL, Shape.WALNUT, Shape.CAT_EYE)
    top = -(0.60 if low else 0.74) * h - 0.25 * spec.rim_top
    # Never above the rims it joins, which an angry line lowers at the nose.
    top = max(top, top_at(rim, rim.bounds[0] + 0.12 * spec.lens_width) - 0.3)
    thick = np.clip(1.0 * spec.rim_top + 1.8, 4.2, 9.0)
    return top, top + float(thick)


def solid_bridge(spec: FrameSpec, rim: BaseGeometry) -> BaseGeometry:
    """A gently arched bar between the rims, deep enough to cut the nose opening from."""
    top, bottom = _bridge_level(spec, rim)
    reach = rim.bounds[0] + 0.10 * spec.lens_width
    wide = rim.bounds[0] + 0.30 * spec.lens_width
    x = np.linspace(-wide, wide, 25)
    # A soft valley between the brows: what would lie over the lenses is cut out with them.
    over = top_at(rim, wide) + 0.15
    upper = np.stack([x, top + min(over - top, 0.0) * np.abs(x / wide) ** 2.6], axis=1)
    side, low = _nose_foot(spec, rim)
    bar = Polygon([*upper, (reach, bottom), (side, low), (-side, low), (-reach, bottom)])
    if spec.bridge is not Bridge.DOUBLE:
        return bar
    shoulder = top_at(rim, reach + 3) + 1.4
    return union_all([bar, LineString([(-reach - 4, shoulder), (reach + 4, shoulder)]).buffer(1.3)])


def _nose_foot(spec: FrameSpec, rim: BaseGeometry) -> tuple[float, float]:
    """Where the nose opening has reached the rims: x just inside the right rim, and y."""
    low = min(_bridge_level(spec, rim)[1] + 0.42 * spec.lens_height, 0.3 * spec.lens_height)
    return side_at(rim, low) + 0.8, low


def nose_opening(spec: FrameSpec, rim: BaseGeometry) -> BaseGeometry:
    """What is cut out for the nose: an arch (saddle) or a round head on a narrow neck (keyhole)."""
    _, bottom = _bridge_level(spec, rim)
    side, low = _nose_foot(spec, rim)
    half = side + 1.2  # a little into the rim: they are joined again by rounding
    if spec.bridge is not Bridge.KEYHOLE:
        t = np.linspace(-1, 1, 31)
        arch = np.stack([half * t, bottom + (low - bottom) * np.abs(t) ** 2.4], axis=1)
        return Polygon([*arch, (half, FAR), (-half, FAR)])
    head = float(np.clip(0.17 * spec.bridge_width, 2.0, 3.4))
    neck, start = 0.72 * head, bottom + 1.75 * head
    flare = np.linspace(0, 1, 10)
    right = np.stack([neck + (half - neck) * flare**1.4, start + max(low - start, 2.0) * flare], axis=1)
    hole = Point(0, bottom + head).buffer(head, quad_segs=10)
    below = [
        (-neck, bottom + head),
        (neck, bottom + head),
        *right,
        (half, FAR),
        (-half, FAR),
        *(right * (-1, 1))[::-1],
    ]
    return union_all([hole, Polygon(below)])
