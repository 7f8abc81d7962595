"""Clusters of colour, in closed form."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.judging import Array
from workers.perception.population import Cluster

Groups = NDArray[np.int64] | NDArray[np.str_]

TEMPERS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


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
