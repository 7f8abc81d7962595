"""Every table of the cards, from data: `expertglasses evaluate --data FOLDER`.

Heads are judged on people that a fit did not see: the fits are made again without them (five folds). What is
published is then judged on folders that taught nothing of the kind: other portraits for face shape, two laboratories
and UTKFace for gender, two photos of one person for stability, one studio's irises by another's.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training import face_statistics as statistics
from training.faces import heads, people, shapes
from training.faces.gather import gather_all
from training.faces.kept import Kept
from training.faces.stability import judge_altered
from training.fitting import held_out_cluster
from training.judging import folds
from workers.perception.attributes import describe
from workers.perception.faceshape import FaceShapes
from workers.perception.heads import HeadReader, Opinions
from workers.perception.population import load_population
from workers.perception.skin import skin_lightness

_ADULT = 16
_FEW = 20  # people of one sort tell nothing below this
# Depth of skin by the individual typology angle in degrees (Chardon et al. 1991): dark and brown, tan, light.
_DEPTHS = (10.0, 41.0)


class Judged:
    """What the published heads say about every face of one folder."""

    def __init__(self, kept: Kept) -> None:
        reader, population, five = HeadReader(), load_population(), FaceShapes()
        blocks = kept.features()
        self.kept = kept
        sights = list(kept.sights())
        self.opinions: list[Opinions] = [
            reader.opinions({name: block[number] for name, block in blocks.items()}, sight.male)
            for number, sight in enumerate(sights)
        ]
        both = list(zip(sights, self.opinions, strict=True))
        self.attributes = [describe(sight, population, said) for sight, said in both]
        self.shapes = [five.probabilities(sight, said.shares("shape")) for sight, said in both]
        self.depth = np.array([skin_lightness(sight) for sight in sights], np.float64)

    def values(self, name: str) -> NDArray[np.str_]:
        """The value of one attribute on every face."""
        return np.array([one[name].value for one in self.attributes])


def judge_shape(data: Path, work: Path) -> None:
    """Face shape on portraits that are not in the folder that taught it."""
    kept = Kept(work / "kept", data, "face_shape_dsmlr")
    seen = Judged(kept)
    table = np.array([[one[name] for name in shapes.SHAPES] for one in seen.shapes])
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


def judge_pairs(data: Path, work: Path) -> None:
    """Two photos of one person: how often each attribute is the same, where both photos tell it."""
    kept = Kept(work / "kept", data, heads.LFW)
    seen = Judged(kept)
    persons = kept.column("person")
    pairs = np.array([own[:2] for own in _together(persons) if len(own) > 1])
    print(f"two photos of one person, {len(pairs)} people: the same")
    for name in sorted(seen.attributes[0]):
        both = seen.values(name)[pairs]
        told = (both != "unknown").all(axis=1)
        if told.any():
            print(f"  {name}: {(both[told, 0] == both[told, 1]).mean():.3f} (told on both {told.mean():.2f})")
    tops = np.array([max(one.items(), key=lambda pair: pair[1])[0] for one in seen.shapes])[pairs]
    shared = [
        sum(min(seen.shapes[a][shape], seen.shapes[b][shape]) for shape in seen.shapes[a]) for a, b in pairs
    ]
    print(f"  face shape: top {(tops[:, 0] == tops[:, 1]).mean():.3f}, overlap {np.mean(shared):.3f}")
    _judge_depth(seen)


def _together(persons: NDArray[np.str_]) -> list[NDArray[np.int64]]:
    return [np.flatnonzero(persons == one) for one in np.unique(persons)]


def _judge_depth(seen: Judged) -> None:
    """How often yes and no agree with the scores, by gender and by depth of the skin.

    The published heads saw these people: what is judged here is the difference, not the height.
    """
    lessons = people.lessons(seen.kept)
    male = seen.kept.numbers("Male") > 0.5  # noqa: PLR2004
    depth = np.digitize(seen.depth, _DEPTHS)
    parts = [~male, male, depth == 0, depth == 1, depth == 2]  # noqa: PLR2004
    print("| head | women | men | dark and brown | tan | light |\n|---|---|---|---|---|---|")
    for name, lesson in lessons.items():
        told = np.array([one.share(name) for one in seen.opinions]) > 0.5  # noqa: PLR2004
        right = told == lesson.truth
        print(f"| {name} |", " | ".join(f"{right[part].mean():.3f}" for part in parts), "|")
    print("photos:", [int(part.sum()) for part in parts])


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
    "pairs": judge_pairs,
    "iris": judge_iris,
    "altered": judge_altered,
}


def evaluate(data: Path, work: Path, tables: tuple[str, ...] = ()) -> None:
    """Print the tables, all of them when none is named."""
    gather_all(data, work / "kept")
    for name in tables or TABLES:
        print(f"\n## {name}\n", flush=True)
        TABLES[name](data, work)
