"""Face shape as probabilities over the expert's eight shapes.

Five shapes (heart, oblong, oval, round, square) come from two witnesses: the heads, which see the picture, and a
softmax on the points of the mesh, turned frontal, made symmetric and brought to one size (Procrustes; weights in
`models/faceshape-geometry.json`, written by `training/faceshape_geometry.py`). Their probabilities are
multiplied, the weaker witness counting less (a product of experts, Hinton 2002). No photos are labelled triangle,
diamond or rectangle, so these three follow from their definition, in units of how much people differ:

* triangle: the jaw is wide for the forehead;
* diamond: both are narrow for the cheeks;
* rectangle: the face is long and the jaw wide.

A photo tells these proportions with more noise than people differ, so what counts is how likely the person's own lie so far out.
"""

import math

import numpy as np
from pydantic import Field, ValidationError

from shared.contracts.base import Contract
from shared.errors import ModelDamagedError
from shared.models import load_verified
from workers.perception import points
from workers.perception.mirror import TWIN
from workers.perception.sight import Sight
from workers.perception.window import Points

# A defined shape begins to show at this many standard deviations between people and never takes more than this share.
_SHOWS_AT, _SOFTNESS, _MOST = 1.25, 0.4, 0.6
# How much of the geometry's log odds count beside the heads', of 0 to 0.6 on people held out: more tells them a little better, and two
# photos of one person less alike.
GEOMETRY_COUNTS = 0.2
# One point of each mirror pair, and those on the middle line, which pair with themselves.
_LEFT = np.flatnonzero(np.arange(len(TWIN)) <= TWIN)


class Proportion(Contract):
    """A width or ratio of the frontal mesh: what is usual, and how much people differ."""

    mean: float
    deviation: float


class Index(Contract):
    """How much a defined shape's index varies.

    Attributes:
        deviation: Among photos.
        reliability: The share of that variance which lies between people, not between photos of one.
    """

    deviation: float = Field(gt=0)
    reliability: float = Field(gt=0, lt=1)


class ShapeWeights(Contract):
    """The weights.

    Attributes:
        shapes: The five shapes, in the order of the rows of `weights`.
        mean: The mean of the features that `features` gives.
        weights: 5 × features.
        bias: 5.
        proportions: `length`, `jaw` and `forehead`, each by the width of the face.
        indices: `triangle`, `diamond` and `rectangle`.
    """

    shapes: tuple[str, ...]
    mean: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    proportions: dict[str, Proportion]
    indices: dict[str, Index]


class FaceShapes:
    """Loads the weights once.

    Raises:
        ModelNotInstalledError: The weights are missing.
        ModelDamagedError: The weights are not those in the manifest, or not valid.
    """

    def __init__(self) -> None:
        try:
            self._given = ShapeWeights.model_validate_json(load_verified("faceshape-geometry"))
        except ValidationError as error:
            raise ModelDamagedError("The model 'faceshape-geometry' is not valid.") from error
        self._mean, self._bias = np.array(self._given.mean), np.array(self._given.bias)
        self._weights = np.array(self._given.weights)

    def probabilities(self, sight: Sight, seen: dict[str, float]) -> dict[str, float]:
        """Probability of each of the eight shapes; they sum to 1.

        Args:
            sight: The face.
            seen: What the heads say of the five shapes.
        """
        scores = self._weights @ (features(sight.frontal) - self._mean) + self._bias
        told = witnessed(np.array([seen[shape] for shape in self._given.shapes]), scores)
        five = dict(zip(self._given.shapes, told.tolist(), strict=True))
        return with_defined(five, self._defined(sight))

    def _defined(self, sight: Sight) -> dict[str, float]:
        usual, found = self._given.proportions, proportions(sight.frontal)
        away = indices({name: (found[name] - one.mean) / one.deviation for name, one in usual.items()})
        return {shape: shows(away[shape], one) for shape, one in self._given.indices.items()}


def witnessed(seen: Points, scores: Points) -> Points:
    """Probabilities of shapes (last axis) out of those of the heads and the scores of the geometry."""
    logits = np.log(np.maximum(seen, 1e-9)) + GEOMETRY_COUNTS * scores
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def features(frontal: Points) -> Points:
    """The symmetric face at one size: half the span and the mean height of each pair of mirror points.

    The size is the root of the summed squares of all of them (centroid size), as in Procrustes analysis.
    """
    left, right = frontal[_LEFT], frontal[TWIN[_LEFT]]
    flat = np.column_stack([(right[:, 0] - left[:, 0]) / 2, (right[:, 1] + left[:, 1]) / 2])
    flat[:, 1] -= flat[:, 1].mean()
    return np.asarray(flat.ravel() / max(float(np.linalg.norm(flat)), 1e-9))


def proportions(frontal: Points) -> dict[str, float]:
    """Length of the face, width of the jaw and of the forehead, each by the width of the face."""
    width = _span(frontal, points.CHEEK)
    return {
        "length": float(frontal[points.CHIN, 1] - frontal[points.FOREHEAD_TOP, 1]) / width,
        "jaw": _span(frontal, points.JAW) / width,
        "forehead": _span(frontal, points.FOREHEAD_SIDE) / width,
    }


def indices(deviations: dict[str, float]) -> dict[str, float]:
    """How much a face is a triangle, a diamond and a rectangle.

    Args:
        deviations: `length`, `jaw` and `forehead` in standard deviations from what is usual.
    """
    jaw, forehead, length = deviations["jaw"], deviations["forehead"], deviations["length"]
    return {
        "triangle": (jaw - forehead) / math.sqrt(2),
        "diamond": -(jaw + forehead) / math.sqrt(2),
        "rectangle": (length + jaw) / math.sqrt(2),
    }


def shows(found: float, usual: Index) -> float:
    """The share that a defined shape asks for, given its index on one photo: its mean over what the person's own may be.

    The person's own index is normal around what the photo shows, drawn to the mean by its reliability; the mean of a logistic over
    a normal is nearly a logistic (MacKay 1992, Neural Computation 4, p. 720).
    """
    own = math.sqrt(usual.reliability) * found / usual.deviation
    flat = math.sqrt(1 + math.pi / 8 * (1 - usual.reliability) / _SOFTNESS**2)
    return _MOST / (1 + math.exp((_SHOWS_AT - own) / (_SOFTNESS * flat)))


def with_defined(five: dict[str, float], asked: dict[str, float]) -> dict[str, float]:
    """Give triangle, diamond and rectangle their share of the five shapes' probability.

    Args:
        five: Probabilities of the five shapes; they sum to 1.
        asked: What each of the three asks for, 0 to 1.
    """
    # Extremes of one face may ask for more than all; together they take no more than the most insistent one.
    most = max(asked.values())
    scale = most / max(sum(asked.values()), 1e-9)
    defined = {shape: share * scale for shape, share in asked.items()}
    rest = 1 - sum(defined.values())
    return {**{shape: share * rest for shape, share in five.items()}, **defined}


def _span(mesh: Points, pair: points.Pair) -> float:
    return max(float(np.linalg.norm(mesh[pair.right, :2] - mesh[pair.left, :2])), 1e-9)
