"""From a specification to outlines in millimetres: lenses, rims, bridge, end pieces, pads, temples.

Origin in the middle between the lenses, on the line through their box centres; x to the viewer's right, y
down. A frame is symmetric, so the right side (x >= 0) is built and mirrored.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from shapely import LinearRing, LineString, Point, Polygon, box, difference, intersection, union_all
from shapely.affinity import scale
from shapely.validation import explain_validity

from shared.errors import FrameInvalidError
from shared.eyewear import lens as lenses
from shared.eyewear.lens import Points
from shared.eyewear.spec import CANVAS_MM, Bridge, FrameSpec, Material, Nose, Rim, Shape
from shared.eyewear.temple import Temple, temple_of

_FAR = 100.0  # beyond every frame
_WIRE = 1.3  # mm, bridge and end-piece wire of a metal frame


@dataclass(frozen=True, slots=True)
class NosePad:
    """The right pad: its centre, half axes and lean in degrees, and its arm as a line from the rim."""

    x: float
    y: float
    half_width: float
    half_height: float
    lean: float
    arm: Points


@dataclass(frozen=True, slots=True)
class FrameGeometry:
    """Outlines of a frame in mm. Arrays have shape (n, 2); those named of the right side have x >= 0.

    Attributes:
        lens: Right lens, closed.
        front: The solid front: rims, bridge and end pieces of one material; may be several pieces, lenses cut out.
        wire: The metal parts of a front of two materials (brow-line rims, drilled mounts), else empty.
        nylon: The thread under the right lens of a semi-rimless frame, else empty.
        silhouette: Everything the front covers, lenses included; one piece.
        pad: The right nose pad, if any.
        temple: The right temple as the camera sees it.
        screws: Centres of the right side's rivets or drill holes.
        hinge: Where the right temple meets the front.
    """

    lens: Points
    front: tuple[Polygon, ...]
    wire: tuple[Polygon, ...]
    nylon: Points
    silhouette: Polygon
    pad: NosePad | None
    temple: Temple
    screws: tuple[tuple[float, float], ...]
    hinge: tuple[float, float]

    @property
    def top_and_bottom(self) -> tuple[float, float]:
        """y of the highest and the lowest point of the front, in mm."""
        _, top, _, bottom = self.silhouette.bounds
        return top, bottom


@lru_cache(maxsize=512)
def geometry(spec: FrameSpec) -> FrameGeometry:
    """The outlines of a frame.

    Raises:
        FrameInvalidError: The outlines cross, fall apart or leave the canvas.
    """
    family = lenses.family(spec)
    ring = lenses.contour(family, spec.lens_width, spec.lens_height) + (_lens_x(spec), 0.0)
    lens = Polygon(ring)
    rim = _rim_outer(spec, family, lens)
    hinge = _hinge(spec, rim)
    front, wire = _parts(spec, lens, rim, hinge)
    whole_front, whole_wire = _whole(front), _whole(wire)
    silhouette = _silhouette(lens, whole_front, whole_wire)
    _check(spec, lens, whole_front, silhouette)
    return FrameGeometry(
        lens=ring,
        front=_pieces(whole_front),
        wire=_pieces(whole_wire),
        nylon=_nylon(spec, ring) if spec.rim is Rim.SEMI else np.empty((0, 2)),
        silhouette=_pieces(silhouette)[0],
        pad=_pad(spec, lens) if spec.nose is Nose.PADS else None,
        temple=temple_of(spec, hinge),
        screws=_screws(spec, lens, hinge),
        hinge=hinge,
    )


def outline(spec: FrameSpec, n: int = 16) -> Points:
    """`n` points evenly along the outer edge of the front, from the top of the bridge clockwise on the screen.

    Returns:
        Array of shape (n, 2) in mm.
    """
    edge = LinearRing(geometry(spec).silhouette.exterior)
    points = np.asarray(edge.coords)[:-1]
    start = int(np.argmin(np.where(points[:, 1] < 0, np.abs(points[:, 0]), _FAR)))
    points = np.roll(points, -start, axis=0)
    if points[1, 0] < points[0, 0] - 1e-9:
        points = np.roll(points[::-1], 1, axis=0)
    line = LineString(np.vstack([points, points[:1]]))
    return np.array([line.interpolate(i / n, normalized=True).coords[0] for i in range(n)])


def _lens_x(spec: FrameSpec) -> float:
    return (spec.bridge_width + spec.lens_width) / 2


def is_browline(spec: FrameSpec) -> bool:
    """Whether the front is a brow of one material on a wire of another."""
    return spec.shape is Shape.CLUBMASTER and spec.rim is not Rim.RIMLESS


def is_wire(spec: FrameSpec) -> bool:
    """Whether bridge and end pieces are metal wire."""
    return spec.material is Material.METAL or spec.rim is Rim.RIMLESS or is_browline(spec)


def has_metal(spec: FrameSpec) -> bool:
    """Whether any part of the front is drawn as metal."""
    return is_wire(spec)


def has_solid(spec: FrameSpec) -> bool:
    """Whether any part of the front is drawn as acetate or wood."""
    return spec.rim is not Rim.RIMLESS and (spec.material is not Material.METAL or is_browline(spec))


def _rim_outer(spec: FrameSpec, family: lenses.Family, lens: Polygon) -> Polygon:
    """The lens outline grown by the rim: the same family in a larger box, nowhere thinner than the thinnest side."""
    if spec.rim is Rim.RIMLESS:
        return lens
    width = spec.lens_width + 2 * spec.rim_side
    height = spec.lens_height + spec.rim_top + spec.rim_bottom
    ring = lenses.contour(family, width, height) + (_lens_x(spec), (spec.rim_bottom - spec.rim_top) / 2)
    thinnest = min(spec.rim_top, spec.rim_bottom, spec.rim_side)
    return union_all([Polygon(ring), lens.buffer(0.92 * thinnest, quad_segs=8)])


def _hinge(spec: FrameSpec, rim: Polygon) -> tuple[float, float]:
    """The middle of the end piece's outer edge."""
    high = {Shape.ROUND: 0.34, Shape.OVAL: 0.40, Shape.OTHER: 0.4, Shape.CAT_EYE: 0.66, Shape.WAYFARER: 0.66, Shape.CLUBMASTER: 0.66}
    level = -high.get(spec.shape, 0.55) * spec.lens_height / 2
    if spec.rim is Rim.RIMLESS:
        level *= 0.8
    return rim.bounds[2] + spec.end_piece, level


