"""Temples taken out of the lenses of pictured frames."""

import numpy as np
import pytest

from shared.eyewear.openings import without_temples
from shared.eyewear.render import Rgba, render_rgba
from shared.eyewear.spec import Colour, FrameSpec, Material, Nose, Rim, Shape

FRAMES = (
    FrameSpec(nose=Nose.MOULDED),
    FrameSpec(shape=Shape.ROUND, nose=Nose.MOULDED),
    FrameSpec(shape=Shape.CAT_EYE, nose=Nose.MOULDED),
    FrameSpec(material=Material.METAL, color=Colour.BLACK, nose=Nose.PADS),
    FrameSpec(rim=Rim.SEMI, material=Material.METAL, color=Colour.BLACK, nose=Nose.PADS),
)


def pictured(spec: FrameSpec, *, temples: bool = True) -> Rgba:
    """The frame as a picture cut to the front."""
    box = render_rgba(spec, 600)[..., 3] > 100
    rows, columns = np.flatnonzero(box.any(axis=1)), np.flatnonzero(box.any(axis=0))
    return render_rgba(spec, 600, temples=temples)[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def unlike(one: Rgba, other: Rgba) -> int:
    """Pixels that are opaque in one picture only."""
    return int(((one[..., 3] > 100) != (other[..., 3] > 100)).sum())


@pytest.mark.parametrize("spec", FRAMES, ids=lambda spec: f"{spec.shape}-{spec.rim}-{spec.material}")
def test_temples_leave_the_lenses_and_the_rim_stays(spec: FrameSpec) -> None:
    """Given a picture with folded temples / If they are taken out / Then it is all but the drawing without them."""
    shown, bare = pictured(spec), pictured(spec, temples=False)
    freed = without_temples(shown, 138)

    assert unlike(shown, bare) > 300
    assert unlike(freed, bare) < 0.15 * unlike(shown, bare)


def test_dark_lenses_are_left_alone() -> None:
    """Given sunglasses, through which nothing shines / If freed / Then not a pixel changes."""
    shown = pictured(FrameSpec(nose=Nose.MOULDED, lens_tint=Colour.BLACK))

    assert np.array_equal(without_temples(shown, 138), shown)


def test_a_picture_without_lenses_is_left_alone() -> None:
    """Given a solid bar / If freed / Then not a pixel changes."""
    bar = np.full((40, 200, 4), 255, np.uint8)

    assert np.array_equal(without_temples(bar, 138), bar)
