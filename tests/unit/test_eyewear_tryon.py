"""Frames on faces: size, place, turn, temples and pictures of frames."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from shared.contracts.face import Face
from shared.errors import FrameInvalidError, NoFaceError
from shared.eyewear.cutout import cut_out
from shared.eyewear.head import OUTLINE, head_of
from shared.eyewear.render import render_png, render_rgba
from shared.eyewear.spec import Colour, FrameSpec, Nose
from shared.eyewear.tryon import try_on

SIZE = (800, 1000)
PX_PER_MM = 3.0
# A head of plain measures, mm: x to the viewer's right, y down, z away, middle between the pupils.
POINTS = {
    33: (-46, 0, 6), 263: (46, 0, 6), 133: (-17, 1, 4), 362: (17, 1, 4), 168: (0, -3, -8), 10: (0, -70, 4),
    152: (0, 112, 8), 127: (-68, 2, 48), 356: (68, 2, 48), 234: (-71, 22, 62), 454: (71, 22, 62), 61: (-25, 68, 2),
    291: (25, 68, 2), 54: (-55, -52, 20), 284: (55, -52, 20), 172: (-56, 76, 30), 397: (56, 76, 30),
}  # fmt: skip
IRISES = ((-31.5, 0, 2), (31.5, 0, 2))
BLACK = FrameSpec(nose=Nose.MOULDED)


def turned(degrees_yaw: float = 0.0, degrees_roll: float = 0.0) -> np.ndarray:
    """Rotation of a head that looks to the viewer's right (yaw) and leans clockwise (roll)."""
    a, b = np.radians((degrees_yaw, degrees_roll))
    yaw = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    roll = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    return roll @ yaw


def face(rotation: np.ndarray | None = None, *, irises: bool = True) -> Face:
    """A face whose mesh is the plain head, the edge of the face an ellipse, turned and put in the photo."""
    rotation = turned() if rotation is None else rotation
    angles = np.linspace(0, 2 * np.pi, len(OUTLINE), endpoint=False)
    edge = np.stack([72 * np.sin(angles), 21 - 91 * np.cos(angles), np.full(len(OUTLINE), 30.0)], axis=1)
    mesh = np.zeros((468, 3))
    mesh[list(OUTLINE)] = edge
    for index, point in POINTS.items():
        mesh[index] = point

    def placed(points: np.ndarray) -> np.ndarray:
        return (points @ rotation.T * PX_PER_MM + (400, 420, 0)) / (SIZE[0], SIZE[1], SIZE[0])

    eyes = placed(np.array(IRISES, float))
    return Face(
        landmarks=tuple(map(tuple, placed(mesh))),
        irises=tuple((x, y, 0.02) for x, y, _ in eyes) if irises else None,
    )


def plain_photo() -> np.ndarray:
    """An evenly lit photo."""
    return np.full((SIZE[1], SIZE[0], 3), 180, np.uint8)


def dark(result: np.ndarray) -> np.ndarray:
    """Where a black frame covers the photo."""
    return result.max(axis=2) < 70


def span(result: np.ndarray) -> tuple[float, float]:
    """Leftmost and rightmost covered column."""
    columns = np.flatnonzero(dark(result).any(axis=0))
    return float(columns[0]), float(columns[-1])


def test_width_is_true_to_the_pupillary_distance() -> None:
    """Given pupils 63 mm apart at 3 px/mm, the frame is drawn about 3 px for each of its millimetres."""
    left, right = span(try_on(plain_photo(), face(), BLACK))
    assert right - left == pytest.approx(BLACK.total_width * PX_PER_MM, rel=0.05)


def test_narrower_pupils_make_the_frame_larger_in_the_photo() -> None:
    """Given a smaller pupillary distance for the same photo, each pixel is less of a millimetre."""
    widths = [np.subtract(*span(try_on(plain_photo(), face(), BLACK, pd_mm=pd))[::-1]) for pd in (56.0, 70.0)]
    assert widths[0] / widths[1] == pytest.approx(70 / 56, rel=0.06)


def test_frame_sits_before_the_eyes() -> None:
    """Given a frontal face, the frame is centred across it and its middle is a little below the pupils."""
    covered = dark(try_on(plain_photo(), face(), BLACK))
    rows, columns = np.nonzero(covered)
    assert columns.mean() == pytest.approx(400, abs=3)
    assert 415 < (rows.min() + rows.max()) / 2 < 440


def test_frame_leans_with_the_head() -> None:
    """Given a head that leans 15° clockwise, the frame leans with it."""
    rows, columns = np.nonzero(dark(try_on(plain_photo(), face(turned(degrees_roll=15)), BLACK)))
    slope = np.polyfit(columns, rows, 1)[0]
    assert np.degrees(np.arctan(slope)) == pytest.approx(15, abs=2)


def test_turned_head_foreshortens_the_frame() -> None:
    """Given a head turned 30°, the front is narrower than from the front."""
    head = head_of(face(turned(degrees_yaw=30)), SIZE)
    corners = np.array([[-69.0, 0, 0], [69.0, 0, 0]])
    wide = np.ptp(head.project(corners)[:, 0])
    assert np.degrees(head.turn) == pytest.approx(30, abs=3)
    assert wide == pytest.approx(138 * PX_PER_MM * np.cos(np.radians(30)), rel=0.06)


