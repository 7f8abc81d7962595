"""Between frames and the 46 numbers; frames drawn at random."""

from pathlib import Path

import numpy as np
import pytest

from shared.contracts.wish import COLOR_FEATURES, SHAPE_FEATURES, Wish
from shared.eyewear.describe import describe, from_vectors
from shared.eyewear.printed import with_sizes
from shared.eyewear.proportions import HEIGHT_SHARE
from shared.eyewear.sampling import random_spec
from shared.eyewear.spec import Colour, FrameSpec, Rim, Shape
from workers.search.importing.published import published_frames


@pytest.fixture(scope="module")
def drawn() -> list[FrameSpec]:
    """Three thousand frames in the default mix."""
    rng = np.random.default_rng(11)
    return [random_spec(rng) for _ in range(3000)]


def test_numbers_make_a_wish(drawn: list[FrameSpec]) -> None:
    """Given any frame, its numbers are a legal wish with one rim, one height, one width and one upper line."""
    for spec in drawn[:500]:
        shape, color = describe(spec)
        wish = Wish(shape=shape, color=color)
        value = dict(zip(SHAPE_FEATURES, wish.shape, strict=True))
        for prefix in ("height_", "width_", "upper_"):
            assert sum(v for name, v in value.items() if name.startswith(prefix)) == 1
        assert value["full_rim"] + value["semi_rim"] + value["rimless"] == 1


def test_numbers_survive_the_way_back(drawn: list[FrameSpec]) -> None:
    """Given the numbers of a frame of one shape, the frame they ask for has the same numbers."""
    for spec in (s for s in drawn[:600] if s.towards is None):
        shape, color = describe(spec)
        again_shape, again_color = describe(from_vectors(shape, color, seed=5))
        thick = SHAPE_FEATURES.index("thick")
        assert again_color == color
        assert [a for i, a in enumerate(again_shape) if i != thick] == [
            a for i, a in enumerate(shape) if i != thick
        ]
        # A rim can be neither thinner than the thinnest made nor thicker than the sampler's limit.
        assert again_shape[thick] == pytest.approx(min(3.0, max(-1.5, shape[thick])), abs=0.6)


def test_every_number_is_met_often(drawn: list[FrameSpec]) -> None:
    """Given three thousand frames, each of the 46 numbers is on in at least one frame in a hundred."""
    shapes = np.array([describe(spec)[0] for spec in drawn])
    colors = np.array([describe(spec)[1] for spec in drawn])
    rare = {
        name: (shapes[:, i] > 0).mean()
        for i, name in enumerate(SHAPE_FEATURES)
        if (shapes[:, i] > 0).mean() < 0.01
    }
    rare |= {
        name: (colors[:, i] > 0).mean()
        for i, name in enumerate(COLOR_FEATURES)
        if (colors[:, i] > 0).mean() < 0.01
    }
    assert rare == {}


def test_sampler_follows_its_shares() -> None:
    """Given no evening out, rectangles, full rims and rimless frames come in the shares shops have."""
    rng = np.random.default_rng(3)
    frames = [random_spec(rng, even=0.0) for _ in range(1500)]
    assert np.mean([f.shape is Shape.RECTANGLE for f in frames]) == pytest.approx(0.47, abs=0.05)
    assert np.mean([f.rim is Rim.FULL for f in frames]) == pytest.approx(0.87, abs=0.04)
    assert np.mean([f.rim is Rim.RIMLESS for f in frames]) == pytest.approx(0.10, abs=0.03)


def test_sampler_is_repeatable() -> None:
    """Given the same seed, the same frames."""
    one, two = (np.random.default_rng(8) for _ in range(2))
    assert [random_spec(one) for _ in range(20)] == [random_spec(two) for _ in range(20)]


def test_heights_follow_the_published_quantiles(drawn: list[FrameSpec]) -> None:
    """Given many frames of a shape, the median of height over width is that of the published frames."""
    for shape in (Shape.RECTANGLE, Shape.SQUARE, Shape.CAT_EYE):
        shares = [s.total_height / s.total_width for s in drawn if s.shape is shape]
        assert np.median(shares) == pytest.approx(HEIGHT_SHARE[shape][2], abs=0.012)


def test_published_frames_can_all_be_drawn(research: Path) -> None:
    """Given the published vectors, each asks for a frame that can be made, with the same rim and main colour."""
    frames, _ = published_frames(research / "data" / "expertglasses")
    for frame in frames[::40]:
        shape, color = frame.shape, frame.color
        spec = from_vectors(shape, color)
        assert spec.rim == ("full_rim", "semi_rim", "rimless")[int(np.argmax(shape[10:13]))]
        assert spec.color is tuple(Colour)[int(np.argmax(color[:14]))]


def test_a_frame_is_drawn_in_the_sizes_its_shop_tells() -> None:
    """Given printed sizes / If a frame is made of them / Then it has them; sizes of no frame are passed over."""
    spec = from_vectors(*describe(FrameSpec()))
    told = with_sizes(
        spec, {"lens_width": 48, "bridge_width": 20, "temple_length": 140, "price": 5, "size": "48-20"}
    )
    assert told.size == "48□20-140"
    assert told.lens_height / told.lens_width == pytest.approx(spec.lens_height / spec.lens_width, abs=0.01)
    assert with_sizes(spec, {"lens_width": 48, "lens_height": 40.0}).lens_height == 40.0
    for nothing in ({}, {"lens_width": 5}, {"lens_width": 31, "lens_height": 63}, {"lens_width": None}):
        assert with_sizes(spec, nothing) == spec
