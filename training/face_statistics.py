"""Measure what is usual among people: `python -m training.face_statistics --data FOLDER`.

Writes `face-statistics.json`: for every measurement its cuts, its mean, its spread among photos, its noise between
photos of one person and what a turned head adds; clusters for iris colour. Prints how well each agrees with labels,
people held out.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.settings import settings
from training.fitting import (
    TEMPERS,
    Groups,
    fit_cluster,
    held_out_cluster,
    log_likelihood,
)
from training.judging import Array, within_person
from training.publish import publish_json
from training.sights import Row, read_rows, sights
from workers.perception import attributes
from workers.perception.look import Looker

# Quantiles of the population at which one value ends and the next begins. The figures are choices: most faces
# are usual, and where the rules know no usual value the population is halved.
QUANTILES: dict[str, tuple[float, ...]] = {
    "length_to_width": (0.2, 0.8),
    "jaw_angle": (0.4,),
    "nose_length": (0.7,),
    "brow_peak": (0.5,),
    "brow_slope": (0.85,),
    "skin_hue": (0.33, 0.67),
}
# Colours do not lean when the head turns.
_COLOURS = ("skin_hue",)


class People(NamedTuple):
    """What was measured on photos of people: by name, a column with NaN where a photo does not show it."""

    rows: list[Row]
    scales: dict[str, Array]
    poses: Array


def measure(folder: Path) -> People:
    """Every scale on every photo of `lfw_attributes`."""
    rows: list[Row] = []
    scales: dict[str, list[float]] = {name: [] for name in attributes.SCALES}
    poses: list[tuple[float, float, float]] = []
    for row, sight in sights(folder, Looker(), read_rows(folder)):
        rows.append(row)
        poses.append((sight.pose.yaw**2, sight.pose.pitch, sight.pose.pitch**2))
        for name, way in attributes.SCALES.items():
            value = way(sight)
            scales[name].append(np.nan if value is None else value)
    return People(rows, {name: np.array(values) for name, values in scales.items()}, np.array(poses))


def fit_scale(name: str, column: Array, people: People) -> tuple[dict[str, Any], Array]:
    """A scale, and the column as frontal photos would have given it."""
    seen = ~np.isnan(column)
    lean = np.zeros(3)
    if name not in _COLOURS:
        turned = people.poses[seen] - people.poses[seen].mean(axis=0)
        lean = np.linalg.lstsq(turned, column[seen] - column[seen].mean())[0]
    upright = column - people.poses @ lean
    persons = np.array([row["person"] for row in people.rows])
    noise = within_person(upright[seen], persons[seen])
    cuts = np.quantile(upright[seen], QUANTILES[name])
    usual = {"usual": float(upright[seen].mean()), "spread": float(upright[seen].std())}
    return {"cuts": cuts.tolist(), "noise": noise, **usual, "lean": lean.tolist()}, upright


def _fit_scales(people: People) -> dict[str, Any]:
    fitted = {}
    for name, column in people.scales.items():
        fitted[name], upright = fit_scale(name, column, people)
        seen = ~np.isnan(upright)
        noise = fitted[name]["noise"] / fitted[name]["spread"]
        print(f"{name:16} seen {seen.mean():.2f}, noise by spread {noise:.2f}")
    return fitted


def _coloured(
    folder: Path, name: str, label: Callable[[Row], str | None]
) -> tuple[Array, NDArray[np.str_], list[str]]:
    """Colour numbers, labels and groups of the photos that have both."""
    numbers, labels, groups = [], [], []
    for row, sight in sights(folder, Looker(), [row for row in read_rows(folder) if label(row)]):
        found = attributes.CLUSTERS[name](sight)
        if found is not None:
            numbers.append(found)
            labels.append(label(row))
            groups.append(row.get("set", row["file"]).split("_")[0])
    return np.array(numbers), np.array(labels), groups


def judge_cluster(name: str, found: Array, labels: NDArray[np.str_]) -> None:
    """Print how often the likeliest value is right, for all and for those that are surer."""
    values = np.unique(labels)
    right, sure = values[found.argmax(axis=1)] == labels, found.max(axis=1)
    for least in (0.0, 0.5, 0.7):
        kept = sure >= least
        each = {str(label): right[kept & (labels == label)].mean() for label in values}
        shown = ", ".join(f"{label} {share:.2f}" for label, share in each.items())
        mean = np.mean(list(each.values()))
        print(f"{name:16} sure {least:.1f}: kept {kept.mean():.2f}, balanced {mean:.2f} ({shown})")
    print(f"{name:16} says {sure.mean():.2f} on average and is right in {right.mean():.2f}")


def _fit_cluster(
    name: str, table: Array, labels: NDArray[np.str_], parts: Groups, *, shared: bool
) -> dict[str, Any]:
    """The cluster of all photos, tempered by what clusters without a part say about that part."""
    found = {temper: held_out_cluster(table, labels, parts, temper, shared=shared) for temper in TEMPERS}
    temper = max(TEMPERS, key=lambda one: log_likelihood(found[one], labels))
    judge_cluster(name, found[temper], labels)
    return {**fit_cluster(table, labels, shared=shared), "temper": temper}


def _iris_label(row: Row) -> str | None:
    sure = row["eye_colour_sure"] == "1"
    return row["eye_colour"] if sure and row["eye_colour"] in {"brown", "blue", "green"} else None


def irises(data: Path) -> tuple[Array, NDArray[np.str_], list[str]]:
    """Colour of each iris, its surely known label, and the studio it was photographed in."""
    return _coloured(data / "ccby_lab_faces", "eyes_iris", _iris_label)


def _fit_clusters(data: Path) -> dict[str, Any]:
    table, labels, studios = irises(data)
    return {"eyes_iris": _fit_cluster("eyes_iris", table, labels, np.array(studios), shared=True)}


def main(argv: list[str] | None = None) -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with lfw_attributes and others")
    parser.add_argument("--models", type=Path, default=settings().models_dir, help="folder to write to")
    given = parser.parse_args(argv)
    people = measure(given.data / "lfw_attributes")
    content = {
        "scales": _fit_scales(people),
        "clusters": _fit_clusters(given.data),
    }
    entry = {
        "name": "face-statistics",
        "version": "3",
        "file": "face-statistics.json",
        "licence": "MIT; measured on photos for research",
        "purpose": "What is usual among people: cuts, noise, and clusters of iris colour.",
        "card": "face-statistics.md",
    }
    publish_json(given.models, entry, content)


if __name__ == "__main__":
    main()
