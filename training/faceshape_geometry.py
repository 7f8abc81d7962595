"""Fit and judge the geometric face shape: `python -m training.faceshape_geometry --data FOLDER`.

Linear discriminant analysis on principal components of the symmetric, frontal, size-normalised mesh. Everything
is closed form, so the same photos give the same weights. Judged with people, not photos, held out.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.settings import settings
from training.faces.gather import gather_all
from training.faces.kept import Kept
from training.faces.shapes import SHAPES, report
from training.judging import FOLDS, Array, folds, within_person
from training.publish import publish_json
from training.sights import Row
from workers.perception.faceshape import features, indices, proportions

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


def load(kept: Kept, wanted: Callable[[Row], bool]) -> Faces:
    """The wanted photos of a folder with the columns `label` and, where it has one, `person`."""
    seen = [(row, sight.frontal) for row, sight in zip(kept.rows, kept.sights(), strict=True) if wanted(row)]
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


def usual(kept: Kept) -> dict[str, Any]:
    """What is usual of each proportion and index, on photos that were not chosen for their shape."""
    columns = _columns([proportions(sight.frontal) for sight in kept.sights()])
    away = {name: (column - column.mean()) / column.std() for name, column in columns.items()}
    rows = [dict(zip(away, row, strict=True)) for row in zip(*away.values(), strict=True)]
    persons = kept.column("person")
    return {
        "proportions": {
            name: {"mean": float(column.mean()), "deviation": float(column.std())}
            for name, column in columns.items()
        },
        "indices": {
            shape: {
                "deviation": float(column.std()),
                "reliability": 1 - float(within_person(column, persons) / column.std()) ** 2,
            }
            for shape, column in _columns([indices(row) for row in rows]).items()
        },
    }


def _columns(rows: list[dict[str, float]]) -> dict[str, Array]:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def main(argv: list[str] | None = None) -> None:
    """Fit on `face_shape_niten`, judge there by person and on `face_shape_dsmlr`, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with face_shape_niten and face_shape_dsmlr"
    )
    parser.add_argument("--work", type=Path, default=settings().data_dir / "training" / "faces")
    parser.add_argument("--models", type=Path, default=settings().models_dir, help="folder to write to")
    given = parser.parse_args(argv)
    gather_all(given.data, given.work / "kept")

    def kept(name: str) -> Kept:
        return Kept(given.work / "kept", given.data, name)

    faces = load(kept("face_shape_niten"), lambda row: row["near_evaluation_photo"] != "1")
    table = np.array([features(mesh) for mesh in faces.meshes])
    report("face_shape_niten, people held out", held_out(table, faces.labels, faces.people), faces.labels)
    weights = fit(table, faces.labels)
    others = load(kept("face_shape_dsmlr"), lambda row: row["also_in_niten"] == "0")
    unseen = np.array([features(mesh) for mesh in others.meshes])
    report("face_shape_dsmlr, photos not in niten", weights.probabilities(unseen), others.labels)
    entry = {
        "name": "faceshape-geometry",
        "version": "2",
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
        **usual(kept("lfw_attributes")),
    }
    publish_json(given.models, entry, content)


if __name__ == "__main__":
    main()