def test_near_temple_is_seen_and_far_one_is_hidden() -> None:
    """Given a head turned to the viewer's right, only the left temple runs on behind the front."""
    result = dark(try_on(plain_photo(), face(turned(degrees_yaw=30)), BLACK))
    head = head_of(face(turned(degrees_yaw=30)), SIZE)
    left, right = head.project(np.array([[-69.0, -10, 0], [69.0, -10, 0]]))[:, 0]
    columns = np.flatnonzero(result.any(axis=0))
    assert columns[0] < left - 25
    assert columns[-1] < right + 12


def test_lens_tints_what_is_behind_and_rim_covers_it() -> None:
    """Given green lenses, skin behind them turns darker and greener; far from the frame nothing changes."""
    spec = FrameSpec(lens_tint=Colour.GREEN, tint_density=0.4)
    before = plain_photo()
    after = try_on(before, face(), spec)
    r, g, b = after[425, 400 - round(31.5 * PX_PER_MM)].astype(int)
    assert g > max(r, b)
    assert g < 170
    assert np.array_equal(after[700:], before[700:])
    assert np.array_equal(before, plain_photo())


def test_shadow_falls_softly_below_the_frame() -> None:
    """Given a bright face, there are pixels below the rim that are darker than the face but far from black."""
    after = try_on(plain_photo(), face(), BLACK)
    rows = np.flatnonzero(dark(after)[:, 500])
    below = after[rows[-1] + 3 : rows[-1] + 8, 500].astype(int)
    assert 90 < below.mean() < 176


def test_frame_dims_with_the_light() -> None:
    """Given a darker photo, a white frame is darker on it."""
    white = FrameSpec(color=Colour.WHITE, second=Colour.WHITE)
    bright, dim = (try_on(np.full((1000, 800, 3), light, np.uint8), face(), white) for light in (190, 60))
    rim = (slice(365, 372), 500)
    assert bright[rim].mean() > dim[rim].mean() + 40


def test_works_without_irises() -> None:
    """Given no irises, the middles of the eyes serve, and the frame keeps its size within a few per cent."""
    widths = [np.subtract(*span(try_on(plain_photo(), face(irises=i), BLACK))[::-1]) for i in (True, False)]
    assert widths[1] == pytest.approx(widths[0], rel=0.03)


def test_face_without_landmarks_is_refused() -> None:
    """Given a face that a client merely described, there is nothing to place a frame on."""
    with pytest.raises(NoFaceError):
        try_on(plain_photo(), Face(), BLACK)


def test_face_at_the_border_is_no_trouble() -> None:
    """Given a face half outside the photo, the frame is cut at the border."""
    half = face().model_dump()
    half["landmarks"] = [(x - 0.5, y, z) for x, y, z in half["landmarks"]]
    half["irises"] = [(x - 0.5, y, r) for x, y, r in half["irises"]]
    result = try_on(plain_photo(), Face(**half), BLACK)
    assert dark(result)[:, :150].any()
    assert not dark(result)[:, 400:].any()


def test_pictures_of_frames_are_worn_too() -> None:
    """Given RGBA pixels of a frame, they are worn at the stated width, whatever margin the picture has."""
    picture = render_rgba(BLACK, 600, temples=False)
    left, right = span(try_on(plain_photo(), face(), picture, picture_mm=130.0))
    assert right - left == pytest.approx(130 * PX_PER_MM, rel=0.06)


def test_cut_out_frees_frame_and_lenses() -> None:
    """Given a frame on white, its rim stays opaque, its lenses nearly clear and its surroundings clear."""
    photo = cv2.imdecode(
        np.frombuffer(render_png(BLACK, 600, "white", shadow=False), np.uint8), cv2.IMREAD_COLOR_RGB
    )
    alpha = cut_out(photo)[..., 3]
    drawn = render_rgba(BLACK, 600)[..., 3]
    assert alpha[drawn == 255].mean() > 235
    assert alpha[:20].max() == 0
    centre = alpha[150, 250]
    assert 0 < centre < 60


@pytest.mark.parametrize("case", ["noise", "empty"])
def test_cut_out_refuses_what_it_cannot_part(case: str) -> None:
    """Given a busy ground or an empty picture, there is an error, not a ragged frame."""
    rng = np.random.default_rng(0)
    photo = (
        rng.integers(0, 255, (200, 400, 3), np.uint8)
        if case == "noise"
        else np.full((200, 400, 3), 255, np.uint8)
    )
    with pytest.raises(FrameInvalidError):
        cut_out(photo)


def test_cut_out_works_on_real_product_photos(research: Path) -> None:
    """Given real photos on a plain ground, most of each picture becomes clear and the frame stays."""
    folder = research / "data" / "frames" / "lenskart" / "front"
    for file in sorted(folder.glob("*.jpg"))[:12]:
        photo = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
        alpha = cut_out(photo)[..., 3]
        assert (alpha < 30).mean() > 0.5
        assert (alpha > 200).mean() > 0.005
