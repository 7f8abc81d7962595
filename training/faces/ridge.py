"""Ridge regression for few photos and many features: solved in the space of the photos, judged on other people.

A row of the design may be the difference of two photos of one person with the target 0: what tells two photos of
one person apart then counts against a weight (cf. within-class covariance normalisation, Hatch et al. 2006).
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.judging import FOLDS, Array, folds

Table = NDArray[np.float32]
Gram = NDArray[np.floating[Any]]
Rows = NDArray[np.int64]


class Design(NamedTuple):
    """What to fit.

    Attributes:
        targets: n × heads.
        weights: n, how much each photo counts; at 0 only its pairs do.
        pairs: m × 2, photos of one person whose outputs should agree.
        pull: How much each pair counts.
        ridge: How strongly the weights are held to zero.
    """

    targets: Array
    weights: Array
    pairs: Rows
    pull: float
    ridge: float


class Fit(NamedTuple):
    """Outputs are `gram[:, photos] @ alpha + bias`."""

    alpha: Array
    bias: Array


def fit(gram: Gram, design: Design, kept: NDArray[np.bool_]) -> Fit:
    """Fit on the kept photos; pairs count where both are kept."""
    photos = np.flatnonzero(kept & (design.weights > 0))
    pairs = design.pairs[kept[design.pairs].all(axis=1)]
    bias = np.average(design.targets[photos], axis=0, weights=design.weights[photos])
    # Rows of the design as sums of rows of the gram matrix.
    across = np.concatenate([gram[photos], gram[pairs[:, 0]] - gram[pairs[:, 1]]])
    inner = np.concatenate([across[:, photos], across[:, pairs[:, 0]] - across[:, pairs[:, 1]]], axis=1)
    weight = np.concatenate([design.weights[photos], np.full(len(pairs), max(design.pull, 1e-9))])
    wanted = np.concatenate([design.targets[photos] - bias, np.zeros((len(pairs), len(bias)))])
    inner[np.diag_indices_from(inner)] += design.ridge / weight
    found = np.linalg.solve(inner, wanted)
    alpha = np.zeros((len(gram), len(bias)))
    alpha[photos] = found[: len(photos)]
    np.add.at(alpha, pairs[:, 0], found[len(photos) :])
    np.add.at(alpha, pairs[:, 1], -found[len(photos) :])
    return Fit(alpha, bias)


def outputs(gram: Gram, fitted: Fit, rows: Rows | NDArray[np.bool_]) -> Array:
    """What the fit says about some photos."""
    return np.asarray(gram[rows] @ fitted.alpha + fitted.bias)


def held_out(gram: Gram, design: Design, people: list[str], usable: NDArray[np.bool_] | None = None) -> Array:
    """Outputs for every photo from fits that saw no photo of that person; only `usable` photos teach."""
    fold = folds(people)
    taught = np.ones(len(fold), dtype=bool) if usable is None else usable
    found = np.zeros_like(design.targets, dtype=np.float64)
    for one in range(FOLDS):
        found[fold == one] = outputs(gram, fit(gram, design, taught & (fold != one)), fold == one)
    return found


def pairs_of(people: list[str], most: int = 4, seed: int = 1) -> Rows:
    """Photos of one person, at most `most` pairs a person; m × 2."""
    rng = np.random.default_rng(seed)
    names = np.array(people)
    found: list[tuple[int, int]] = []
    for name in np.unique(names):
        own = rng.permutation(np.flatnonzero(names == name))
        found += [(int(a), int(b)) for a, b in pairwise(own)][:most]
    return np.array(found, np.int64).reshape(-1, 2)