def _parts(spec: FrameSpec, lens: Polygon, rim: Polygon, hinge: tuple[float, float]) -> tuple[Polygon, Polygon]:
    """The right half of the front and of its wire, lenses cut out."""
    none = Polygon()
    if spec.rim is Rim.RIMLESS:
        return none, union_all([_wire_bridge(spec, lens), _drilled_end(spec, lens, hinge)])
    keep = _above(spec, lens) if spec.rim is Rim.SEMI else box(-_FAR, -_FAR, _FAR, _FAR)
    if is_browline(spec):
        brow = intersection(union_all([rim, _solid_end(spec, rim, hinge)]), _brow_half(spec, lens))
        low = intersection(lens.buffer(0.9, quad_segs=8), keep)
        wire = union_all([low, _wire_bridge(spec, lens)])
        brow = _smoothed(difference(brow, lens), 0.1, 0.5)
        return brow, difference(difference(wire, lens), brow.buffer(-0.2))
    if spec.material is Material.METAL:
        solid = union_all([intersection(rim, keep), _wire_end(spec, rim, hinge), _wire_bridge(spec, lens)])
        return _cut(solid, lens), none
    bridge = difference(_solid_bridge(spec, rim), _nose_opening(spec, rim))
    solid = union_all([rim, bridge, _solid_end(spec, rim, hinge)])
    if spec.rim is Rim.SEMI:
        return _cut(_smoothed(intersection(solid, keep), 2.2, 1.4), lens), none
    return _cut(_smoothed(solid, 2.2, 0.9), lens), none


def _cut(solid: Polygon, lens: Polygon) -> Polygon:
    right = intersection(solid, box(0, -_FAR, _FAR, _FAR))
    return difference(right, lens)


def _smoothed(shape: Polygon, inner: float, outer: float) -> Polygon:
    """Round inner corners with one radius and outer corners with another."""
    grown = shape.buffer(inner, quad_segs=5)
    return grown.buffer(-inner - outer, quad_segs=5).buffer(outer, quad_segs=3)


# Acetate and wood --------------------------------------------------------------------------------------


