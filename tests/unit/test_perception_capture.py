"""Capture advice: each flaw of a photo is told, and only flaws are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perception_photos import Rgb, astronaut, encoded, exposed, perceiver, scaled

from shared.contracts import Advice, Pose
from shared.errors import (
    ExpertGlassesError,
    FaceBlurredError,
    FaceCoveredError,
    FaceTooBrightError,
    FaceTooDarkError,
    FaceTooSmallError,
    FaceTurnedError,
    PhotoError,
)
from training.faces import covers
from workers.perception import capture
from workers.perception.heads import HeadReader
from workers.perception.look import Looker
from workers.perception.quality import measure_quality
from workers.perception.window import Points

Cover = Callable[[Rgb, Points, np.random.Generator], Rgb]


def _advice(rgb: Rgb) -> list[str]:
    return [one.code.value for one in perceiver().perceive(encoded(rgb)).advice]


def _refused(rgb: Rgb, error: type[PhotoError]) -> dict[str, Any]:
    with pytest.raises(error) as caught:
        perceiver().perceive(encoded(rgb))
    return caught.value.problem()


def _blurred(rgb: Rgb, pixels: float) -> Rgb:
    return cv2.GaussianBlur(rgb, (0, 0), pixels).astype(np.uint8)


def test_a_good_photo_gets_no_advice() -> None:
    """A lit, sharp, frontal portrait of one person has nothing to be told."""
    assert _advice(astronaut()) == []


def test_small_faces_are_told_and_tiny_ones_refused() -> None:
    """The face is about 250 pixels wide; at a quarter it is small, at an eighth too small."""
    assert _advice(scaled(astronaut(), 0.25)) == ["too_small"]

    problem = _refused(scaled(astronaut(), 0.125), FaceTooSmallError)
    assert problem["advice"][0] == {"code": "too_small", "usable": False}


def test_darkness_is_told_and_night_refused() -> None:
    """With a third of the light the advice is to find a lamp; with a twentieth there is no result."""
    assert _advice(exposed(astronaut(), 0.3)) == ["too_dark"]

    assert {"code": "too_dark", "usable": False} in _refused(exposed(astronaut(), 0.06), FaceTooDarkError)[
        "advice"
    ]


def test_overexposure_is_told_and_a_burnt_face_refused() -> None:
    """With too much light the advice is to step out of it; a face that is mostly white gives no result."""
    assert _advice(exposed(astronaut(), 1.7)) == ["too_bright"]

    problem = _refused(exposed(astronaut(), 2.6), FaceTooBrightError)
    assert problem["advice"] == [{"code": "too_bright", "usable": False}]


def test_blur_is_told_and_a_smear_refused() -> None:
    """A blur of a fiftieth of the face's width is told, one of a twentieth refused, whatever the size."""
    for factor in (1.0, 0.5):
        photo = scaled(astronaut(), factor)
        assert _advice(_blurred(photo, 8 * factor)) == ["blurred"]
        problem = _refused(_blurred(photo, 13 * factor), FaceBlurredError)
        assert problem["advice"] == [{"code": "blurred", "usable": False}]


def test_exposure_within_a_fifth_changes_no_advice() -> None:
    """A fifth more or less light is no reason to complain."""
    assert _advice(exposed(astronaut(), 0.8)) == _advice(exposed(astronaut(), 1.2)) == []


@given(yaw=st.floats(-89, 89), pitch=st.floats(-89, 89))
def test_turned_heads_are_told_by_their_larger_turn(yaw: float, pitch: float) -> None:
    """Whatever the pose, the advice names the larger turn, its direction as seen, and refuses beyond the limit."""
    turn = max(abs(yaw), abs(pitch))
    sideways = "right" if yaw > 0 else "left"
    upwards = "up" if pitch > 0 else "down"
    expected = sideways if abs(yaw) >= abs(pitch) else upwards

    told = [
        (one.code, one.direction, one.usable) for one in capture._turned(Pose(roll=0, yaw=yaw, pitch=pitch))
    ]

    limit = capture.DEGREES
    assert told == ([("turned", expected, turn <= limit.refusal)] if turn > limit.advice else [])


