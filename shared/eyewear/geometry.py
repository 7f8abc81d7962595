"""From a specification to outlines in millimetres: lenses, rims, bridge, end pieces, pads, temples.

Origin in the middle between the lenses, on the line through their box centres; x to the viewer's right, y
down. A frame is symmetric, so the right side (x >= 0) is built and mirrored.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from shapely import LinearRing, LineString, Polygon, box, difference, intersection, union_all
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from shared.errors import FrameInvalidError
from shared.eyewear import lens as lenses
from shared.eyewear.fittings import NosePad, nylon, pad, screws
from shared.eyewear.lens import Points
from shared.eyewear.planar import FAR, filled, mirrored, pieces, right_half, smoothed, whole
from shared.eyewear.solid_front import nose_opening, solid_bridge, solid_end
from shared.eyewear.spec import CANVAS_MM, FrameSpec, Material, Rim, Shape
from shared.eyewear.temple import Temple, temple_of
from shared.eyewear.wire_front import drilled_end, wire_bridge, wire_end

_LENSES = 2
_WIDTH_TOLERANCE = 0.6  # mm: rounded corners take a little off
_HINGE_LEVEL = {
    Shape.ROUND: 0.34,
    Shape.OVAL: 0.40,
    Shape.OTHER: 0.40,
    Shape.CAT_EYE: 0.66,
    Shape.WAYFARER: 0.66,
    Shape.CLUBMASTER: 0.66,
}  # above the middle, in half lens heights; else 0.55


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
        """Return y of the highest and the lowest point of the front, in mm."""
        _, top, _, bottom = self.silhouette.bounds
        return top, bottom


@lru_cache(maxsize=512)
def geometry(spec: FrameSpec) -> FrameGeometry:
    """The outlines of a frame.

    Raises:
        FrameInvalidError: The outlines cross, fall apart or leave the canvas.
    """
    family = lenses.family(spec)
    ring = lenses.contour(family, spec.lens_width, spec.lens_height)
    ring += np.array([_lens_x(spec), 0.0])
    lens = Polygon(ring)
    rim = _rim_outer(spec, family, lens)
    hinge = _hinge(spec, rim)
    front, wire = (whole(part) for part in _halves(spec, lens, rim, hinge))
    silhouette = _silhouette(lens, (*front, *wire))
    _check(spec, lens, front, silhouette)
    return FrameGeometry(
        lens=ring,
        front=front,
        wire=wire,
        nylon=nylon(spec, ring),
        silhouette=pieces(silhouette)[0],
        pad=pad(spec, lens),
        temple=temple_of(spec, hinge),
        screws=screws(spec, lens, hinge),
        hinge=hinge,
    )


def outline(spec: FrameSpec, n: int = 16) -> Points:
    """`n` points evenly along the outer edge of the front, from the top of the bridge clockwise on the screen.

    Returns:
        Array of shape (n, 2) in mm.
    """
    edge = LinearRing(geometry(spec).silhouette.exterior)
    points = np.asarray(edge.coords)[:-1]
    start = int(np.argmin(np.where(points[:, 1] < 0, np.abs(points[:, 0]), FAR)))
    points = np.roll(points, -start, axis=0)
    if points[1, 0] < points[0, 0] - 1e-9:
        points = np.roll(points[::-1], 1, axis=0)
    line = LineString(np.vstack([points, points[:1]]))
    return np.array([line.interpolate(i / n, normalized=True).coords[0] for i in range(n)])


def _lens_x(spec: FrameSpec) -> float:
    return (spec.bridge_width + spec.lens_width) / 2


def _rim_outer(spec: FrameSpec, family: lenses.Family, lens: Polygon) -> BaseGeometry:
    """The lens outline grown by the rim: the same family in a larger box, nowhere thinner than the thinnest side."""
    if spec.rim is Rim.RIMLESS:
        return lens
    width = spec.lens_width + 2 * spec.rim_side
    height = spec.lens_height + spec.rim_top + spec.rim_bottom
    ring = lenses.contour(family, width, height)
    ring += np.array([_lens_x(spec), (spec.rim_bottom - spec.rim_top) / 2])
    thinnest = min(spec.rim_top, spec.rim_bottom, spec.rim_side)
    return union_all([Polygon(ring), lens.buffer(0.92 * thinnest, quad_segs=8)])


def _hinge(spec: FrameSpec, rim: BaseGeometry) -> tuple[float, float]:
    """The middle of the end piece's outer edge."""
    level = -_HINGE_LEVEL.get(spec.shape, 0.55) * spec.lens_height / 2
    if spec.rim is Rim.RIMLESS:
        level *= 0.8
    return rim.bounds[2] + spec.end_piece, level


