"""Measure what is usual among people: `expertglasses train statistics --data FOLDER`, after `heads`.

Writes `face-statistics.json`: for every measure the cuts between its values and how far one photo leaves it in doubt; clusters
for iris colour. Prints how well these agree with labels, people held out.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.settings import settings
from training.faces import heads, measured
from training.faces.gather import gather_all
from training.faces.ridge import pairs_of
from training.fitting import (
    TEMPERS,
    Groups,
    fit_cluster,
    held_out_cluster,
    log_likelihood,
)
from training.judging import Array
from training.publish import publish_json
from training.sights import Row, read_rows, sights
from workers.perception import attributes
from workers.perception.look import Looker


def own_scales(study: heads.Study) -> dict[str, Any]:
    """The scales of LFW's people."""
    faces = study.kept[heads.LFW]
    pairs = pairs_of(faces.column("person").tolist())
    told = heads.held_out_logits(study, "own")
    own = np.column_stack([told[f"own:{name}"] for name in measured.MEASURES])
    return measured.scales(own, measured.measured(faces), pairs)


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
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled folders")
    parser.add_argument("--work", type=Path, default=settings().data_dir / "training" / "faces")
    parser.add_argument("--models", type=Path, default=settings().models_dir, help="folder to write to")
    given = parser.parse_args(argv)
    gather_all(given.data, given.work / "kept")
    content = {
        "scales": own_scales(heads.Study(given.data, given.work)),
        "clusters": _fit_clusters(given.data),
    }
    entry = {
        "name": "face-statistics",
        "version": "4",
        "file": "face-statistics.json",
        "licence": "MIT; measured on photos for research",
        "purpose": "What is usual among people: cuts, doubt, and clusters of iris colour.",
        "card": "face-statistics.md",
    }
    publish_json(given.models, entry, content)


if __name__ == "__main__":
    main()
