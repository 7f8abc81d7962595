"""Fit and judge the geometric face shape: `python -m training.faceshape_geometry --data FOLDER`.

Linear discriminant analysis on principal components of the symmetric, frontal, size-normalised mesh. Everything
is closed form, so the same photos give the same weights. Judged with people, not photos, held out.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.settings import settings
from training.faces.shapes import SHAPES, report
from training.judging import FOLDS, Array, folds
from training.publish import publish_json
from training.sights import Row, read_rows, sights
from workers.perception.faceshape import features, proportions
from workers.perception.look import Looker

_COMPONENTS = 60
_SHRINKAGE = 0.1
# Labels go by person, and one person's photos are no independent evidence: half the log odds are calibrated.
_TEMPERATURE = 0.5


class Faces(NamedTuple):
    """Frontal meshes (n × 468 × 3), labels (n), people (n)."""

    meshes: Array
    labels: NDArray[np.int64]
    people: list[str]


class Weights(NamedTuple):
    """Scores of a face are `weights @ (features - mean) + bias`."""

    mean: Array
    weights: Array
    bias: Array

    def probabilities(self, features: Array) -> Array:
        """Rows of features to rows of probabilities."""
        scores = (features - self.mean) @ self.weights.T + self.bias
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def load(folder: Path, wanted: Callable[[Row], bool]) -> Faces:
    """The wanted photos of a folder with the columns `label` and, where it has one, `person`."""
    rows = [row for row in read_rows(folder) if wanted(row)]
    # Only the mesh is kept: the photos together would not fit into memory.
    seen = [(row, sight.frontal) for row, sight in sights(folder, Looker(), rows)]
    return Faces(
        np.array([mesh for _, mesh in seen]),
        np.array([SHAPES.index(row["label"]) for row, _ in seen]),
        [row.get("person") or row["file"] for row, _ in seen],
    )


def fit(features: Array, labels: NDArray[np.int64]) -> Weights:
    """Linear discriminant analysis on whitened principal components, with equal priors."""
    mean = features.mean(axis=0)
    _, sizes, axes = np.linalg.svd(features - mean, full_matrices=False)
    whiten = axes[:_COMPONENTS] / sizes[:_COMPONENTS, np.newaxis] * np.sqrt(len(features))
    parts = (features - mean) @ whiten.T
    classes = range(len(SHAPES))
    centres = np.array([parts[labels == one].mean(axis=0) for one in classes])
    within = sum(np.cov(parts[labels == one].T) * (labels == one).mean() for one in classes)
    within = (1 - _SHRINKAGE) * within + _SHRINKAGE * np.eye(len(whiten))
    directions = np.linalg.solve(within, centres.T).T
    bias = -0.5 * (centres * directions).sum(axis=1)
    return Weights(mean, _TEMPERATURE * directions @ whiten, _TEMPERATURE * bias)


def held_out(features: Array, labels: NDArray[np.int64], people: list[str]) -> Array:
    """Probabilities for every face from weights that saw no photo of that person."""
    fold = folds(people)
    found = np.zeros((len(fold), len(SHAPES)))
    for one in range(FOLDS):
        weights = fit(features[fold != one], labels[fold != one])
        found[fold == one] = weights.probabilities(features[fold == one])
    return found


def usual(folder: Path) -> dict[str, dict[str, float]]:
    """Mean and standard deviation of each proportion on photos that were not chosen for their shape."""
    rows = read_rows(folder)[::4]
    found = [proportions(sight.frontal) for _, sight in sights(folder, Looker(), rows)]
    columns = {name: np.array([one[name] for one in found]) for name in found[0]}
    return {name: {"mean": float(c.mean()), "deviation": float(c.std())} for name, c in columns.items()}


def main(argv: list[str] | None = None) -> None:
    """Fit on `face_shape_niten`, judge there by person and on `face_shape_dsmlr`, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with face_shape_niten and face_shape_dsmlr"
    )
    parser.add_argument("--models", type=Path, default=settings().models_dir, help="folder to write to")
    given = parser.parse_args(argv)
    faces = load(given.data / "face_shape_niten", lambda row: row["near_evaluation_photo"] != "1")
    table = np.array([features(mesh) for mesh in faces.meshes])
    report("face_shape_niten, people held out", held_out(table, faces.labels, faces.people), faces.labels)
    weights = fit(table, faces.labels)
    others = load(given.data / "face_shape_dsmlr", lambda row: row["also_in_niten"] == "0")
    unseen = np.array([features(mesh) for mesh in others.meshes])
    report("face_shape_dsmlr, photos not in niten", weights.probabilities(unseen), others.labels)
    entry = {
        "name": "faceshape-geometry",
        "version": "1",
        "file": "faceshape-geometry.json",
        "licence": "MIT; fitted on annotations under CC BY 4.0",
        "purpose": "Face shape from the mesh: heart, oblong, oval, round, square.",
        "card": "faceshape-geometry.md",
    }
    content = {
        "shapes": SHAPES,
        "mean": weights.mean.tolist(),
        "weights": weights.weights.tolist(),
        "bias": weights.bias.tolist(),
        "proportions": usual(given.data / "lfw_attributes"),
    }
    publish_json(given.models, entry, content)


if __name__ == "__main__":
    main()