def _solid_end(spec: FrameSpec, rim: Polygon, hinge: tuple[float, float]) -> Polygon:
    """The end piece: the hull of the rim's upper outer part and the hinge block, so the upper line runs on."""
    x, y = hinge
    left, top, right, bottom = rim.bounds
    deep = 0.09 * (bottom - top)
    if spec.shape is Shape.CAT_EYE:
        wing = top - 0.4
        block = Polygon([(x - 1.6, wing + 0.5), (x, wing), (x + 0.2, wing + 1.6), (x - 1.2, y + 0.5 * deep)])
        part = box(right - 0.36 * (right - left), -_FAR, _FAR, y + 3.0 * deep)
    else:
        over = _top_at(rim, right - 0.2 * (right - left))
        corner = over + _FALL.get(spec.shape, 0.55) * (y - over)
        block = Polygon([(x - 1.0, corner), (x, corner + 1.0), (x, y + deep - 0.6), (x - 0.5, y + deep)])
        part = box(right - 0.30 * (right - left), -_FAR, _FAR, y + 2.0 * deep)
    return union_all([intersection(rim, part), block]).convex_hull


# How far the upper line falls on its way to the hinge, as a share of the way.
_FALL = {Shape.RECTANGLE: 0.30, Shape.SQUARE: 0.30, Shape.WAYFARER: 0.02, Shape.CLUBMASTER: 0.06}


def _bridge_level(spec: FrameSpec) -> tuple[float, float]:
    """y of the bridge's upper and lower edge at its middle."""
    h = spec.lens_height / 2
    low = spec.shape in (Shape.ROUND, Shape.OVAL, Shape.WALNUT, Shape.CAT_EYE)
    top = -(0.60 if low else 0.74) * h - 0.25 * spec.rim_top
    thick = np.clip(1.0 * spec.rim_top + 1.8, 4.2, 9.0)
    return top, top + float(thick)


def _solid_bridge(spec: FrameSpec, rim: Polygon) -> Polygon:
    """A gently arched bar between the rims, deep enough to cut the nose opening from."""
    top, bottom = _bridge_level(spec)
    reach = rim.bounds[0] + 0.10 * spec.lens_width
    wide = rim.bounds[0] + 0.30 * spec.lens_width
    x = np.linspace(-wide, wide, 25)
    # A soft valley between the brows: what would lie over the lenses is cut out with them.
    over = _top_at(rim, wide) + 0.15
    upper = np.stack([x, top + min(over - top, 0.0) * np.abs(x / wide) ** 2.6], axis=1)
    side, low = _nose_foot(spec, rim)
    bar = Polygon([*upper, (reach, bottom), (side, low), (-side, low), (-reach, bottom)])
    if spec.bridge is not Bridge.DOUBLE:
        return bar
    shoulder = _top_at(rim, reach + 3) + 1.4
    return union_all([bar, LineString([(-reach - 4, shoulder), (reach + 4, shoulder)]).buffer(1.3)])


def _top_at(shape: Polygon, x: float) -> float:
    """y of the upper edge of `shape` at `x`."""
    return float(intersection(shape, LineString([(x, -_FAR), (x, _FAR)])).bounds[1])


def _nose_foot(spec: FrameSpec, rim: Polygon) -> tuple[float, float]:
    """Where the nose opening has reached the rims: x just inside the right rim, and y."""
    low = min(_bridge_level(spec)[1] + 0.42 * spec.lens_height, 0.3 * spec.lens_height)
    return _side_at(rim, low) + 0.8, low


def _nose_opening(spec: FrameSpec, rim: Polygon) -> Polygon:
    """What is cut out for the nose: an arch (saddle) or a round head on a narrow neck (keyhole)."""
    _, bottom = _bridge_level(spec)
    side, low = _nose_foot(spec, rim)
    half = side + 1.2  # a little into the rim: they are joined again by rounding
    if spec.bridge is not Bridge.KEYHOLE:
        t = np.linspace(-1, 1, 31)
        arch = np.stack([half * t, bottom + (low - bottom) * np.abs(t) ** 2.4], axis=1)
        return Polygon([*arch, (half, _FAR), (-half, _FAR)])
    head = float(np.clip(0.17 * spec.bridge_width, 2.0, 3.4))
    neck, start = 0.72 * head, bottom + 1.75 * head
    flare = np.linspace(0, 1, 10)
    right = np.stack([neck + (half - neck) * flare**1.4, start + max(low - start, 2.0) * flare], axis=1)
    hole = Point(0, bottom + head).buffer(head, quad_segs=10)
    below = [(-neck, bottom + head), (neck, bottom + head), *right, (half, _FAR), (-half, _FAR), *(right * (-1, 1))[::-1]]
    return union_all([hole, Polygon(below)])


