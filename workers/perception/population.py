"""What is usual: where a measure lies among people, and how far one photo leaves it in doubt.

The numbers are data, not code: `models/face-statistics.json`, written by `training/face_statistics.py`.
"""

import math
from functools import cached_property
from itertools import pairwise

import numpy as np
from pydantic import Field, ValidationError

from shared.contracts.base import Contract
from shared.errors import ModelDamagedError
from shared.models import load_verified
from workers.perception.window import Points

# Standard deviation of what another photo tells of the likeliest face shape: that which best foretells whether it
# is below the rules' 0.35 there (LFW; `expertglasses evaluate pairs` prints it).
SHAPE_NOISE = 0.24


class Scale(Contract):
    """One measure among people.

    Attributes:
        cuts: Where one value ends and the next begins among people's own measures, ascending.
        doubt: Standard deviation of the own measure around what a head tells of it.
    """

    cuts: tuple[float, ...]
    doubt: float = Field(gt=0)

    def bands(self, told: float) -> list[float]:
        """Probability that the person's own measure falls below the first cut, between cuts, above the last."""
        below = [0.0, *(_normal((cut - told) / self.doubt) for cut in self.cuts), 1.0]
        return [upper - lower for lower, upper in pairwise(below)]


class Cluster(Contract):
    """Normal distributions of a few numbers, one for each value (discriminant analysis, equal priors).

    Attributes:
        means: Centre by value.
        covariances: Spread by value.
        temper: Below 1 where colours scatter more than normally; found on photos held out.
    """

    means: dict[str, tuple[float, ...]]
    covariances: dict[str, tuple[tuple[float, ...], ...]]
    temper: float = Field(default=1.0, gt=0)

    def probabilities(self, numbers: Points) -> dict[str, float]:
        """Probability of each value."""
        logs = self.temper * np.array([self._log_density(value, numbers) for value in self.means])
        shares = np.exp(logs - logs.max())
        return dict(zip(self.means, (shares / shares.sum()).tolist(), strict=True))

    @cached_property
    def _shapes(self) -> dict[str, tuple[Points, float]]:
        covariances = {value: np.array(rows) for value, rows in self.covariances.items()}
        return {v: (np.linalg.inv(c), float(np.linalg.slogdet(c)[1])) for v, c in covariances.items()}

    def _log_density(self, value: str, numbers: Points) -> float:
        inverse, log_volume = self._shapes[value]
        away = numbers - np.array(self.means[value])
        return -0.5 * (float(away @ inverse @ away) + log_volume)


class Population(Contract):
    """All of it, by name."""

    scales: dict[str, Scale]
    clusters: dict[str, Cluster]


def load_population() -> Population:
    """The statistics in the folder of models.

    Raises:
        ModelNotInstalledError: They are missing.
        ModelDamagedError: They are not those in the manifest, or not valid.
    """
    try:
        return Population.model_validate_json(load_verified("face-statistics"))
    except ValidationError as error:
        raise ModelDamagedError("The model 'face-statistics' is not valid.") from error


def _normal(z: float) -> float:
    """The cumulative normal distribution."""
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))
