"""Fronts of metal wire: bridge, lugs, drilled mounts. Right side, mm, y down."""

import numpy as np
from shapely import LineString, Polygon, union_all
from shapely.geometry.base import BaseGeometry

from shared.eyewear.planar import outside_at, side_at, top_at
from shared.eyewear.spec import Bridge, FrameSpec, Material, Rim

_WIRE = 1.3  # mm, the second bar of a double bridge


def wire_bridge(spec: FrameSpec, lens: Polygon) -> BaseGeometry:
    """An arched wire between the lenses, on drilled lenses with a tongue on the glass; a second bar if double."""
    h = spec.lens_height / 2
    drilled = spec.rim is Rim.RIMLESS
    into = 4.0 if drilled else -0.2
    inner = lens.bounds[0] + into
    # Where the lens comes near the nose: an angry line has left it lower down than others.
    near = top_at(lens, lens.bounds[0] + 0.05 * spec.lens_width) + 0.6
    y_join = -0.38 * h if drilled else max(-0.45 * h, near)
    edge = inner if drilled else side_at(lens, y_join) - 0.3
    t = np.linspace(0, np.pi / 2, 14)
    rise = 0.10 * spec.bridge_width + 1.2
    wire = np.stack([edge * np.sin(t), y_join - rise * np.cos(t) ** 1.3], axis=1)
    wire = np.vstack([[-1.0, wire[0, 1]], wire])
    parts = [LineString(wire).buffer(_bridge_wire(spec) / 2, quad_segs=6)]
    if spec.bridge is Bridge.DOUBLE:
        reach = lens.bounds[0] + 0.2 * spec.lens_width
        bar = top_at(lens, reach) - 0.5
        parts.append(
            LineString([(-1, bar - 0.4), (0.6 * reach, bar - 0.4), (reach + 4, bar)]).buffer(_WIRE / 2 + 0.1)
        )
    return union_all(parts)


def _bridge_wire(spec: FrameSpec) -> float:
    return float(np.clip(0.8 * spec.rim_top + 0.7, 1.5, 2.6)) if spec.material is Material.METAL else 1.9


def wire_end(spec: FrameSpec, rim: BaseGeometry, hinge: tuple[float, float]) -> BaseGeometry:
    """A flat lug from the rim to the hinge."""
    x, y = hinge
    outer = outside_at(rim, y)
    half = float(np.clip(0.55 * spec.rim_side + 0.55, 0.9, 2.0))
    return Polygon(
        [(outer - 0.6, y - half - 0.3), (x, y - half), (x, y + half), (outer - 0.6, y + half + 0.5)]
    )


def drilled_end(lens: Polygon, hinge: tuple[float, float]) -> BaseGeometry:
    """The end mount of a drilled lens: a slim tongue on the glass that runs out to the hinge."""
    x, y = hinge
    outer = outside_at(lens, y)
    tongue = Polygon(
        [
            (outer - 5.0, y - 0.6),
            (outer, y - 0.9),
            (x, y - 1.2),
            (x, y + 1.2),
            (outer, y + 0.9),
            (outer - 5.0, y + 0.6),
        ]
    )
    return tongue.buffer(0.3, quad_segs=4)