# Metal -------------------------------------------------------------------------------------------------


def _wire_bridge(spec: FrameSpec, lens: Polygon) -> Polygon:
    """An arched wire between the lenses, on drilled lenses with a tongue on the glass; a second bar if double."""
    h = spec.lens_height / 2
    drilled = spec.rim is Rim.RIMLESS
    into = 4.0 if drilled else -0.2
    inner = lens.bounds[0] + into
    y_join = -0.45 * h if not drilled else -0.38 * h
    edge = inner if drilled else _side_at(lens, y_join) - 0.3
    t = np.linspace(0, np.pi / 2, 14)
    rise = 0.10 * spec.bridge_width + 1.2
    wire = np.stack([edge * np.sin(t), y_join - rise * np.cos(t) ** 1.3], axis=1)
    wire = np.vstack([[-1.0, wire[0, 1]], wire])
    parts = [LineString(wire).buffer(_bridge_wire(spec) / 2, quad_segs=6)]
    if spec.bridge is Bridge.DOUBLE:
        reach = lens.bounds[0] + 0.2 * spec.lens_width
        bar = _top_at(lens, reach) - 0.5
        parts.append(LineString([(-1, bar - 0.4), (0.6 * reach, bar - 0.4), (reach + 4, bar)]).buffer(_WIRE / 2 + 0.1))
    return union_all(parts)


def _bridge_wire(spec: FrameSpec) -> float:
    return float(np.clip(0.8 * spec.rim_top + 0.7, 1.5, 2.6)) if spec.material is Material.METAL else 1.9


def _side_at(shape: Polygon, y: float) -> float:
    """x of the inner edge of `shape` at `y`."""
    return float(intersection(shape, LineString([(0, y), (_FAR, y)])).bounds[0])


def _wire_end(spec: FrameSpec, rim: Polygon, hinge: tuple[float, float]) -> Polygon:
    """A flat lug from the rim to the hinge."""
    x, y = hinge
    outer = float(intersection(rim, LineString([(0, y), (_FAR, y)])).bounds[2])
    half = float(np.clip(0.55 * spec.rim_side + 0.55, 0.9, 2.0))
    return Polygon([(outer - 0.6, y - half - 0.3), (x, y - half), (x, y + half), (outer - 0.6, y + half + 0.5)])


def _drilled_end(spec: FrameSpec, lens: Polygon, hinge: tuple[float, float]) -> Polygon:
    """The end mount of a drilled lens: a slim tongue on the glass that runs out to the hinge."""
    x, y = hinge
    outer = float(intersection(lens, LineString([(0, y), (_FAR, y)])).bounds[2])
    tongue = Polygon([(outer - 5.0, y - 0.6), (outer, y - 0.9), (x, y - 1.2), (x, y + 1.2), (outer, y + 0.9), (outer - 5.0, y + 0.6)])
    return tongue.buffer(0.3, quad_segs=4)


def _above(spec: FrameSpec, lens: Polygon) -> Polygon:
    """Where a semi-rim is kept: above a line a little under the middle of the lens."""
    level = 0.12 * spec.lens_height / 2
    return box(-_FAR, -_FAR, _FAR, level)


def _brow_half(spec: FrameSpec, lens: Polygon) -> Polygon:
    """The brow of a brow-line frame: from above the nose rising to the temple."""
    left, _, right, _ = lens.bounds
    h = spec.lens_height / 2
    return Polygon([(left - 2.2, -_FAR), (_FAR, -_FAR), (_FAR, -0.05 * h), (right, -0.05 * h), (left - 2.2, -0.12 * h)])


def _nylon(spec: FrameSpec, ring: Points) -> Points:
    """The lower edge of the right lens, from nose to temple."""
    low = ring[ring[:, 1] > 0.06 * spec.lens_height]
    return low[np.argsort(low[:, 0])] if len(low) < 3 else _run(ring, 0.06 * spec.lens_height)


def _run(ring: Points, level: float) -> Points:
    """The one run of points below `level`, in order."""
    below = ring[:, 1] > level
    start = int(np.flatnonzero(below & ~np.roll(below, 1))[0])
    turned = np.roll(ring, -start, axis=0)
    return turned[: int(below.sum())]


# Small parts -------------------------------------------------------------------------------------------


