"""Teaching and judging the face shape."""

import numpy as np
from numpy.typing import NDArray

from training.faces.calibrate import calibration_error
from training.faces.kept import Kept
from training.faces.ridge import Design, pairs_of
from training.judging import Array

SHAPES = ("heart", "oblong", "oval", "round", "square")
_PULL = 10.0


def design(niten: Kept, lfw: Kept, ridge: float) -> tuple[Design, NDArray[np.int64]]:
    """The design of `face_shape_niten` and then `lfw_attributes`, and the labels of the former.

    A person with many photos counts as the root of their number, and every shape as much as any other. Press photos have no
    labels, but two of one person should be told the same.
    """
    labels, persons = numbers(niten), niten.column("person")
    _, which, counts = np.unique(persons, return_inverse=True, return_counts=True)
    weights = 1 / np.sqrt(counts[which])
    for one in range(len(SHAPES)):
        weights[labels == one] /= weights[labels == one].sum()
    whole = np.concatenate([weights / weights.mean(), np.zeros(len(lfw))])
    targets = np.zeros((len(whole), len(SHAPES)))
    targets[: len(niten)] = np.eye(len(SHAPES))[labels] - 1 / len(SHAPES)
    pressed = pairs_of(lfw.column("person").tolist()) + len(niten)
    pairs = np.concatenate([pairs_of(persons.tolist()), pressed])
    return Design(targets, whole, pairs, _PULL, ridge), labels


def numbers(kept: Kept) -> NDArray[np.int64]:
    """The label of each photo as a number."""
    return np.array([SHAPES.index(one) for one in kept.column("label")])


def figures(found: Array, labels: NDArray[np.int64]) -> dict[str, float]:
    """Top-1, top-2 and expected calibration error of rows of probabilities."""
    order = np.argsort(-found, axis=1)
    right = order[:, 0] == labels
    return {
        "top-1": float(right.mean()),
        "top-2": float((right | (order[:, 1] == labels)).mean()),
        "calibration error": calibration_error(found.max(axis=1), right),
    }


def report(name: str, found: Array, labels: NDArray[np.int64]) -> None:
    """Print these figures, the balanced top-1 and the confusion matrix."""
    told = found.argmax(axis=1)
    balanced = np.mean([(told[labels == one] == one).mean() for one in np.unique(labels)])
    shown = ", ".join(f"{what} {share:.3f}" for what, share in figures(found, labels).items())
    print(f"{name}: {len(labels)} photos, {shown}, balanced {balanced:.3f}")
    for one, shape in enumerate(SHAPES):
        counts = np.bincount(told[labels == one], minlength=len(SHAPES))
        print(f"  {shape:8}", *(f"{count:5d}" for count in counts))
