"""Every table of the cards, from data: `expertglasses evaluate --data FOLDER`.

Heads are judged on people that a fit did not see: the fits are made again without them (five folds). What is
published is then judged on folders that taught nothing of the kind: other portraits for face shape, two laboratories
and UTKFace for gender, two photos of one person for stability, one studio's irises by another's.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

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

_ADULT = 16
_FEW = 20  # people of one sort tell nothing below this


def judge_shape(data: Path, work: Path) -> None:
    """Face shape on portraits that are not in the folder that taught it."""
    kept = Kept(work / "kept", data, "face_shape_dsmlr")
    seen = Judged(kept)
    table = np.array([[face.faceshape[name] for name in shapes.SHAPES] for face in seen.faces])
    unseen = kept.column("also_in_niten") == "0"
    shares = table[unseen] / table[unseen].sum(axis=1, keepdims=True)
    shapes.report("face_shape_dsmlr, photos not in niten", shares, shapes.numbers(kept)[unseen])


def judge_gender(data: Path, work: Path) -> None:
    """Gender in the laboratory, and on adults by the skin they were sorted by."""
    for name in ("ccby_lab_faces", "utkface_sample"):
        kept = Kept(work / "kept", data, name)
        seen = Judged(kept)
        given, told = kept.column("gender"), seen.values("gender")
        adult = np.array([not one.isdigit() or int(one) >= _ADULT for one in kept.column("age")]) & (
            given != ""
        )
        right = told == given
        print(f"gender, {name}, aged {_ADULT} and more: {right[adult].mean():.3f} of {adult.sum()}")
        sorts = kept.column("race" if name.startswith("utk") else "ethnicity")
        table = pd.DataFrame({"sort": sorts, "gender": given, "right": right})[adult]
        parts = table.groupby(["sort", "gender"])["right"].agg(["mean", "size"])
        print(parts[parts["size"] >= _FEW].round(3).to_string())


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
    for fit in (heads.people_heads, heads.hair_heads, heads.glasses_heads, heads.shape_heads):
        fit(study)


TABLES: dict[str, Callable[[Path, Path], None]] = {
    "heads": judge_heads,
    "shape": judge_shape,
    "gender": judge_gender,
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