def _halves(
    spec: FrameSpec, lens: Polygon, rim: BaseGeometry, hinge: tuple[float, float]
) -> tuple[BaseGeometry, BaseGeometry]:
    """The right half of the front and of its wire, lenses cut out."""
    none = Polygon()
    if spec.rim is Rim.RIMLESS:
        return none, right_half(union_all([wire_bridge(spec, lens), drilled_end(lens, hinge)]), none)
    keep = _above(spec)
    if spec.is_browline:
        return _brow_and_wire(spec, lens, rim, hinge)
    if spec.material is Material.METAL:
        solid = union_all([intersection(rim, keep), wire_end(spec, rim, hinge), wire_bridge(spec, lens)])
        return right_half(solid, lens), none
    bridge = difference(solid_bridge(spec, rim), nose_opening(spec, rim))
    solid = union_all([rim, bridge, solid_end(spec, rim, hinge)])
    if spec.rim is Rim.SEMI:
        return right_half(smoothed(intersection(solid, keep), 2.2, 1.4), lens), none
    return right_half(smoothed(solid, 2.2, 0.9), lens), none


def _brow_and_wire(
    spec: FrameSpec, lens: Polygon, rim: BaseGeometry, hinge: tuple[float, float]
) -> tuple[BaseGeometry, BaseGeometry]:
    """A brow-line front: a brow with end pieces, on a thin wire that holds lens and bridge."""
    brow = intersection(union_all([rim, solid_end(spec, rim, hinge)]), _brow_half(spec, lens))
    brow = smoothed(difference(brow, lens), 0.1, 0.5)
    wire = union_all([intersection(lens.buffer(0.9, quad_segs=8), _above(spec)), wire_bridge(spec, lens)])
    return brow, difference(right_half(wire, lens), brow.buffer(-0.2, quad_segs=2))


def _above(spec: FrameSpec) -> Polygon:
    """Where a rim is kept: everywhere, or on a semi-rim above a line a little under the middle of the lens."""
    return box(-FAR, -FAR, FAR, 0.06 * spec.lens_height if spec.rim is Rim.SEMI else FAR)


def _brow_half(spec: FrameSpec, lens: Polygon) -> Polygon:
    """The brow of a brow-line frame: from above the nose rising to the temple."""
    left, _, right, _ = lens.bounds
    h = spec.lens_height / 2
    return Polygon(
        [(left - 2.2, -FAR), (FAR, -FAR), (FAR, -0.05 * h), (right, -0.05 * h), (left - 2.2, -0.12 * h)]
    )


def _silhouette(lens: Polygon, parts: tuple[Polygon, ...]) -> BaseGeometry:
    """All that is covered: a front that holds its lenses needs only its holes filled."""
    if len(parts) == 1 and len(parts[0].interiors) >= _LENSES:
        return Polygon(parts[0].exterior)
    edge = lens.buffer(0.05, quad_segs=2)  # so that a lens and the rim round it are one piece
    return filled(union_all([edge, mirrored(edge), *parts]))


def _check(spec: FrameSpec, lens: Polygon, front: tuple[Polygon, ...], silhouette: BaseGeometry) -> None:
    """Refuse outlines that cannot be one frame."""
    for name, shape in (("lens", lens), *(("front", part) for part in front), ("silhouette", silhouette)):
        if not shape.is_valid:
            raise FrameInvalidError(f"The {name} crosses itself: {explain_validity(shape)}.", field="shape")
    if len(pieces(silhouette)) != 1:
        raise FrameInvalidError("The two sides do not meet at the bridge.", field="bridge_width")
    if abs(silhouette.bounds[2] - spec.total_width / 2) > _WIDTH_TOLERANCE:
        raise FrameInvalidError("The end piece does not reach as far as stated.", field="end_piece")
    left, top, right, bottom = silhouette.bounds
    if max(-left, right) > CANVAS_MM[0] / 2 or max(-top, bottom) > CANVAS_MM[1] / 2:
        raise FrameInvalidError(
            f"The front measures {right - left:.0f} × {bottom - top:.0f} mm.", field="lens_height"
        )
