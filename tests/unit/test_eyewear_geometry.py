"""Outlines in millimetres: what a frame's numbers promise is what is built."""

import itertools
from typing import Any

import numpy as np
import pytest
from shapely import LinearRing, Point, Polygon, box
from shapely.affinity import scale

from shared.errors import FrameInvalidError
from shared.eyewear.geometry import geometry, outline
from shared.eyewear.sampling import random_spec
from shared.eyewear.spec import Bridge, FrameSpec, Material, Rim, Shape, UpperLine

EVERY = list(itertools.product(Shape, Rim, Material))


def some_frame(
    shape: Shape = Shape.RECTANGLE, rim: Rim = Rim.FULL, material: Material = Material.PLASTIC, **more: Any
) -> FrameSpec:
    """A frame of usual size; rims as usual for the material."""
    thin = material is Material.METAL
    rims = {"rim_top": 1.5, "rim_bottom": 1.2, "rim_side": 1.3} if thin else {}
    return FrameSpec(**{"shape": shape, "rim": rim, "material": material, **rims, **more})


@pytest.fixture(scope="module")
def many() -> list[FrameSpec]:
    """Two thousand frames as the sampler draws them, all words equally often."""
    rng = np.random.default_rng(2024)
    return [random_spec(rng, even=1.0) for _ in range(2000)]


def test_lens_fills_its_box(many: list[FrameSpec]) -> None:
    """Given any frame, its lens measures lens width × lens height, and the lenses are the bridge apart."""
    for spec in many:
        lens = geometry(spec).lens
        low, high = lens.min(axis=0), lens.max(axis=0)
        assert high - low == pytest.approx((spec.lens_width, spec.lens_height), abs=1e-6)
        assert 2 * low[0] == pytest.approx(spec.bridge_width, abs=1e-6)


def test_no_outline_crosses_itself(many: list[FrameSpec]) -> None:
    """Given two thousand random frames, every outline is simple and every part a valid polygon."""
    for spec in many:
        shape = geometry(spec)
        assert LinearRing(shape.lens).is_simple
        assert all(part.is_valid for part in (*shape.front, *shape.wire, shape.silhouette))


def test_lens_is_convex(many: list[FrameSpec]) -> None:
    """Given any mix of shape, upper line and angularity, a lens has no dent (it could not be ground)."""
    for spec in many:
        lens = Polygon(geometry(spec).lens)
        assert lens.area == pytest.approx(lens.convex_hull.area, rel=2e-3)


def test_front_is_symmetric(many: list[FrameSpec]) -> None:
    """Given any frame, its silhouette and its mirror image are the same."""
    for spec in many[:300]:
        shape = geometry(spec).silhouette
        assert shape.symmetric_difference(scale(shape, xfact=-1, origin=(0, 0))).area < 0.05


def test_front_is_as_wide_as_its_parts(many: list[FrameSpec]) -> None:
    """Given any frame, two lenses, the bridge, rims and end pieces add up to the width that is drawn."""
    for spec in many:
        left, _, right, _ = geometry(spec).silhouette.bounds
        assert right - left == pytest.approx(spec.total_width, abs=1.3)


def test_front_leaves_the_lenses_free(many: list[FrameSpec]) -> None:
    """Given a rim of any kind, it covers none of the lens; a drilled mount sits on the glass by design."""
    for spec in many[:500]:
        shape = geometry(spec)
        if spec.rim is Rim.RIMLESS:
            continue
        lens = Polygon(shape.lens)
        assert sum(part.intersection(lens).area for part in (*shape.front, *shape.wire)) < 0.05


@pytest.mark.parametrize(("shape", "rim", "material"), EVERY)
def test_every_combination_can_be_built(shape: Shape, rim: Rim, material: Material) -> None:
    """Given any shape, rim and material, there is a frame in one piece with a lens on both sides."""
    built = geometry(some_frame(shape, rim, material))
    assert built.silhouette.geom_type == "Polygon"
    assert built.silhouette.area > 2 * Polygon(built.lens).area


