"""Small help with outlines in the plane, in mm; y grows downwards."""

import numpy as np
from shapely import LineString, Polygon, box, difference, intersection, union_all
from shapely.geometry.base import BaseGeometry

FAR = 100.0  # beyond every frame
_ON_THE_LINE = 1e-9  # mm
_CRUMB = 0.3  # mm²: what rounding leaves behind is smaller, any real part larger


def top_at(shape: BaseGeometry, x: float) -> float:
    """Return y of the upper edge of `shape` at `x`."""
    return float(intersection(shape, LineString([(x, -FAR), (x, FAR)])).bounds[1])


def side_at(shape: BaseGeometry, y: float) -> float:
    """Return x of the edge of `shape` nearest the middle at `y`, on the right side."""
    return float(intersection(shape, LineString([(0, y), (FAR, y)])).bounds[0])


def outside_at(shape: BaseGeometry, y: float) -> float:
    """Return x of the edge of `shape` farthest from the middle at `y`, on the right side."""
    return float(intersection(shape, LineString([(0, y), (FAR, y)])).bounds[2])


def smoothed(shape: BaseGeometry, inner: float, outer: float) -> BaseGeometry:
    """Round inner corners with one radius and outer corners with another."""
    grown = shape.buffer(inner, quad_segs=5)
    return grown.buffer(-inner - outer, quad_segs=5).buffer(outer, quad_segs=3)


def right_half(shape: BaseGeometry, lens: Polygon) -> BaseGeometry:
    """What lies right of the middle, with the lens cut out."""
    return difference(intersection(shape, box(0, -FAR, FAR, FAR)), lens)


def pieces(shape: BaseGeometry) -> tuple[Polygon, ...]:
    """The polygons of `shape`, crumbs left out."""
    parts = getattr(shape, "geoms", [shape])
    return tuple(p for p in parts if isinstance(p, Polygon) and p.area > _CRUMB)


def filled(shape: BaseGeometry) -> BaseGeometry:
    """Without holes (between a double bridge's bars, say)."""
    return union_all([Polygon(piece.exterior) for piece in pieces(shape)])


def whole(half: BaseGeometry) -> tuple[Polygon, ...]:
    """The right half and its mirror image, with no seam in the middle."""
    joined: list[Polygon] = []
    for piece in pieces(half):
        if piece.bounds[0] > 0:
            joined += [piece, mirrored(piece)]
        else:
            joined += [_closed(piece)]
    return tuple(joined)


def mirrored(shape: Polygon) -> Polygon:
    """The mirror image on the other side."""
    rings = [np.asarray(ring.coords) * (-1, 1) for ring in (shape.exterior, *shape.interiors)]
    return Polygon(rings[0], rings[1:])


def _closed(half: Polygon) -> Polygon:
    """Join a half that is cut along the middle with its mirror image.

    Where the cut is one straight line the two outlines are simply laid end to end; else (a double bridge) a
    union does it, which costs ten times as much.
    """
    points = np.asarray(half.exterior.coords)[:-1]
    cut = [int(i) for i in np.flatnonzero(np.abs(points[:, 0]) < _ON_THE_LINE)]
    if len(cut) == 2 and cut in ([cut[0], cut[0] + 1], [0, len(points) - 1]):  # noqa: PLR2004  its two ends
        start = 0 if cut[0] == 0 and cut[1] != 1 else cut[1]
        right = np.roll(points, -start, axis=0)
        holes = [np.asarray(hole.coords) for hole in half.interiors]
        outline = np.vstack([right, right[-2:0:-1] * (-1, 1)])
        return Polygon(outline, [*holes, *(hole * (-1, 1) for hole in holes)])
    return max(pieces(union_all([half, mirrored(half)], grid_size=0.001)), key=lambda piece: piece.area)
