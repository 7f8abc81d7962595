"""Face shape: eight probabilities, each reachable, none by accident."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from perception_photos import astronaut, encoded, perceiver

from shared.contracts import FACE_SHAPES
from workers.perception.faceshape import features, with_defined
from workers.perception.mirror import TWIN, mirrored

FIVE = dict.fromkeys(("heart", "oblong", "oval", "round", "square"), 0.2)
deviations = st.floats(-8, 8)


@given(length=deviations, jaw=deviations, forehead=deviations)
def test_the_shares_always_sum_to_one(length: float, jaw: float, forehead: float) -> None:
    """Whatever the proportions, the eight shares are probabilities."""
    shares = with_defined(FIVE, {"length": length, "jaw": jaw, "forehead": forehead})

    assert set(shares) == set(FACE_SHAPES)
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= 0


@pytest.mark.parametrize(
    ("shape", "length", "jaw", "forehead"),
    [("triangle", 0.0, 3.0, -1.5), ("diamond", 0.0, -2.5, -2.5), ("rectangle", 2.5, 2.5, 1.0)],
)
def test_the_defined_shapes_lead_where_they_are_clear(
    shape: str, length: float, jaw: float, forehead: float
) -> None:
    """A wide jaw under a narrow forehead is a triangle, and so on."""
    shares = with_defined(FIVE, {"length": length, "jaw": jaw, "forehead": forehead})

    assert max(shares, key=lambda one: shares[one]) == shape


def test_usual_proportions_leave_the_five_shapes_in_their_order() -> None:
    """On an average face the defined shapes are hardly there, and the five keep their order."""
    five = {"heart": 0.1, "oblong": 0.15, "oval": 0.4, "round": 0.3, "square": 0.05}

    shares = with_defined(five, {"length": 0.0, "jaw": 0.0, "forehead": 0.0})

    assert sum(shares[shape] for shape in five) > 0.9
    assert sorted(five, key=lambda one: five[one]) == sorted(five, key=lambda one: shares[one])


@hypothesis_settings(deadline=None)
@given(seed=st.integers(0, 1000), scale=st.floats(0.1, 50), x=st.floats(-9, 9), y=st.floats(-9, 9))
def test_features_know_neither_size_nor_place_nor_side(seed: int, scale: float, x: float, y: float) -> None:
    """The same face larger, elsewhere or in the mirror has the same features."""
    mesh = np.random.default_rng(seed).normal(size=(468, 3))

    plain = features(mesh)

    assert features(mesh * scale + (x * scale, y * scale, 0)) == pytest.approx(plain, abs=1e-9)
    assert features(mirrored(mesh, 0.0)) == pytest.approx(plain, abs=1e-9)


def test_every_point_is_the_mirror_of_its_mirror() -> None:
    """Mirroring twice is no change, and some thirty points lie on the middle line."""
    assert (TWIN[TWIN] == np.arange(468)).all()
    assert 20 <= (np.arange(468) == TWIN).sum() <= 40


def test_a_portrait_gets_all_eight_shapes() -> None:
    """A real face has a probability for each shape, largest first, and none is certain."""
    shares = perceiver().perceive(encoded(astronaut())).faceshape

    assert set(shares) == set(FACE_SHAPES)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares.values()) < 0.8
