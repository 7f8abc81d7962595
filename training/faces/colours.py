"""Teaching hair colour, glasses and what hides a face: labels of people first, scores where they are clear."""

import numpy as np
from numpy.typing import NDArray

from training.faces import calibrate
from training.faces.kept import Kept
from training.faces.ridge import Design, Rows, pairs_of
from training.judging import Array, Truth, auc

HAIR = ("black", "brown", "blonde", "grey", "bald")
_LABELS = {"black": 0, "brown": 1, "blond": 2, "gray": 3, "bald": 4}
_SCORES = ("Black_Hair", "Brown_Hair", "Blond_Hair", "Gray_Hair", "Bald")
# A score counts a tenth of a label, and where none is this high the hair teaches nothing.
_SCORE_COUNTS, _CLEAR = 0.15, 0.4
# How much two photos of one person should be told the same hair.
_PULL_HAIR = 0.5
_NO_PAIRS: Rows = np.zeros((0, 2), np.int64)


def hair_design(celeba: Kept, lfw: Kept, ridge: float) -> tuple[Design, NDArray[np.int64], list[str]]:
    """The design over both folders, people's labels (-1 where there is none), and the people.

    Two press photos of one person should be told alike, labelled or not.
    """
    labels = np.array([_LABELS.get(one, -1) for one in celeba.column("hair_colour")])
    known = labels >= 0
    own = np.eye(len(HAIR))[labels] * known[:, np.newaxis]
    scores = np.column_stack([lfw.numbers(name) for name in _SCORES])
    clear = scores.max(axis=1) > _CLEAR
    soft = scores / np.maximum(scores.sum(axis=1, keepdims=True), 1e-6) * clear[:, np.newaxis]
    weights = np.concatenate([_balanced(own), _SCORE_COUNTS * _balanced(soft)])
    targets = np.concatenate([own, soft]) - 1 / len(HAIR)
    persons = celeba.column("file").tolist() + lfw.column("person").tolist()
    everyone = np.concatenate([labels, np.full(len(lfw), -1)])
    pairs = pairs_of(lfw.column("person").tolist()) + len(celeba)
    return Design(targets, weights, pairs, _PULL_HAIR, ridge), everyone, persons


def _balanced(shares: Array) -> Array:
    """Weights with which every class counts the same, and a photo on average 1; 0 where there is no class."""
    each = shares @ (1 / shares.sum(axis=0))
    return np.asarray(each * (shares.sum(axis=1) > 0).sum() / each.sum())


def report_hair(found: Array, labels: NDArray[np.int64]) -> None:
    """Print how often each class is told right."""
    told = found.argmax(axis=1)
    each = [float((told[labels == one] == one).mean()) for one in range(len(HAIR))]
    shown = ", ".join(f"{name} {share:.2f}" for name, share in zip(HAIR, each, strict=True))
    gap = calibrate.calibration_error(found.max(axis=1), told == labels)
    print(f"hair, photos held out: balanced {np.mean(each):.3f} ({shown}), calibration error {gap:.3f}")
    for one, name in enumerate(HAIR):
        print(
            f"  {name:8}", *(f"{count:5d}" for count in np.bincount(told[labels == one], minlength=len(HAIR)))
        )


def glasses_design(
    celeba: Kept, lfw: Kept, eyes: NDArray[np.bool_], covered: NDArray[np.int64], ridge: float
) -> tuple[Design, dict[str, Truth], list[str]]:
    """The design over both folders and the covered heads of LFW; what is worn on each; the people."""
    worn = celeba.column("eyeglasses") == "1"
    scored = lfw.numbers("Eyeglasses")
    nothing = np.zeros(len(celeba) + len(lfw), dtype=bool)
    truths = {
        # Dark lenses are glasses, too.
        "glasses": np.concatenate([worn, scored > 0.5, eyes | (scored[covered] > 0.5)]),  # noqa: PLR2004
        "sunglasses": np.concatenate([nothing, eyes]),
        "mask": np.concatenate([nothing, ~eyes]),
    }
    unsure = (scored > 0.2) & (scored < 0.8)  # noqa: PLR2004
    weights = np.concatenate([np.full(len(celeba), 2.0), np.where(unsure, 0.3, 1.0), np.ones(len(eyes))])
    targets = np.column_stack([np.where(truth, 1.0, -1.0) for truth in truths.values()])
    persons = lfw.column("person")
    names = celeba.column("file").tolist() + persons.tolist() + persons[covered].tolist()
    return Design(targets, weights, _NO_PAIRS, 0.0, ridge), truths, names


def report_glasses(found: Array, truths: dict[str, Truth], labelled: int) -> Array:
    """Print how well each is told, and return slope and offset of each; `labelled` photos have people's labels."""
    lines = []
    for column, (name, truth) in enumerate(truths.items()):
        slope, offset = calibrate.logistic(found[:, [column]], truth)
        lines.append((slope, offset))
        told = slope * found[:, column] + offset > 0
        missed, false = float((~told[truth]).mean()), float(told[~truth].mean())
        print(
            f"{name}: AUC {auc(truth, found[:, column]):.3f}, missed {missed:.3f}, false alarms {false:.4f}"
        )
        if truth[:labelled].any():
            own = truth[:labelled]
            area, right = auc(own, found[:labelled, column]), float((told[:labelled] == own).mean())
            print(f"  people's labels: {labelled} photos, AUC {area:.3f}, right {right:.3f}")
    return np.array(lines)
