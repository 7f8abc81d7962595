import cv2
import numpy as np

from workers.gan import picture

GREEN = (0.1, 0.6, 0.3)


def _half() -> np.ndarray:
    """A green bar across the middle on white, with its alpha."""
    half = np.zeros((64, 80, 4), np.float32)
    half[..., :3] = 1
    half[20:40, :60] = (*GREEN, 1)
    return half


def test_a_whole_frame_is_its_half_and_the_mirror_of_it() -> None:
    """Left and right are the same pixels, and the seam in the middle is not to be seen."""
    pixels = picture.whole(_half())

    assert pixels.shape == (64, 160, 4)
    assert np.array_equal(pixels, pixels[:, ::-1])
    assert (pixels[20:40, 20:140, 3] == 255).all()


def test_colour_comes_off_its_white_ground() -> None:
    """Given an edge half covered / Then its colour is the frame's, not a pale mixture, and only alpha is halved."""
    half = _half()
    half[19, :60] = (*(0.5 * np.array(GREEN) + 0.5), 0.5)
    edge = picture.whole(half)[19, 80].astype(float) / 255

    assert np.allclose(edge[:3], GREEN, atol=0.02)
    assert abs(edge[3] - 0.5) < 0.05


def test_nothing_is_left_of_haze() -> None:
    """The faint alpha that networks leave everywhere becomes none, the nearly opaque becomes opaque."""
    half = _half()
    half[..., 3] = np.clip(half[..., 3], 0.03, 0.99)
    alpha = picture.whole(half)[..., 3]

    assert set(np.unique(alpha)) == {0, 255}


def test_a_clear_lens_stays_what_it_is() -> None:
    """Given a ring with faint glass inside and haze outside / Then the haze goes and the glass stays."""
    half = _half()
    half[10:50, 20:60] = (*GREEN, 1)
    half[15:45, 25:55] = (1, 1, 1, 0.035)
    half[55:60, 60:75] = (1, 1, 1, 0.035)
    alpha = picture.whole(half)[..., 3]

    assert (alpha[15:45, 105:135] == round(255 * 0.035 / 0.985)).all()
    assert not alpha[55:60].any()


def test_a_slit_in_a_lens_is_closed_with_glass() -> None:
    """Given a lens whose glass is missing along its rim / Then there is glass; a wide gap, as between pads, stays."""
    half = _half()
    half[10:50, 20:60] = (*GREEN, 1)
    half[15:45, 25:55] = (1, 1, 1, 0.1)
    half[42:45, 25:55, 3] = 0.0
    half[15:30, 25:40, 3] = 0.0
    alpha = picture.whole(half)[..., 3]

    assert (alpha[42:45, 105:135] == round(255 * 0.08)).all()
    assert not alpha[15:30, 105:120].any()


def test_sharpening_steepens_edges_and_stays_within_them() -> None:
    """Given a blurred edge / Then it is steeper, nowhere brighter or darker than before, and flat stays flat."""
    half = _half()
    half[:] = half[:1, :1]
    half[:, 40:] = (*GREEN, 1)
    soft = cv2.GaussianBlur(half, (0, 0), 2.0)
    crisp = picture.sharpened(soft)

    assert np.abs(np.diff(crisp[32, :, 3])).max() > 1.3 * np.abs(np.diff(soft[32, :, 3])).max()
    assert crisp.min() >= soft.min() - 1e-6
    assert crisp.max() <= soft.max() + 1e-6
    assert np.allclose(crisp[:, :20], soft[:, :20], atol=1e-6)


def test_specks_that_hang_on_nothing_are_swept() -> None:
    """A few loose pixels go; a loose part as large as a nose pad stays."""
    half = _half()
    half[60, 70] = (0, 0, 0, 1)
    half[50:55, 10:16] = (0, 0, 0, 1)
    alpha = picture.whole(half)[..., 3]

    assert alpha[60, 150] == 0
    assert (alpha[50:55, 90:96] == 255).all()


def test_a_reflection_in_clear_glass_is_no_speck() -> None:
    """A few pixels a little less clear than the glass around them stay, and so does the glass beside them."""
    half = _half()
    half[40:60, :60] = (0.99, 0.99, 0.99, 0.085)
    half[50:52, 30:32, 3] = 0.11
    alpha = picture.whole(half)[40:60, 20:140, 3]

    assert alpha.min() > 20
    assert (alpha[10:12, 90:92] > alpha[5, 5]).all()


def test_width_is_that_of_the_opaque_part() -> None:
    """Glass and shadows at the sides do not count; an empty picture has no width."""
    half = _half()
    half[30, 60:70] = (0.9, 0.9, 0.9, 0.2)

    assert picture.width_px(picture.whole(half)) == 120
    assert picture.width_px(np.zeros((64, 160, 4), np.uint8)) == 0


def test_png_keeps_every_pixel() -> None:
    """Written and read again, colours stand in the order RGBA and alpha is whole."""
    pixels = picture.whole(_half())
    again = cv2.imdecode(np.frombuffer(picture.encode(pixels), np.uint8), cv2.IMREAD_UNCHANGED)

    assert np.array_equal(cv2.cvtColor(again, cv2.COLOR_BGRA2RGBA), pixels)
