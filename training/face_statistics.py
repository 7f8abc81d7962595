"""Measure what is usual among people: `python -m training.face_statistics --data FOLDER`.

Writes `face-statistics.json`: for every measurement its cuts, its noise between photos of one person and what a
turned head adds; logistic lines for beard, moustache and lips; clusters for hair and iris colour. Prints how
well each agrees with labels, people held out.
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
    fit_line,
    held_out_cluster,
    held_out_line,
    log_likelihood,
)
from training.judging import Array, auc, folds, thirds, within_person
from training.publish import publish_json
from training.sights import Row, read_rows, sights
from workers.perception import attributes
from workers.perception.look import Looker

# Quantiles of the population at which one value ends and the next begins. The figures are choices: most faces
# are usual, and where the rules know no usual value the population is halved.
QUANTILES: dict[str, tuple[float, ...]] = {
    "length_to_width": (0.2, 0.8),
    "jaw_angle": (0.4,),
    "nose_width": (0.7,),
    "nose_length": (0.7,),
    "eye_opening": (0.25,),
    "brow_arch": (0.4,),
    "brow_peak": (0.5,),
    "brow_slope": (0.85,),
    "brow_weight": (0.25, 0.75),
    "hairline": (0.7,),
    "skin_hue": (0.33, 0.67),
    "skin_lightness": (0.85,),
}
# The scores are probabilities.
LIKELY = 0.5
# Colours do not lean when the head turns.
_COLOURS = ("brow_weight", "hairline", "skin_hue", "skin_lightness")
# Scores by which a measurement is judged: column, and whether more of one is more of the other.
_JUDGES = {
    "eye_opening": ("Narrow_Eyes", -1),
    "nose_width": ("Big_Nose", 1),
    "brow_weight": ("Bushy_Eyebrows", 1),
    "brow_arch": ("Arched_Eyebrows", 1),
    "brow_peak": ("Arched_Eyebrows", 1),
    "hairline": ("Receding_Hairline", 1),
    "skin_lightness": ("Pale_Skin", 1),
}


class People(NamedTuple):
    """What was measured on photos of people: by name, a column with NaN where a photo does not show it."""

    rows: list[Row]
    scales: dict[str, Array]
    lines: dict[str, Array]
    poses: Array


def measure(folder: Path) -> People:
    """Every scale and every line's numbers on every photo of `lfw_attributes`."""
    rows: list[Row] = []
    scales: dict[str, list[float]] = {name: [] for name in attributes.SCALES}
    lines: dict[str, list[Array]] = {name: [] for name in attributes.LINES}
    poses: list[tuple[float, float, float]] = []
    for row, sight in sights(folder, Looker(), read_rows(folder)):
        found = {name: way(sight) for name, way in attributes.LINES.items()}
        if any(numbers is None for numbers in found.values()):
            continue
        rows.append(row)
        poses.append((sight.pose.yaw**2, sight.pose.pitch, sight.pose.pitch**2))
        for name, way in attributes.SCALES.items():
            value = way(sight)
            scales[name].append(np.nan if value is None else value)
        for name, numbers in found.items():
            assert numbers is not None
            lines[name].append(numbers)
    columns = {name: np.array(values) for name, values in scales.items()}
    return People(rows, columns, {name: np.array(table) for name, table in lines.items()}, np.array(poses))


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
    return {"cuts": cuts.tolist(), "noise": noise, "lean": lean.tolist()}, upright


def _column(people: People, name: str) -> Array:
    return np.array([float(row[name]) for row in people.rows])


def _fit_scales(people: People) -> dict[str, Any]:
    male = _column(people, "Male") > LIKELY
    fitted = {}
    for name, column in people.scales.items():
        fitted[name], upright = fit_scale(name, column, people)
        seen = ~np.isnan(upright)
        line = f"{name:16} seen {seen.mean():.2f}, noise by spread {fitted[name]['noise'] / upright[seen].std():.2f}"
        if name in _JUDGES:
            judge, sign = _JUDGES[name]
            score = _column(people, judge)
            parts = [seen & male, seen & ~male]
            both = [f"{thirds(score[part], sign * upright[part]):.2f}" for part in parts]
            line += f", AUC of thirds of {judge} within men and women {both[0]} {both[1]}"
        print(line)
    return fitted


def _fit_lines(people: People) -> dict[str, Any]:
    male = _column(people, "Male") > LIKELY
    lips = _column(people, "Big_Lips")
    full = np.where(male, lips > np.quantile(lips[male], 0.7), lips > np.quantile(lips[~male], 0.7))
    everybody = np.ones(len(male), dtype=bool)
    tasks = {
        "beard": (_column(people, "No_Beard") < LIKELY, male),
        "mustache": (_column(people, "Mustache") >= LIKELY, male),
        "lips": (full, everybody),
    }
    fitted = {}
    for name, (truth, among) in tasks.items():
        table = people.lines[name][among]
        persons = [row["person"] for row, kept in zip(people.rows, among, strict=True) if kept]
        found = held_out_line(table, truth[among], persons)
        print(
            f"{name:16} AUC {auc(truth[among], found):.2f}, people held out; {truth[among].mean():.2f} have it"
        )
        fitted[name] = fit_line(table, truth[among])
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


def _judge_cluster(name: str, found: Array, labels: NDArray[np.str_]) -> None:
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
    _judge_cluster(name, found[temper], labels)
    return {**fit_cluster(table, labels, shared=shared), "temper": temper}


def _hair_label(row: Row) -> str | None:
    return {"black": "black", "brown": "brown", "blond": "blonde", "gray": "grey"}.get(row["hair_colour"])


def _iris_label(row: Row) -> str | None:
    sure = row["eye_colour_sure"] == "1"
    return row["eye_colour"] if sure and row["eye_colour"] in {"brown", "blue", "green"} else None


def _fit_clusters(data: Path) -> dict[str, Any]:
    hair, hair_labels, _ = _coloured(data / "celeba_haircolour_glasses", "hair", _hair_label)
    parts = folds([str(number) for number in range(len(hair))])
    iris, iris_labels, studios = _coloured(data / "ccby_lab_faces", "eyes_iris", _iris_label)
    return {
        "hair": _fit_cluster("hair", hair, hair_labels, parts, shared=False),
        "eyes_iris": _fit_cluster("eyes_iris", iris, iris_labels, np.array(studios), shared=True),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with lfw_attributes and others")
    parser.add_argument("--models", type=Path, default=settings().models_dir, help="folder to write to")
    given = parser.parse_args()
    people = measure(given.data / "lfw_attributes")
    content = {
        "scales": _fit_scales(people),
        "lines": _fit_lines(people),
        "clusters": _fit_clusters(given.data),
    }
    entry = {
        "name": "face-statistics",
        "version": "1",
        "file": "face-statistics.json",
        "licence": "MIT; measured on photos for research",
        "purpose": "What is usual among people: cuts, noise, and a few lines and clusters of colour.",
        "card": "face-statistics.md",
    }
    publish_json(given.models, entry, content)


if __name__ == "__main__":
    main()
