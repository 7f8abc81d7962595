"""How good each strategy's six frames are: do they agree with the rules, do they differ, do they stay.

Run: `python benchmarks/search_quality.py [--faces N] [--tables FOLDER]`. Random faces, the rules in force, the
generated catalogue, or the published tables where FOLDER has them. Of the six frames of each face:

    shape, rim, material, colour   share that has what the expert's summary names: two shapes, a rim, a material,
                                   three colours
    unwanted                       share whose shape is in the lower third of what the rules wish of shapes
    fit                            mean fit over the eleven blocks, each alike, from 0 to 1
    shapes, colours, models        how many different ones
    alike                          share of pairs with the same shape and the same colour
    stays                          share of the six that stays when the probabilities of the face shape move by some
                                   hundredths, and when one attribute changes
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from shared.catalogues import Catalogue
from shared.catalogues.facets import COLORS
from shared.catalogues.snapshot import folder_of
from shared.contracts import ATTRIBUTE_VALUES, COLOR_FEATURES, FACE_SHAPES, Attribute, Face, Strategy, Wish
from shared.scoring.aims import Aims, shares_of
from shared.settings import settings
from workers.expert.engine import infer
from workers.expert.rules import RuleSet, load
from workers.search import search
from workers.search.choice import best_models
from workers.search.generated import DEFAULT, build_default

Find = Callable[[Wish, int], list[int]]  # a wish and a seed in, positions of six frames out
_COLUMNS = ("shape", "rim", "material", "colour", "unwanted", "fit", "shapes", "colours", "models", "alike", "stays, shape",
            "stays, attribute")  # fmt: skip
_JITTER = 0.03
_TUNED_ON = 1000  # the first faces set the numbers of `balanced`; it is judged on others
_COLOR_PLACES = [COLOR_FEATURES.index(name) for name in COLORS]


def some_faces(count: int) -> list[Face]:
    """Faces with every attribute stated, each value as likely as another."""
    chance = Random(11)
    return [_face(chance) for _ in range(count)]


def _face(chance: Random) -> Face:
    weights = [chance.gammavariate(0.7, 1.0) for _ in FACE_SHAPES]
    shapes = {name: weight / sum(weights) for name, weight in zip(FACE_SHAPES, weights, strict=True)}
    values = {name: _attribute(chance, name) for name in ATTRIBUTE_VALUES}
    return Face(faceshape=_ranked(shapes), **values)


def _attribute(chance: Random, name: str) -> Attribute:
    values = ATTRIBUTE_VALUES[name] or ("european", "asian", "african")
    return Attribute(value=chance.choice(sorted(values)), confidence=1.0)


def _ranked(shapes: dict[str, float]) -> dict[str, float]:
    return dict(sorted(shapes.items(), key=lambda pair: -pair[1]))


def with_other_shapes(face: Face, chance: Random) -> Face:
    """The face, its shape read a little otherwise."""
    moved = {name: max(0.0, p + chance.uniform(-_JITTER, _JITTER)) for name, p in face.faceshape.items()}
    total = sum(moved.values())
    return face.model_copy(update={"faceshape": _ranked({name: p / total for name, p in moved.items()})})


def with_other_attribute(face: Face, chance: Random) -> Face:
    """The face, one attribute read otherwise; not the gender, which changes everything."""
    name = chance.choice([name for name in ATTRIBUTE_VALUES if name not in {"gender", "race"}])
    others = sorted(set(ATTRIBUTE_VALUES[name]) - {getattr(face, name).value})
    return face.model_copy(update={name: Attribute(value=chance.choice(others), confidence=1.0)})


class Judge:
    """What the six frames of a wish are measured by.

    Args:
        catalogue: Where they come from.
        rules: What the wish was made by.
    """

    def __init__(self, catalogue: Catalogue, rules: RuleSet) -> None:
        self._catalogue, self._rules = catalogue, rules
        self._start = np.array(rules.start)

    def wish(self, face: Face) -> Wish:
        """What the rules wish for a face."""
        return infer(face, self._rules)[0]

    def measures(self, wish: Wish, places: Sequence[int]) -> dict[str, float]:
        """All but how the frames stay."""
        facets = np.asarray(self._catalogue.facets[places])
        shares = shares_of(self._catalogue.shape[places], self._catalogue.color[places])
        shape, gain = np.array(wish.shape), np.array(wish.color) - self._start[31:]
        colors = gain[_COLOR_PLACES].copy()
        colors[COLORS.index("multicolor")] = -np.inf  # the summary names plain colours
        low = shape[:10].min() + np.ptp(shape[:10]) / 3
        looks = list(zip(facets["shape"].tolist(), facets["color"].tolist(), strict=True))
        pairs = list(combinations(looks, 2))
        return {
            "shape": float(np.isin(facets["shape"], np.argsort(-shape[:10])[:2]).mean()),
            "rim": float((facets["rim"] == shape[10:13].argmax()).mean()),
            "material": float((facets["material"] == shape[28:30].argmax()).mean()),
            "colour": float(np.isin(facets["color"], np.argsort(-colors)[:3]).mean()),
            "unwanted": float((shape[facets["shape"]] < low).mean()),
            "fit": float(Aims(wish).fits(shares).mean()),
            "shapes": len(np.unique(facets["shape"])),
            "colours": len(np.unique(facets["color"])),
            "models": len(np.unique(facets["model"])),
            "alike": sum(one == other for one, other in pairs) / len(pairs),
        }

    def judge(self, find: Find, faces: Sequence[Face]) -> dict[str, float]:
        """Means over the faces."""
        chance = Random(7)
        rows = [self._of_face(find, face, seed, chance) for seed, face in enumerate(faces)]
        return {name: float(np.mean([row[name] for row in rows])) for name in _COLUMNS}

    def _of_face(self, find: Find, face: Face, seed: int, chance: Random) -> dict[str, float]:
        wish = self.wish(face)
        places = find(wish, seed)
        shaped = find(self.wish(with_other_shapes(face, chance)), seed)
        changed = find(self.wish(with_other_attribute(face, chance)), seed)
        return self.measures(wish, places) | {
            "stays, shape": len(set(places) & set(shaped)) / len(places),
            "stays, attribute": len(set(places) & set(changed)) / len(places),
        }


def finder(catalogue: Catalogue, strategy: Strategy) -> Find:
    """The six frames a search shows."""

    def find(wish: Wish, seed: int) -> list[int]:
        found = search(catalogue, wish, strategy=strategy, seed=seed)
        return [catalogue.find(match.frame) for match in found.matches]

    return find


def unvaried(catalogue: Catalogue) -> Find:
    """What `balanced` would show if frames that look alike cost nothing."""

    def find(wish: Wish, _: int) -> list[int]:
        gender = "male" if wish.shape[30] > 0 else "female"
        found: list[int] = best_models(catalogue, gender, Aims(wish).query, 6).places.tolist()
        return found

    return find


def opened(tables: Path | None, home: Path) -> Catalogue:
    """The catalogue to search."""
    if tables is None:
        return Catalogue(DEFAULT, folder_of(home, DEFAULT) / build_default(home))
    from workers.search.importing.published import import_published  # noqa: PLC0415  only where there is such a folder

    report = import_published(tables, "published", home)
    return Catalogue("published", folder_of(home, "published") / report.version)


def table(rows: Iterator[tuple[str, dict[str, float]]]) -> Iterator[str]:
    """The measures, as Markdown."""
    yield "| strategy | " + " | ".join(_COLUMNS) + " |"
    yield "|---|" + "---:|" * len(_COLUMNS)
    for name, measured in rows:
        yield f"| {name} | " + " | ".join(f"{measured[column]:.2f}" for column in _COLUMNS) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How good the six frames of each strategy are.")
    parser.add_argument("--faces", type=int, default=300)
    parser.add_argument("--tables", type=Path, default=None, help="Folder of the published tables.")
    asked: Any = parser.parse_args()
    faces = some_faces(_TUNED_ON + asked.faces)[_TUNED_ON:]
    with tempfile.TemporaryDirectory() as home:
        catalogue = opened(asked.tables, Path(home))
        judge = Judge(catalogue, load(settings().rules_dir))
        print(f"{len(faces)} random faces, {catalogue.size} frames ({catalogue.name})\n")
        finders = {strategy.value: finder(catalogue, strategy) for strategy in Strategy}
        finders["balanced, not varied"] = unvaried(catalogue)
        for line in table((name, judge.judge(find, faces)) for name, find in finders.items()):
            print(line, flush=True)


if __name__ == "__main__":
    main()
