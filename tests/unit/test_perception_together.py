"""Several photos of one person: what they tell together."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perception_photos import astronaut, encoded, exposed, perceiver, scaled

from shared.advice import sentence
from shared.contracts import FACE_SHAPES, AdviceCode, Attribute, Evidence, Face
from shared.errors import NoFaceError, PhotoUnreadableError
from workers.perception.together import agree, agreed_value, perceive_together, pooled


def _told(value: str, confidence: float) -> Attribute:
    return Attribute(value=value, confidence=confidence, evidence=Evidence.MODEL)


def test_the_surer_photo_wins() -> None:
    """One photo is sure of a beard, two lean against it: the log odds decide, not the votes."""
    agreed = agreed_value("beard", [_told("yes", 0.95), _told("no", 0.6), _told("no", 0.6)])

    odds = (math.log(0.95 / 0.05) - 2 * math.log(0.6 / 0.4)) / 3**0.8
    assert agreed.value == "yes"
    assert agreed.confidence == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-4)


def test_a_photo_that_does_not_tell_is_not_asked() -> None:
    """Given a hat on one photo / Then the other tells the hair, as sure as alone; hidden on both, it stays unknown."""
    hidden = Attribute(value="unknown", reason="hidden by hat")

    alone = agreed_value("hair", [hidden, _told("brown", 0.7)])
    assert (alone.value, alone.confidence) == ("brown", 0.7)
    assert agreed_value("hair", [hidden, hidden]) == hidden


def test_what_photos_leave_open_is_told_together() -> None:
    """The probabilities of each photo are pooled; what all photos measure is told, else what is likeliest of all."""
    shares = ({"wider": 0.38, "normal": 0.6, "longer": 0.02}, {"wider": 0.4, "normal": 0.59, "longer": 0.01})
    photos = [
        Attribute(value="wider", confidence=0.4, evidence=Evidence.GEOMETRY, probabilities=one)
        for one in shares
    ]
    both = agreed_value("ratio", photos)

    assert both.value == "wider"  # both measured it so
    assert both.confidence == both.probabilities["wider"]
    assert both.probabilities == pytest.approx(pooled(shares), abs=1e-4)
    assert both.evidence is Evidence.GEOMETRY

    longer = {"wider": 0.02, "normal": 0.58, "longer": 0.4}
    other = Attribute(value="longer", confidence=0.4, evidence=Evidence.GEOMETRY, probabilities=longer)
    assert agreed_value("ratio", [photos[0], other]).value == "normal"


def test_several_photos_tell_the_face_shape_with_less_noise() -> None:
    """Four photos halve the noise of one; a face that a client states has none."""
    face = Face(faceshape={"oval": 0.6, "round": 0.4}, faceshape_noise=0.2)

    assert agree([face] * 4).faceshape_noise == pytest.approx(0.1)
    assert agree([Face(faceshape={"oval": 1.0})] * 2).faceshape_noise is None


def test_agreement_makes_surer_and_a_free_label_is_kept() -> None:
    """Two photos that agree are surer than one; `race`, which has no list of values, is told as stated."""
    both = agreed_value("eyes_iris", [_told("blue", 0.7), _told("blue", 0.8)])
    assert both.value == "blue"
    assert both.confidence > 0.8
    assert agreed_value("race", [_told("black", 1.0), _told("black", 1.0)]).value == "black"


_SHARES = st.lists(st.floats(0, 1), min_size=8, max_size=8).filter(lambda row: sum(row) > 0.1)


@given(st.lists(_SHARES, min_size=1, max_size=5))
def test_pooled_shapes_are_probabilities_in_any_order(rows: list[list[float]]) -> None:
    """Whatever the photos say, shares sum to 1, none is negative, and the order of the photos does not matter."""
    said = [dict(zip(FACE_SHAPES, np.array(row) / sum(row), strict=True)) for row in rows]
    one, other = pooled(said), pooled(said[::-1])

    assert sum(one.values()) == pytest.approx(1)
    assert min(one.values()) >= 0
    assert one == pytest.approx(other)


def test_one_photo_is_as_it_was() -> None:
    """A single photo's face comes back untouched."""
    face = perceiver().perceive(encoded(astronaut()))
    assert agree([face]) is face


def test_real_photos_of_one_person_agree() -> None:
    """Three exposures of one portrait: the shape lies among theirs, the place is the first one's, largest comes first."""
    photos = [encoded(exposed(astronaut(), factor)) for factor in (1.0, 0.8, 1.15)]
    alone = [perceiver().perceive(photo) for photo in photos]
    face = perceive_together(photos, perceiver().perceive)

    assert (face.landmarks, face.box, face.models) == (alone[0].landmarks, alone[0].box, alone[0].models)
    assert list(face.faceshape.values()) == sorted(face.faceshape.values(), reverse=True)
    assert sum(face.faceshape.values()) == pytest.approx(1)
    assert face.gender.value == alone[0].gender.value
    assert Face.model_validate_json(face.model_dump_json()) == face


def test_a_useless_further_photo_is_left_out_and_told() -> None:
    """Given a wall as second and a small face as third photo / Then the result stands and the advice names each."""
    wall = encoded(np.full((300, 300, 3), 200, np.uint8))
    photos = [encoded(astronaut()), wall, encoded(scaled(astronaut(), 0.2))]
    face = perceive_together(photos, perceiver().perceive)

    missing = next(one for one in face.advice if one.code is AdviceCode.NO_FACE)
    assert (missing.photo, missing.usable) == (2, False)
    assert sentence(missing, "en").startswith("Photo 2: We cannot find a face.")
    assert any((one.code, one.photo) == (AdviceCode.TOO_SMALL, 3) for one in face.advice)
    assert all(one.photo for one in face.advice)


def test_the_first_photo_must_be_usable_and_files_must_be_photos() -> None:
    """A wall in the first place is an error, and so is a broken file in any."""
    wall, good = encoded(np.full((300, 300, 3), 200, np.uint8)), encoded(astronaut(), "JPEG")
    with pytest.raises(NoFaceError):
        perceive_together([wall, good], perceiver().perceive)
    with pytest.raises(PhotoUnreadableError):
        perceive_together([good, good[: len(good) // 3]], perceiver().perceive)