def test_a_head_turned_too_far_is_refused_with_its_direction() -> None:
    """The error of a turned head names where it looks and about how far."""
    rgb = astronaut()
    looker = Looker()
    sight = looker.look(rgb, looker.faces(rgb)[0])
    sight.__dict__["pose"] = Pose(roll=0, yaw=-63.4, pitch=0)  # in place of the cached measurement

    with pytest.raises(FaceTurnedError, match="left by about 63°") as caught:
        capture.advise_capture(sight, measure_quality(sight), 1, HeadReader().read(sight))

    assert caught.value.extra["advice"] == [
        {"code": "turned", "usable": False, "direction": "left", "degrees": 63.0}
    ]


def test_refusals_speak_in_a_sentence() -> None:
    """The error's detail is a sentence that says what to do."""
    small = scaled(astronaut(), 0.125)

    with pytest.raises(FaceTooSmallError, match=r"come closer or send a larger picture\.$"):
        perceiver().perceive(encoded(small))


def test_ordinary_portraits_are_rarely_told_anything(research: Path) -> None:
    """On 110 portraits of people who were content with them, none is refused and nine in ten get no advice.

    That glasses are worn is no flaw of a photo.
    """
    folder = research / "data" / "faces" / "test_portraits_unlabelled" / "images"
    told: list[tuple[Advice, ...]] = []
    refused: list[ExpertGlassesError] = []
    for file in sorted(folder.iterdir()):
        try:
            told.append(perceiver().perceive(file.read_bytes()).advice)
        except ExpertGlassesError as error:
            refused.append(error)

    assert refused == []
    assert np.mean([any(one.by != "glasses" for one in advice) for advice in told]) <= 0.12


def _drawn_over(cover: Cover, seed: int) -> Rgb:
    looker, rgb = Looker(), astronaut()
    mesh = looker.faces(rgb)[0].points[:, :2]
    return cover(rgb, mesh, np.random.default_rng(seed))


def test_sunglasses_are_told_and_hide_the_eyes() -> None:
    """With dark lenses there is advice and a result; iris, eyes and brows are unknown and say what hides them."""
    face = perceiver().perceive(encoded(_drawn_over(covers.dark_lenses, 3)))

    assert [(one.code.value, one.by, one.usable) for one in face.advice] == [("covered", "sunglasses", True)]
    for hidden in (face.eyes_iris, face.eyes_narrow, face.eyebrows_shape, face.eyebrows_thickness):
        assert hidden.reason == "hidden by sunglasses"
    assert face.gender.known


@pytest.mark.parametrize(
    ("cover", "seed"), [(covers.hand, 3), (covers.mask, 2), (covers.mask, 1), (covers.mask, 5)]
)
def test_a_hand_or_a_mask_over_the_mouth_is_refused(cover: Cover, seed: int) -> None:
    """With the lower face hidden no face shape is honest: the photo is refused and says why."""
    problem = _refused(_drawn_over(cover, seed), FaceCoveredError)

    assert {"code": "covered", "usable": False, "by": "mask"} in problem["advice"]
    assert problem["code"] == "covered"


def test_a_drawing_of_a_face_is_a_face() -> None:
    """A portrait turned into a painting gets a result without advice."""
    painting = cv2.stylization(astronaut(), sigma_s=60, sigma_r=0.45)

    assert _advice(np.asarray(painting, np.uint8)) == []


def test_a_face_at_the_edge_of_the_picture_gives_a_result_or_a_named_refusal() -> None:
    """Cut through the forehead there is a result; cut through the eyes there is one, or a named refusal."""
    top, width = 200, astronaut().shape[1]

    assert perceiver().perceive(encoded(astronaut()[top:].copy())).gender.known
    try:
        outcome = perceiver().perceive(encoded(astronaut()[:, : width // 2 - 40].copy())).faceshape != {}
    except PhotoError as error:
        outcome = error.status == 422
    assert outcome
