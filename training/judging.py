"""How well a measurement agrees with labels and with itself."""

import zlib

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]

FOLDS = 5


def folds(groups: list[str]) -> NDArray[np.int64]:
    """Which fold each group is held out in; the same on every machine."""
    return np.array([zlib.crc32(group.encode()) % FOLDS for group in groups])


def auc(truth: Truth, score: Array) -> float:
    """Chance that a positive scores higher than a negative, ties counted half."""
    ordered = np.sort(score)
    ranks = (np.searchsorted(ordered, score, "left") + np.searchsorted(ordered, score, "right") + 1) / 2
    positives = int(truth.sum())
    above = ranks[truth].sum() - positives * (positives + 1) / 2
    return float(above / max(positives * (len(truth) - positives), 1))


def thirds(scores: Array, measured: Array) -> float:
    """AUC of telling the highest third of the scores from the lowest."""
    low, high = np.quantile(scores, [1 / 3, 2 / 3])
    kept = (scores <= low) | (scores >= high)
    return auc(scores[kept] >= high, measured[kept])


def within_person(column: Array, persons: NDArray[np.str_]) -> float:
    """Standard deviation between photos of one person, over people with several."""
    squares, freedom = 0.0, 0
    for person in np.unique(persons):
        values = column[persons == person]
        squares += float(((values - values.mean()) ** 2).sum())
        freedom += len(values) - 1
    return float(np.sqrt(squares / max(freedom, 1)))
