"""Small closed-form models: logistic lines and clusters of colour."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.judging import FOLDS, Array, Truth, folds
from workers.perception.population import Cluster, Line

Groups = NDArray[np.int64] | NDArray[np.str_]

TEMPERS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_NEWTON_STEPS = 25


def fit_line(table: Array, truth: Truth) -> dict[str, Any]:
    """Logistic regression by Newton's method, lightly held to zero."""
    mean, spread = table.mean(axis=0), table.std(axis=0)
    inputs = np.column_stack([(table - mean) / spread, np.ones(len(table))])
    weights = np.zeros(inputs.shape[1])
    for _ in range(_NEWTON_STEPS):
        shares = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (shares - truth) + weights
        curve = (inputs * (shares * (1 - shares))[:, np.newaxis]).T @ inputs + np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return {
        "mean": mean.tolist(),
        "spread": spread.tolist(),
        "weights": weights[:-1].tolist(),
        "bias": float(weights[-1]),
    }


def held_out_line(table: Array, truth: Truth, persons: list[str]) -> Array:
    """Probabilities from lines that saw no photo of that person."""
    fold = folds(persons)
    found = np.zeros(len(table))
    for one in range(FOLDS):
        line = Line(**fit_line(table[fold != one], truth[fold != one]))
        found[fold == one] = [line.probability(numbers) for numbers in table[fold == one]]
    return found


def fit_cluster(table: Array, labels: NDArray[np.str_], *, shared: bool) -> dict[str, Any]:
    """A normal distribution for each label; `shared`: one covariance for all, where labels are few."""
    names = sorted(set(labels.tolist()))
    ridge = 4.0 * np.eye(table.shape[1])
    own = {name: np.cov(table[labels == name].T) + ridge for name in names}
    pooled = np.mean(list(own.values()), axis=0)
    means = {name: table[labels == name].mean(axis=0).tolist() for name in names}
    return {"means": means, "covariances": {n: (pooled if shared else own[n]).tolist() for n in names}}


def held_out_cluster(
    table: Array, labels: NDArray[np.str_], parts: Groups, temper: float, *, shared: bool
) -> Array:
    """Probabilities (n × values, in the order of their names) from clusters that saw nothing of that part."""
    found = np.zeros((len(labels), len(np.unique(labels))))
    for part in np.unique(parts):
        kept = parts != part
        cluster = Cluster(**fit_cluster(table[kept], labels[kept], shared=shared), temper=temper)
        for row in np.flatnonzero(~kept):
            found[row] = list(cluster.probabilities(table[row]).values())
    return found


def log_likelihood(found: Array, labels: NDArray[np.str_]) -> float:
    """Mean over the values of the mean log probability of the right one: rare colours count like frequent ones."""
    values = np.unique(labels)
    right = np.log(np.maximum(found[np.arange(len(labels)), np.searchsorted(values, labels)], 1e-9))
    return float(np.mean([right[labels == value].mean() for value in values]))
