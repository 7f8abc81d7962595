"""The picture: every look is drawn, alpha is true, the same frame gives the same bytes."""

import hashlib
import itertools
from typing import Any
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from shared.eyewear.geometry import geometry
from shared.eyewear.proportions import sized
from shared.eyewear.render import mask, render_png, render_rgba, render_svg
from shared.eyewear.spec import (
    CANVAS_MM,
    FINISHES,
    Bridge,
    Colour,
    FrameSpec,
    Material,
    Nose,
    Rim,
    Shape,
    UpperLine,
)

LOOKS = [(m, f) for m in Material for f in FINISHES[m]]
SVG = "{http://www.w3.org/2000/svg}"


def frame(shape: Shape, rim: Rim, material: Material, finish: str, **more: Any) -> FrameSpec:
    """A frame of the middle size class."""
    words = {
        "shape": shape, "rim": rim, "material": material, "finish": finish, "upper": UpperLine.SMOOTHED,
        "color": Colour.BROWN, "second": Colour.BLACK, "nose": Nose.PADS, "bridge": Bridge.KEYHOLE,
    }  # fmt: skip
    return sized(thick=0.0, height="medium", width="medium", **{**words, **more})


def lens_pixels(spec: FrameSpec, width: int) -> np.ndarray:
    """Where the lenses are, well inside their edge."""
    return cv2.erode(mask(spec, width, "lenses"), np.ones((5, 5), np.uint8)) == 255


@pytest.mark.parametrize(("shape", "rim", "look"), list(itertools.product(Shape, Rim, LOOKS)))
def test_every_look_is_drawn(shape: Shape, rim: Rim, look: tuple[Material, str]) -> None:
    """Given any shape, rim, material and finish, the picture holds a frame and is clear at its border."""
    spec = frame(shape, rim, *look)
    pixels = render_rgba(spec, 240)
    alpha = pixels[..., 3]
    assert pixels.shape == (120, 240, 4)
    assert (alpha > 200).sum() > 150
    assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) == 0


@pytest.mark.parametrize("rim", Rim)
def test_lenses_let_light_through(rim: Rim) -> None:
    """Given clear lenses, they are seen but nearly transparent; outside the silhouette nothing is drawn."""
    spec = frame(Shape.OVAL, rim, Material.METAL, "plain", nose=Nose.MOULDED)
    alpha = render_rgba(spec, 600, temples=False)[..., 3]
    lens = alpha[lens_pixels(spec, 600)]
    assert 0 < np.median(lens) < 90
    outside = cv2.dilate(mask(spec, 600), np.ones((7, 7), np.uint8)) == 0
    assert alpha[outside].max() == 0