@pytest.mark.parametrize("bridge", Bridge)
@pytest.mark.parametrize("material", Material)
def test_every_bridge_joins_the_sides(bridge: Bridge, material: Material) -> None:
    """Given any bridge, material covers the middle line between the lenses."""
    built = geometry(some_frame(material=material, bridge=bridge))
    assert any(part.bounds[0] < 0 < part.bounds[2] for part in built.front)


def test_keyhole_is_narrower_than_saddle_below_the_bridge() -> None:
    """Given a keyhole, the opening just below its head is narrower than a saddle's."""
    saddle, keyhole = (
        geometry(some_frame(shape=Shape.ROUND, bridge=b)).front[0].area
        for b in (Bridge.SADDLE, Bridge.KEYHOLE)
    )
    assert keyhole > saddle


def test_upper_lines_differ() -> None:
    """Given the five upper lines in one box, a flat one leaves most glass in the upper half, a roof least."""

    def upper_area(upper: UpperLine) -> float:
        lens = Polygon(geometry(some_frame(upper=upper)).lens)
        return float(lens.intersection(box(0, -99, 99, 0)).area)

    areas = {upper: upper_area(upper) for upper in UpperLine}
    assert areas[UpperLine.FLAT] > areas[UpperLine.SMOOTHED] > areas[UpperLine.ROUND]
    assert min(areas.values()) == min(areas[UpperLine.ROUND], areas[UpperLine.ROOF])
    assert len({round(area, 1) for area in areas.values()}) == len(UpperLine)


def test_angularity_sharpens_corners() -> None:
    """Given more angularity in the same box, the lens has a larger area (fuller corners)."""
    areas = [Polygon(geometry(some_frame(angularity=a)).lens).area for a in (0.0, 0.5, 1.0)]
    assert areas == sorted(areas)
    assert areas[2] > 1.03 * areas[0]


def test_top_heavy_moves_area_up() -> None:
    """Given a top-heavy frame, more of its lens lies above the middle."""

    def upper_share(top_heavy: float) -> float:
        lens = Polygon(geometry(some_frame(top_heavy=top_heavy)).lens)
        upper = lens.intersection(box(0, -99, 99, 0))
        return upper.area / lens.area

    assert upper_share(1.0) > upper_share(0.3) > upper_share(0.0)


def test_mix_lies_between_its_parents() -> None:
    """Given a mix of round and rectangle, its area lies between theirs."""
    areas = [
        Polygon(geometry(some_frame(Shape.ROUND, towards=Shape.RECTANGLE, mix=mix)).lens).area
        for mix in (0.0, 0.5, 1.0)
    ]
    assert areas == sorted(areas)


def test_outline_points_are_even_and_on_the_edge() -> None:
    """Given n, the outline has n points on the silhouette's edge, starting at the top of the bridge, going right."""
    spec = some_frame()
    points = outline(spec, 64)
    edge = geometry(spec).silhouette.exterior
    assert points.shape == (64, 2)
    assert max(edge.distance(p) for p in map(Point, points)) < 1e-6
    assert abs(points[0, 0]) < 3
    assert points[0, 1] < 0
    assert points[4, 0] > points[0, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"bridge_width": -4.0},
        {"bridge_width": 8.0, "rim_side": 5.0},
        {"lens_width": 36.0, "lens_height": 60.0},
        {"rim_top": 14.0, "rim_bottom": 10.0, "lens_height": 24.0},
        {"lens_width": 68.0, "bridge_width": 30.0},
        {"lens_width": 30.0, "bridge_width": 10.0, "rim_side": 1.0, "end_piece": 1.0},
        {"material": Material.WOOD, "finish": "tortoise"},
        {"rim_side": 0.0},
    ],
)
def test_impossible_frames_are_refused(wrong: dict) -> None:
    """Given numbers no workshop could make, there is an error that names the field, never a picture."""
    with pytest.raises(FrameInvalidError) as refusal:
        geometry(FrameSpec(**wrong))
    assert refusal.value.code == "frame_invalid"
    assert refusal.value.extra["field"] in FrameSpec.model_fields


def test_size_reads_as_printed_on_a_temple() -> None:
    """Given 52, 18 and 145, the size reads as opticians print it."""
    assert some_frame().size == "52□18-145"
