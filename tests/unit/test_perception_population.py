"""Confidence: what a measurement is worth, given how much photos of one person differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import Pose
from workers.perception.attributes import CLUSTERS, SCALES
from workers.perception.population import Cluster, Scale, load_population

SCALE = Scale(cuts=(1.0, 2.0), noise=0.2, usual=1.5, spread=5.0, lean=(0.001, 0.01, 0.0))
CLUSTER = Cluster(
    means={"dark": (10.0, 0.0), "light": (80.0, 5.0)},
    covariances={"dark": ((20.0, 0.0), (0.0, 20.0)), "light": ((50.0, 0.0), (0.0, 20.0))},
)


@given(measured=st.floats(-10, 10))
def test_bands_are_probabilities_and_name_the_right_one(measured: float) -> None:
    """The shares of the bands sum to 1, and away from a cut the band of the measurement has the most."""
    shares = SCALE.bands(measured)

    assert sum(shares) == pytest.approx(1)
    assert min(shares) >= 0
    if min(abs(measured - cut) for cut in SCALE.cuts) > SCALE.noise:
        assert int(np.argmax(shares)) == np.searchsorted(SCALE.cuts, measured)


def test_at_a_cut_both_sides_are_as_likely() -> None:
    """On the line between two values neither is more likely than the other, where photos hardly scatter."""
    below, above, _ = SCALE.bands(1.0)

    assert below == pytest.approx(above, abs=0.01)


def test_the_own_value_is_likely_as_people_and_photos_are_drawn() -> None:
    """Given people and photos of them drawn by the numbers of a scale / Then bands tell how often the own value of those measured about here lies where."""
    chance = np.random.default_rng(4)
    scale = Scale(cuts=(0.0, 1.0), noise=0.8, usual=0.2, spread=1.0)
    own = scale.usual + 0.6 * chance.standard_normal(400_000)  # 0.6² + 0.8² = 1
    measured = own + scale.noise * chance.standard_normal(len(own))
    for here in (-1.5, 0.2, 1.4):
        alike = own[np.abs(measured - here) < 0.05]
        # Own values are cut where as many people lie beyond as photos lie beyond the cuts of photos.
        cuts = [np.quantile(own, (measured < cut).mean()) for cut in scale.cuts]
        drawn = np.histogram(alike, [-np.inf, *cuts, np.inf])[0] / len(alike)
        assert scale.bands(here) == pytest.approx(drawn, abs=0.02)


def test_where_photos_tell_nothing_everybody_is_usual() -> None:
    """A measurement that scatters within people as much as among them tells of nobody more than of all."""
    scale = SCALE.model_copy(update={"spread": SCALE.noise})

    assert SCALE.bands(3.0)[2] > 0.99
    assert scale.bands(3.0) == pytest.approx(scale.bands(1.5), abs=0.05)


def test_what_a_turned_head_adds_is_taken_away() -> None:
    """A frontal photo is measured as it is; turned ones are brought back to it."""
    assert SCALE.upright(1.5, Pose(roll=40, yaw=0, pitch=0)) == 1.5
    assert SCALE.upright(1.5, Pose(roll=0, yaw=-20, pitch=10)) == pytest.approx(1.5 - 0.4 - 0.1)


@given(light=st.floats(-50, 150), red=st.floats(-80, 80))
def test_clusters_answer_with_probabilities(light: float, red: float) -> None:
    """Any colour, however far away, gets shares that sum to 1; at a centre its own value leads."""
    assert sum(CLUSTER.probabilities(np.array([light, red])).values()) == pytest.approx(1)
    for value, centre in CLUSTER.means.items():
        shares = CLUSTER.probabilities(np.array(centre))
        assert max(shares, key=lambda one: shares[one]) == value


def test_a_tempered_cluster_is_less_sure_of_the_same() -> None:
    """Tempering moves all shares towards each other and keeps their order."""
    colour = np.array([30.0, 1.0])

    plain = CLUSTER.probabilities(colour)
    tempered = CLUSTER.model_copy(update={"temper": 0.2}).probabilities(colour)

    assert plain["dark"] > tempered["dark"] > 0.5


def test_the_installed_statistics_know_every_measurement() -> None:
    """Each measurement and cluster that the attributes use has its numbers, and cuts ascend."""
    population = load_population()

    assert set(population.scales) == set(SCALES)
    assert set(population.clusters) == set(CLUSTERS)
    for scale in population.scales.values():
        assert list(scale.cuts) == sorted(scale.cuts)
