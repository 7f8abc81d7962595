"""From outputs to probabilities: the line, or the lines of several classes, that make held-out outputs likeliest."""

import numpy as np
from numpy.typing import NDArray

from training.judging import Array

_STEPS = 60


def logistic(inputs: Array, truth: NDArray[np.bool_]) -> Array:
    """Weights of P = 1 / (1 + exp(-(inputs @ weights[:-1] + weights[-1]))) (Platt 1999, Newton's method)."""
    inputs = np.column_stack([inputs, np.ones(len(inputs))])
    # Platt's targets: never quite 0 or 1, so that separable scores have a finite slope.
    more, fewer = int(truth.sum()), int((~truth).sum())
    wanted = np.where(truth, (more + 1) / (more + 2), 1 / (fewer + 2))
    weights = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (likely - wanted)
        curve = (inputs * (likely * (1 - likely))[:, np.newaxis]).T @ inputs
        weights -= np.linalg.solve(curve + 1e-6 * np.eye(len(weights)), slope)
    return weights


def softmax(scores: Array, classes: NDArray[np.int64], weights: Array) -> tuple[float, Array]:
    """One slope for all and an offset for each class, by gradient descent on the weighted log loss."""
    truth = np.eye(scores.shape[1])[classes]
    weights = weights / weights.sum()
    slope, offsets = 1.0 / float(scores.std()), np.zeros(scores.shape[1])
    for _ in range(_STEPS * 10):
        wrong = (shares(slope * scores + offsets) - truth) * weights[:, np.newaxis]
        slope -= float((wrong * scores).sum()) / float(scores.var())
        offsets = offsets - wrong.sum(axis=0)
    return slope, offsets


def shares(logits: Array) -> Array:
    """Softmax of each row."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def calibration_error(found: Array, truth: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: the mean gap between confidence and how often it is right."""
    which = np.minimum((found * bins).astype(int), bins - 1)
    gaps = [
        abs(float(truth[which == one].mean() - found[which == one].mean())) * float((which == one).mean())
        for one in np.unique(which)
    ]
    return float(sum(gaps))
