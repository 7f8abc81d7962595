"""Every table of the cards, from data: `expertglasses evaluate --data FOLDER`.

Heads are judged on people that a fit did not see: the fits are made again without them (five folds). What is
published is then judged on folders that taught nothing of the kind: other portraits for face shape, two photos of one
person for stability, one studio's irises by another's.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from training import face_statistics as statistics
from training.faces import heads, shapes
from training.faces.gather import gather_all
from training.faces.judged import Judged
from training.faces.kept import Kept
from training.faces.overlap import judge_regions
from training.faces.stability import judge_altered
from training.faces.together import judge_pairs, judge_shapes
from training.fitting import held_out_cluster
from training.judging import folds


def judge_shape(data: Path, work: Path) -> None:
    """Face shape on portraits that are not in the folder that taught it."""
    kept = Kept(work / "kept", data, "face_shape_dsmlr")
    seen = Judged(kept)
    table = np.array([[face.faceshape[name] for name in shapes.SHAPES] for face in seen.faces])
    shares, labels = table / table.sum(axis=1, keepdims=True), shapes.numbers(kept)
    unseen = kept.column("also_in_niten") == "0"
    shapes.report("face_shape_dsmlr, photos not in niten", shares[unseen], labels[unseen])
    # Copies of these are in niten, but were left out when it taught.
    shapes.report("face_shape_dsmlr, all photos, none of which taught", shares, labels)


def judge_iris(data: Path, work: Path) -> None:  # noqa: ARG001  irises are read from the photos themselves
    """Iris colour: the studio held out, then photos held out."""
    table, labels, studios = statistics.irises(data)
    alone = np.array([str(one) for one in range(len(labels))])
    for name, groups in (("studio", np.array(studios)), ("photos", folds(alone.tolist()))):
        found = held_out_cluster(table, labels, groups, 1.0, shared=True)
        statistics.judge_cluster(f"iris, {name} held out", found, labels)


def judge_heads(data: Path, work: Path) -> None:
    """All heads on people held out, in fits made for it."""
    study = heads.Study(data, work)
    for fit in heads.FITS:
        fit(study)


TABLES: dict[str, Callable[[Path, Path], None]] = {
    "heads": judge_heads,
    "shape": judge_shape,
    "together": judge_shapes,
    "pairs": judge_pairs,
    "iris": judge_iris,
    "parsing": judge_regions,
    "altered": judge_altered,
}


def evaluate(data: Path, work: Path, tables: tuple[str, ...] = ()) -> None:
    """Print the tables, all of them when none is named."""
    gather_all(data, work / "kept")
    for name in tables or TABLES:
        print(f"\n## {name}\n", flush=True)
        TABLES[name](data, work)
