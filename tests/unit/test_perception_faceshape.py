"""Face shape: eight probabilities, each reachable, none by accident."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from perception_photos import astronaut, encoded, perceiver

from shared.contracts import FACE_SHAPES
from workers.perception.faceshape import Index, features, indices, shows, with_defined
from workers.perception.mirror import TWIN, mirrored

# A thousand quantiles of the standard normal distribution.
QUANTILES = np.array([NormalDist().inv_cdf((one + 0.5) / 1000) for one in range(1000)])
FIVE = dict.fromkeys(("heart", "oblong", "oval", "round", "square"), 0.2)
USUAL = {shape: Index(deviation=1.0, reliability=0.4) for shape in ("triangle", "diamond", "rectangle")}
deviations = st.floats(-8, 8)


def _shares(five: dict[str, float], length: float, jaw: float, forehead: float) -> dict[str, float]:
    away = indices({"length": length, "jaw": jaw, "forehead": forehead})
    return with_defined(five, {shape: shows(away[shape], one) for shape, one in USUAL.items()})


@given(length=deviations, jaw=deviations, forehead=deviations)
def test_the_shares_always_sum_to_one(length: float, jaw: float, forehead: float) -> None:
    """Whatever the proportions, the eight shares are probabilities."""
    shares = _shares(FIVE, length, jaw, forehead)

    assert set(shares) == set(FACE_SHAPES)
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= 0


@pytest.mark.parametrize(
    ("shape", "length", "jaw", "forehead"),
    [("triangle", 0.0, 3.0, -2.0), ("diamond", 0.0, -2.5, -2.5), ("rectangle", 2.5, 2.5, 1.0)],
)
def test_the_defined_shapes_lead_where_they_are_clear(
    shape: str, length: float, jaw: float, forehead: float
) -> None:
    """A wide jaw under a narrow forehead is a triangle, and so on."""
    shares = _shares(FIVE, length, jaw, forehead)

    assert max(shares, key=lambda one: shares[one]) == shape


def test_usual_proportions_leave_the_five_shapes_in_their_order() -> None:
    """On an average face the defined shapes are hardly there, and the five keep their order."""
    five = {"heart": 0.1, "oblong": 0.15, "oval": 0.4, "round": 0.3, "square": 0.05}

    shares = _shares(five, 0.0, 0.0, 0.0)

    assert sum(shares[shape] for shape in five) > 0.9
    assert sorted(five, key=lambda one: five[one]) == sorted(five, key=lambda one: shares[one])


@given(reliability=st.floats(0.05, 0.99), found=st.floats(-5, 5))
def test_what_one_photo_shows_counts_as_far_as_it_can_be_trusted(reliability: float, found: float) -> None:
    """The share is the mean over what the person's own index may be, here by many draws of it."""
    own = np.sqrt(reliability) * found + np.sqrt(1 - reliability) * QUANTILES
    drawn = np.mean([shows(float(one), Index(deviation=1.0, reliability=1 - 1e-12)) for one in own])

    assert shows(found, Index(deviation=1.0, reliability=reliability)) == pytest.approx(drawn, abs=0.03)


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