def _pad(spec: FrameSpec, lens: Polygon) -> NosePad:
    """The right pad sits behind the inner rim, a third down the lens, leaning with the nose."""
    y = 0.16 * spec.lens_height / 2 + 1.5
    inner = _side_at(lens, y)
    x = max(inner - 2.0, 4.2)
    root = _side_at(lens, y - 6.0)
    t = np.linspace(0, 1, 9)[:, None]
    ends = np.array([[root - 0.2, y - 6.0], [root - 3.4, y - 7.4], [x - 1.6, y - 5.5], [x, y - 0.6]])
    arm = (1 - t) ** 3 * ends[0] + 3 * t * (1 - t) ** 2 * ends[1] + 3 * t**2 * (1 - t) * ends[2] + t**3 * ends[3]
    return NosePad(x, y, 2.1, 4.1, -17.0, arm)


def _screws(spec: FrameSpec, lens: Polygon, hinge: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    x, y = hinge
    if spec.rim is Rim.RIMLESS:
        outer = float(intersection(lens, LineString([(0, y), (_FAR, y)])).bounds[2])
        return ((outer - 4.2, y), (lens.bounds[0] + 3.6, -0.38 * spec.lens_height / 2))
    if spec.material is Material.PLASTIC and spec.rim_side > 2.6:
        return ((x - 0.62 * spec.end_piece - 0.8, y - 0.4),)
    return ()


def _silhouette(lens: Polygon, front: Polygon, wire: Polygon) -> Polygon:
    """All that is covered: a front that holds its lenses needs only its holes filled."""
    if wire.is_empty and isinstance(front, Polygon) and len(front.interiors) == 2:  # noqa: PLR2004  two lenses
        return Polygon(front.exterior)
    left = scale(lens, xfact=-1, origin=(0, 0))
    return _filled(union_all([lens.buffer(0.02), left.buffer(0.02), front, wire]))


def _filled(shape: Polygon) -> Polygon:
    """Without holes (between a double bridge's bars, say)."""
    return union_all([Polygon(piece.exterior) for piece in getattr(shape, "geoms", [shape])])


def _whole(half: Polygon) -> Polygon:
    """The right half and its mirror image as one shape, with no seam in the middle."""
    joined = _mirrored_ring(half)
    if joined is not None:
        return joined
    return union_all([half, scale(half, xfact=-1, origin=(0, 0))], grid_size=0.001)


def _mirrored_ring(half: Polygon) -> Polygon | None:
    """The same without a costly union, where the half meets the middle in one straight cut."""
    if not isinstance(half, Polygon) or half.is_empty:
        return None
    points = np.asarray(half.exterior.coords)[:-1]
    middle = np.flatnonzero(np.abs(points[:, 0]) < 1e-9)
    if len(middle) != 2:  # noqa: PLR2004  the two ends of the cut
        return None
    first, last = (int(i) for i in middle)
    start = last if last - first == 1 else 0 if (first, last) == (0, len(points) - 1) else -1
    if start < 0:
        return None
    right = np.roll(points, -start, axis=0)
    left = right[-2:0:-1] * (-1, 1)
    holes = [np.asarray(hole.coords) for hole in half.interiors]
    return Polygon(np.vstack([right, left]), [*holes, *(hole * (-1, 1) for hole in holes)])


def _pieces(shape: Polygon) -> tuple[Polygon, ...]:
    parts = getattr(shape, "geoms", [shape])
    return tuple(p for p in parts if isinstance(p, Polygon) and p.area > 0.3)


def _check(spec: FrameSpec, lens: Polygon, front: Polygon, silhouette: Polygon) -> None:
    """Refuse outlines that cannot be one frame."""
    for name, shape in (("lens", lens), ("front", front), ("silhouette", silhouette)):
        if not shape.is_valid:
            raise FrameInvalidError(f"The {name} crosses itself: {explain_validity(shape)}.", field="shape")
    if len(_pieces(silhouette)) != 1:
        raise FrameInvalidError("The two sides do not meet at the bridge.", field="bridge_width")
    if abs(silhouette.bounds[2] - spec.total_width / 2) > 1.0:
        raise FrameInvalidError("The end piece does not reach as far as stated.", field="end_piece")
    left, top, right, bottom = silhouette.bounds
    if max(-left, right) > CANVAS_MM[0] / 2 or max(-top, bottom) > CANVAS_MM[1] / 2:
        raise FrameInvalidError(f"The front measures {right - left:.0f} × {bottom - top:.0f} mm.", field="lens_height")
