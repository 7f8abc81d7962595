"""What is usual: bands of a measure, clusters of colour."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.faces.measured import MEASURES
from workers.perception.attributes import CLUSTERS
from workers.perception.population import Cluster, Scale, load_population

SCALE = Scale(cuts=(1.0, 2.0), doubt=0.2)
CLUSTER = Cluster(
    means={"dark": (10.0, 0.0), "light": (80.0, 5.0)},
    covariances={"dark": ((20.0, 0.0), (0.0, 20.0)), "light": ((50.0, 0.0), (0.0, 20.0))},
)


@given(told=st.floats(-10, 10))
def test_bands_are_probabilities_and_name_the_right_one(told: float) -> None:
    """The shares of the bands sum to 1, and away from a cut the band of what is told has the most."""
    shares = SCALE.bands(told)

    assert sum(shares) == pytest.approx(1)
    assert min(shares) >= 0
    if min(abs(told - cut) for cut in SCALE.cuts) > SCALE.doubt:
        assert int(np.argmax(shares)) == np.searchsorted(SCALE.cuts, told)


def test_at_a_cut_both_sides_are_as_likely() -> None:
    """On the line between two values neither is more likely than the other."""
    below, above, _ = SCALE.bands(1.0)

    assert below == pytest.approx(above, abs=1e-6)


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


def test_the_installed_statistics_know_every_measure() -> None:
    """Each measure and cluster that the attributes use has its numbers, and cuts ascend."""
    population = load_population()

    assert set(population.scales) == set(MEASURES)
    assert set(population.clusters) == set(CLUSTERS)
    for scale in population.scales.values():
        assert list(scale.cuts) == sorted(scale.cuts)