def test_tint_darkens_with_density() -> None:
    """Given a denser tint, more is hidden; given a fading tint, less below than above."""
    plain, dense = (
        render_rgba(
            frame(Shape.ROUND, Rim.FULL, Material.METAL, "plain", lens_tint=Colour.GREEN, tint_density=d), 300
        )
        for d in (0.2, 0.9)
    )
    fading = frame(Shape.ROUND, Rim.FULL, Material.METAL, "plain", lens_tint=Colour.GREEN, tint_gradient=True)
    inside = lens_pixels(fading, 300)
    assert np.median(dense[inside][:, 3]) > np.median(plain[inside][:, 3]) + 60
    alpha = render_rgba(fading, 300, temples=False)[..., 3]
    rows = np.flatnonzero(inside.any(axis=1))
    upper, lower = rows[len(rows) // 5], rows[-len(rows) // 5]
    assert np.median(alpha[upper][inside[upper]]) > np.median(alpha[lower][inside[lower]]) + 40


@pytest.mark.parametrize("material", Material)
def test_printed_sizes_are_measured_back_from_the_mask(material: Material) -> None:
    """Given a drawing at a known scale, lens width, height and bridge measured in pixels are those printed."""
    spec = frame(Shape.RECTANGLE, Rim.FULL, material, FINISHES[material][0])
    width = 1600
    mm = CANVAS_MM[0] / width
    columns = np.flatnonzero(mask(spec, width, "lenses").max(axis=0) > 127)
    rows = np.flatnonzero(mask(spec, width, "lenses").max(axis=1) > 127)
    gap = np.flatnonzero(np.diff(columns) > 1)
    assert len(gap) == 1
    left, right = columns[: gap[0] + 1], columns[gap[0] + 1 :]
    assert len(left) * mm == pytest.approx(spec.lens_width, abs=0.25)
    assert len(rows) * mm == pytest.approx(spec.lens_height, abs=0.25)
    assert (right[0] - left[-1] - 1) * mm == pytest.approx(spec.bridge_width, abs=0.3)
    whole = np.flatnonzero(mask(spec, width).max(axis=0) > 127)
    assert len(whole) * mm == pytest.approx(spec.total_width, abs=1.0)


def test_same_frame_same_bytes() -> None:
    """Given the same specification twice, with all caches emptied between, PNG and SVG are the same bytes."""
    spec = frame(Shape.WAYFARER, Rim.FULL, Material.PLASTIC, "tortoise", seed=77)

    def digests() -> list[str]:
        geometry.cache_clear()
        return [hashlib.sha256(data).hexdigest() for data in (render_png(spec), render_svg(spec).encode())]

    assert digests() == digests()


def test_seed_moves_the_blotches_and_nothing_else() -> None:
    """Given another seed, a tortoise frame has the same outline in another pattern."""
    one, two = (frame(Shape.SQUARE, Rim.FULL, Material.PLASTIC, "tortoise", seed=s) for s in (1, 2))
    first, second = render_rgba(one, 300, temples=False), render_rgba(two, 300, temples=False)
    front = mask(one, 300, "front") == 255
    assert np.array_equal(mask(one, 300), mask(two, 300))
    assert np.abs(first[front][:, :3].astype(int) - second[front][:, :3]).mean() > 15


@pytest.mark.parametrize(
    ("colour", "red", "green", "blue"),
    [
        (Colour.BLACK, (0, 70), (0, 70), (0, 70)),
        (Colour.WHITE, (190, 256), (190, 256), (180, 256)),
        (Colour.RED, (110, 200), (0, 70), (0, 80)),
        (Colour.GREEN, (0, 80), (60, 130), (40, 110)),
        (Colour.BLUE, (0, 80), (30, 100), (80, 160)),
        (Colour.BROWN, (60, 130), (30, 90), (10, 70)),
        (Colour.PINK, (180, 240), (110, 180), (120, 190)),
    ],
)
def test_main_colour_is_what_is_seen(
    colour: Colour, red: tuple[int, int], green: tuple[int, int], blue: tuple[int, int]
) -> None:
    """Given a colour, the median pixel of a plain acetate front lies in that colour's range."""
    spec = frame(Shape.SQUARE, Rim.FULL, Material.PLASTIC, "plain", color=colour, second=colour)
    pixels = render_rgba(spec, 400, temples=False)[mask(spec, 400, "front") == 255]
    for value, (low, high) in zip(np.median(pixels[:, :3], axis=0), (red, green, blue), strict=True):
        assert low <= value < high


def test_temples_are_left_out_on_request() -> None:
    """Given no temples, the lenses show nothing behind them."""
    spec = frame(Shape.SQUARE, Rim.FULL, Material.METAL, "plain", nose=Nose.MOULDED)
    inside = lens_pixels(spec, 400)
    worn, shown = (render_rgba(spec, 400, temples=t)[..., 3][inside] for t in (False, True))
    assert worn.max() < 90
    assert shown.max() > 200


def test_svg_is_well_formed_and_names_each_thing_once() -> None:
    """Given a drawing, it is XML of the canvas' size whose ids are unique and whose references exist."""
    text = render_svg(frame(Shape.CLUBMASTER, Rim.FULL, Material.PLASTIC, "tortoise"), shadow=True)
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == "-80 -40 160 80"
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    used = {part.split(")")[0] for part in text.split("url(#")[1:]}
    used |= {part.split('"')[0] for part in text.split('href="#')[1:]}
    assert used <= set(ids)


def test_background_makes_an_opaque_picture() -> None:
    """Given a background, the PNG has three channels and that colour in its corner; without, alpha."""
    spec = frame(Shape.ROUND, Rim.FULL, Material.METAL, "plain")
    on_white = cv2.imdecode(np.frombuffer(render_png(spec, 600, "#f0e0d0"), np.uint8), cv2.IMREAD_UNCHANGED)
    clear = cv2.imdecode(np.frombuffer(render_png(spec, 600), np.uint8), cv2.IMREAD_UNCHANGED)
    assert on_white.shape == (300, 600, 3)
    assert on_white[0, 0].tolist() == [0xD0, 0xE0, 0xF0]
    assert clear.shape == (300, 600, 4)
    assert clear[0, 0, 3] == 0


def test_drawing_is_symmetric_where_it_is_plain() -> None:
    """Given a plain frame, the left of the picture is the mirror image of the right (a generator draws half)."""
    pixels = render_rgba(frame(Shape.CAT_EYE, Rim.FULL, Material.PLASTIC, "plain"), 600).astype(int)
    assert np.abs(pixels - pixels[:, ::-1]).mean() < 1.0
