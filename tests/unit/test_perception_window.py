"""Windows: what a network sees and where its answer lies on the photo."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perception_photos import astronaut

from workers.perception.window import Window, window_around

coordinates = st.floats(-500, 2000)
windows = st.builds(Window, coordinates, coordinates, st.floats(5, 3000), st.floats(-math.pi, math.pi))


@given(window=windows, x=st.floats(0, 192), y=st.floats(0, 192))
def test_a_point_goes_there_and_back(window: Window, x: float, y: float) -> None:
    """Mapping a point to the photo and back gives the point, whatever the window."""
    there = window.to_photo(np.array([[x, y]]), 192)

    assert window.from_photo(there, 192) == pytest.approx(np.array([[x, y]]), abs=1e-6)


@given(window=windows)
def test_a_cut_is_always_whole(window: Window) -> None:
    """Even far outside the photo, huge or tiny, a cut has its size and type."""
    cut = window.cut(astronaut(), 32)

    assert cut.shape == (32, 32, 3)
    assert cut.dtype == np.uint8


def test_the_whole_photo_at_its_own_size_is_itself() -> None:
    """A window as large as the photo, cut at its size, changes no pixel: there is no half-pixel shift."""
    photo = astronaut()[:256, :256]

    assert (Window(128, 128, 256).cut(photo, 256) == photo).all()


def test_a_quarter_turn_is_exact_and_a_mirror_is_a_mirror() -> None:
    """A window turned clockwise by 90° shows the photo turned back by 90°; mirrored, it is flipped."""
    photo = astronaut()[:200, :200]

    turned = Window(100, 100, 200, math.pi / 2).cut(photo, 200)
    mirrored = Window(100, 100, 200).cut(photo, 200, mirror=True)

    assert np.abs(turned.astype(int) - np.rot90(photo).astype(int)).max() <= 1
    assert (mirrored == photo[:, ::-1]).all()


def test_mirrored_points_come_back_to_the_other_side() -> None:
    """What lies at the left of a mirrored cut lies at the right of the window."""
    point = Window(100, 100, 200).to_photo(np.array([[10.0, 50.0, 4.0]]), 100, mirror=True)

    assert point == pytest.approx(np.array([[180.0, 100.0, 8.0]]))


def test_a_window_around_points_holds_them_whatever_the_turn() -> None:
    """The square around points, at scale 1, holds them all in any turn."""
    points = np.array([[10.0, 20.0], [40.0, 60.0], [25.0, 90.0]])
    for angle in np.linspace(-3, 3, 13):
        inside = window_around(points, 1.0, float(angle)).from_photo(points, 100)
        assert inside.min() >= -1e-6
        assert inside.max() <= 100 + 1e-6
