"""How far drawings are from renders, on features (n, d) of a network that reads both.

Fréchet distance after Heusel et al. 2017, kernel distance after Bińkowski et al. 2018, precision and recall after
Kynkäänniemi et al. 2019, Vendi score after Friedman and Dieng 2023.
"""

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]

_NEIGHBOURS = 3  # as in the paper


def frechet(one: Features, other: Features) -> float:
    """Fréchet distance of two normal distributions with the samples' means and covariances; 0 is the same."""
    off = one.mean(axis=0) - other.mean(axis=0)
    a, b = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    # The trace of the root of a·b: a·b has the eigenvalues of root(a)·b·root(a), which is symmetric.
    values, vectors = np.linalg.eigh(a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ b @ root), 0)).sum()
    return float(off @ off + np.trace(a) + np.trace(b) - 2 * shared)


def kernel_distance(one: Features, other: Features) -> float:
    """Unbiased squared maximum mean discrepancy under (x·y / d + 1)³; about 0, even below it, when the same."""
    d = one.shape[1]
    within = [_cubed(x, x, d) for x in (one, other)]
    means = [(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) for k in within]
    return float(sum(means) - 2 * _cubed(one, other, d).mean())


def _cubed(x: Features, y: Features, d: int) -> Features:
    return np.asarray((x @ y.T / d + 1) ** 3)


def precision_recall(drawn: Features, true: Features) -> tuple[float, float]:
    """Share of drawings that lie among the true ones, and share of true ones that lie among drawings.

    "Among" is: nearer to one of them than its third nearest neighbour of its own kind. Both sets should be equally
    large.
    """
    return _covered(drawn, true), _covered(true, drawn)


def _covered(asked: Features, among: Features) -> float:
    reach = np.sort(_distances(among, among), axis=1)[:, _NEIGHBOURS]  # the 0th is the point itself
    return float((_distances(asked, among) <= reach).any(axis=1).mean())


def _distances(x: Features, y: Features) -> Features:
    squares = (x**2).sum(axis=1)[:, np.newaxis] + (y**2).sum(axis=1) - 2 * x @ y.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def vendi(features: Features) -> float:
    """How many wholly different ones the samples are worth, 1 to n, by the cosine of their features."""
    unit = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    values = np.linalg.eigvalsh(unit @ unit.T / len(unit))
    values = values[values > 1e-12]  # noqa: PLR2004  0 · log 0 is 0
    return float(np.exp(-(values * np.log(values)).sum()))
