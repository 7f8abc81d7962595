"""What several photos of one person tell together, and whether two of them, or two and two, tell the same.

Face shape is judged by folds of people on `face_shape_niten`; agreement on `lfw_attributes`, by heads that did not see the person,
glasses and covers apart.
"""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shared.contracts import ATTRIBUTE_VALUES, Face, JobOptions, Wish
from shared.photos import MOST_PHOTOS
from training import faceshape_geometry as geometry
from training.faces import heads, people, shapes
from training.faces.identities import identities
from training.faces.judged import Judged
from training.faces.six import judge_six
from training.judging import Array
from workers.expert import advise, rules_in_force
from workers.perception.faceshape import features, witnessed
from workers.perception.together import agree, pooled
from workers.search import open_catalogue, search

_DRAWS = 20  # of photos of one person
_UNKNOWN = "unknown"
# Depth of skin by the individual typology angle in degrees (Chardon et al. 1991): dark and brown, tan, light.
_DEPTHS = (10.0, 41.0)


def judge_shapes(data: Path, work: Path) -> None:
    """Face shape as it is served, of one photo and of several, on people that neither witness saw."""
    study = heads.Study(data, work)
    kept = study.kept[heads.NITEN]
    usable = kept.column("near_evaluation_photo") != "1"
    labels, persons = (
        shapes.numbers(kept)[usable],
        np.array(identities(kept, study.kept[heads.LFW]))[: len(kept)][usable],
    )
    table = np.array([features(sight.frontal) for sight in kept.sights()])[usable]
    scores = np.log(geometry.held_out(table, labels, persons.tolist()))  # but for a constant, which cancels
    told = witnessed(heads.held_out_shapes(study, heads.NITEN)[usable], scores)
    shapes.report("face_shape_niten, heads and geometry, people held out", told, labels)
    groups = [own for own in _own(persons) if len(own) >= MOST_PHOTOS]
    print(f"\n{len(groups)} of those people with at least {MOST_PHOTOS} photos, taken together:\n")
    lines = []
    for count in range(1, MOST_PHOTOS + 1):
        rng = np.random.default_rng(count)
        drawn = [rng.permutation(own)[:count] for own in groups for _ in range(min(_DRAWS, len(own)))]
        found = np.array([_pooled(told[own]) for own in drawn])
        lines.append({"photos": count, **shapes.figures(found, labels[[own[0] for own in drawn]])})
    print(pd.DataFrame(lines).round(3).to_string(index=False))


def _pooled(rows: Array) -> Array:
    return np.array(
        list(pooled([dict(zip(shapes.SHAPES, row.tolist(), strict=True)) for row in rows]).values())
    )


def _own(persons: NDArray[np.str_]) -> list[NDArray[np.int64]]:
    """The photos of each person."""
    return [np.flatnonzero(persons == one) for one in np.unique(persons)]


def judge_pairs(data: Path, work: Path) -> None:
    """Two photos of one person, and two and two: how often each attribute is the same, and which frames come of it."""
    study = heads.Study(data, work)
    seen = Judged(
        study.kept[heads.LFW], heads.held_out_shapes(study, heads.LFW), heads.held_out_logits(study)
    )
    owns = _own(seen.kept.column("person"))
    ones = [([own[0]], [own[1]]) for own in owns if len(own) > 1]
    twos = [(own[:2].tolist(), own[2:4].tolist()) for own in owns if len(own) > 3]  # noqa: PLR2004  two and two
    columns = {
        "1 and 1": _agreement(seen.faces, ones),
        "2 and 2": _agreement(seen.faces, twos),
    }
    print(f"photos of one person, {len(ones)} and {len(twos)} people: the same, and told on both sides\n")
    print(pd.DataFrame(columns).to_string())
    print("\nstrangers, for comparison\n")
    strangers = [([a[0]], [b[0]]) for a, b in combinations(owns[:60], 2)]
    print(pd.DataFrame({"strangers": _agreement(seen.faces, strangers)}).to_string())
    judge_six(seen.faces, owns)
    _judge_depth(seen)


def _agreement(faces: list[Face], pairs: list[tuple[list[int], list[int]]]) -> dict[str, str]:
    """By what is compared: how often it is the same where both sides tell it, and how often they do."""
    sides = [tuple(agree([faces[number] for number in side]) for side in pair) for pair in pairs]
    attributes = [[face.attributes() for face in pair] for pair in sides]
    lines = {}
    for name in ATTRIBUTE_VALUES:
        values = [[one[name].value for one in pair] for pair in attributes]
        told = [pair for pair in values if _UNKNOWN not in pair]
        if told:
            lines[name] = f"{np.mean([a == b for a, b in told]):.3f} ({len(told) / len(values):.2f})"
    tops = [[next(iter(face.faceshape)) for face in pair] for pair in sides]
    lines["face shape, top"] = f"{np.mean([a == b for a, b in tops]):.3f}"
    shared = [sum(min(one.faceshape[s], other.faceshape[s]) for s in one.faceshape) for one, other in sides]
    lines["face shape, overlap"] = f"{np.mean(shared):.3f}"
    wishes = [[_wish(face) for face in pair] for pair in sides]
    lines["wish, correlation"] = f"{np.mean([_alike(*pair) for pair in wishes]):.3f}"
    found = [[_frames(wish) for wish in pair] for pair in wishes]
    lines["frames of six, shared"] = f"{np.mean([len(a & b) for a, b in found]):.2f}"
    return lines


def _wish(face: Face) -> Wish:
    return advise(face, rules_in_force()).wish


def _alike(one: Wish, other: Wish) -> float:
    return float(np.corrcoef([*one.shape, *one.color], [*other.shape, *other.color])[0, 1])


def _frames(wish: Wish) -> set[str]:
    return {match.frame for match in search(open_catalogue(None), wish, JobOptions()).matches}


def _judge_depth(seen: Judged) -> None:
    """How often yes and no agree with the scores, by gender and by depth of the skin.

    The published heads saw these people: what is judged here is the difference, not the height.
    """
    lessons = people.lessons(seen.kept)
    male = seen.kept.numbers("Male") > 0.5  # noqa: PLR2004
    depth = np.digitize(seen.depth, _DEPTHS)
    parts = [~male, male, depth == 0, depth == 1, depth == 2]  # noqa: PLR2004
    print("\n| head | women | men | dark and brown | tan | light |\n|---|---|---|---|---|---|")
    for name, lesson in lessons.items():
        told = np.array([one.share(name) for one in seen.opinions]) > 0.5  # noqa: PLR2004
        right = told == lesson.truth
        print(f"| {name} |", " | ".join(f"{right[part].mean():.3f}" for part in parts), "|")
    print("photos:", [int(part.sum()) for part in parts])
