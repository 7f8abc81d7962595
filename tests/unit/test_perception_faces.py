"""Finding faces on real photos: detection, mesh, irises, pose."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from perception_photos import Rgb, astronaut, encoded, perceiver, rotated, scaled

from shared.contracts import Face
from shared.errors import NoFaceError
from workers.perception.look import Looker
from workers.perception.sight import Sight


def _face(rgb: Rgb) -> Face:
    return perceiver().perceive(encoded(rgb))


@pytest.fixture(scope="module")
def looker() -> Looker:
    """The networks alone."""
    return Looker()


def _sight(looker: Looker, rgb: Rgb) -> Sight:
    return looker.look(rgb, looker.faces(rgb)[0])


def test_the_mesh_lies_on_the_face() -> None:
    """Eyes above the nose above the mouth above the chin, irises inside the eyes, all inside the box."""
    face = _face(astronaut())

    assert face.landmarks is not None
    assert face.irises is not None
    assert face.box is not None
    assert face.image_width is not None
    points = np.array(face.landmarks)
    assert points.shape == (468, 3)
    left_eye, right_eye, nose, mouth, chin = points[33], points[263], points[4], points[13], points[152]
    assert left_eye[0] < nose[0] < right_eye[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < mouth[1] < chin[1]
    for iris, outer, inner in zip(face.irises, (33, 263), (133, 362), strict=True):
        assert min(points[outer, 0], points[inner, 0]) < iris[0] < max(points[outer, 0], points[inner, 0])
        # An iris is about two fifths as wide as the eye.
        assert 0.3 < 2 * iris[2] / abs(points[outer, 0] - points[inner, 0]) < 0.6
    left, right = face.box.x / face.image_width, (face.box.x + face.box.width) / face.image_width
    assert left == pytest.approx(points[:, 0].min(), abs=1e-4)
    assert right == pytest.approx(points[:, 0].max(), abs=1e-4)


@pytest.mark.parametrize("degrees", [-170, -120, -90, -45, -30, 30, 45, 90, 120, 180])
def test_roll_follows_the_photo(looker: Looker, degrees: float) -> None:
    """A photo turned by any angle shows the same face: roll turns with it, yaw and pitch stay."""
    straight = _sight(looker, astronaut()).pose
    turned = _sight(looker, rotated(astronaut(), degrees)).pose

    difference = (turned.roll - straight.roll - degrees + 180) % 360 - 180
    assert abs(difference) < 4
    assert turned.yaw == pytest.approx(straight.yaw, abs=6)
    assert turned.pitch == pytest.approx(straight.pitch, abs=8)


def test_a_mirror_turns_roll_and_yaw_around(looker: Looker) -> None:
    """In the mirror roll and yaw change their sign and pitch does not."""
    for rgb in (astronaut(), rotated(astronaut(), 15)):
        straight, mirrored = _sight(looker, rgb).pose, _sight(looker, rgb[:, ::-1].copy()).pose
        assert mirrored.roll == pytest.approx(-straight.roll, abs=2)
        assert mirrored.yaw == pytest.approx(-straight.yaw, abs=4)
        assert mirrored.pitch == pytest.approx(straight.pitch, abs=4)


def test_a_turned_head_is_told_by_its_photo(looker: Looker) -> None:
    """Squeezing the side of the face that turns away, as perspective does, moves yaw to that side.

    The left half of the picture is narrowed: the face then looks to the left, as the viewer sees it.
    """
    rgb = astronaut()
    middle = int(_sight(looker, rgb).mesh.points[4, 0])
    left = cv2.resize(rgb[:, :middle], (middle // 2, rgb.shape[0]), interpolation=cv2.INTER_AREA)
    narrowed = np.ascontiguousarray(np.hstack([left, rgb[:, middle:]]))

    assert _sight(looker, narrowed).pose.yaw < _sight(looker, rgb).pose.yaw - 8


def test_the_largest_of_several_faces_wins() -> None:
    """Two faces side by side: the larger is described, and the advice says how many there are."""
    small = scaled(astronaut(), 0.5)
    both = np.full((960, 1440, 3), 128, np.uint8)
    both[:480, :480] = small
    both[:, 480:] = astronaut()

    face = _face(both)

    assert face.faces_seen == 2
    assert face.box is not None
    assert face.box.x > 480
    assert [(one.code, one.faces, one.usable) for one in face.advice] == [("several_faces", 2, True)]


def test_a_face_that_fills_the_picture_is_one_face() -> None:
    """Cropped from brow to chin, the face is still found, and once."""
    points = np.array(_face(astronaut()).landmarks)[:, :2] * 960
    (left, top), (right, bottom) = points.min(axis=0).astype(int), points.max(axis=0).astype(int)

    face = _face(astronaut()[top:bottom, left:right].copy())

    assert face.faces_seen == 1


def test_a_small_face_in_a_large_picture_is_found(looker: Looker) -> None:
    """A face of a thirtieth of the picture's width is too small for one look and is found by further ones."""
    wide = np.full((1600, 1600, 3), 128, np.uint8)
    wide[1100:1292, 900:1092] = scaled(astronaut(), 0.2)

    mesh = looker.faces(wide)[0]

    x, y = mesh.points[4, :2]
    assert 900 < x < 1092
    assert 1100 < y < 1292


@pytest.mark.parametrize("name", ["coffee", "chelsea", "brick", "page", "text", "moon"])
def test_pictures_without_a_face_say_so(name: str) -> None:
    """A cup, a cat, a wall, a page: no face, told as an error with advice."""
    picture = getattr(skimage.data, name)()

    with pytest.raises(NoFaceError) as error:
        perceiver().perceive(encoded(picture))

    assert error.value.problem()["advice"] == [{"code": "no_face", "usable": False}]


def test_every_research_portrait_has_its_face(looker: Looker, research: Path) -> None:
    """On 40 portraits of ordinary people a face is found on each, upright and with eyes level within reason."""
    folder = research / "data" / "faces" / "test_portraits_unlabelled" / "images"
    for file in sorted(folder.iterdir())[:40]:
        rgb = np.ascontiguousarray(cv2.imread(str(file))[:, :, ::-1])
        sight = _sight(looker, rgb)
        assert sight.mesh.score > 0.9, file.name
        assert abs(sight.pose.roll) < 45, file.name
        assert math.hypot(sight.pose.yaw, sight.pose.pitch) < 60, file.name
