"""How long advice takes: microseconds of CPU a face, beside the rule files interpreted anew for every face.

Run: `python benchmarks/expert.py [--faces N]`. Both answer the same faces, of which all attributes are known;
the baseline gives the 46 numbers only, the expert also the trace, its text and the summary. Then the same faces as
perception tells them, every attribute by the probabilities of its values.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from shared.contracts import ATTRIBUTE_VALUES, COLOR_FEATURES, FACE_SHAPES, SHAPE_FEATURES, Face
from shared.settings import settings
from workers.expert import advise, rules_in_force

REPEATS = 7


def some_faces(count: int) -> list[Face]:
    """Faces with every attribute known and a face shape distribution with a clear first."""
    chance = random.Random(5)
    faces = []
    for _ in range(count):
        known = {name: chance.choice(legal or ("black", "white")) for name, legal in ATTRIBUTE_VALUES.items()}
        parts = [chance.random() ** 6 for _ in FACE_SHAPES]
        shapes = {name: part / sum(parts) for name, part in zip(FACE_SHAPES, parts, strict=True)}
        faces.append(Face.model_validate({**known, "faceshape": shapes}))
    return faces


def opened(face: Face, chance: random.Random) -> Face:
    """The face as a photo leaves it: each value is likely, the others of its attribute share the rest."""
    told: dict[str, Any] = {"faceshape_noise": 0.25}
    for name, one in face.attributes().items():
        if others := [value for value in ATTRIBUTE_VALUES[name] if value != one.value]:
            sure = round(chance.uniform(0.5, 1.0), 2)
            shares = {one.value: sure} | dict.fromkeys(others, (1 - sure) / len(others))
            told[name] = one.model_copy(update={"confidence": sure, "probabilities": shares})
    return face.model_copy(update=told)


def read_themes(folder: Path) -> list[dict[str, Any]]:
    """The rules as their files say them."""
    head = yaml.safe_load((folder / "ruleset.yaml").read_text(encoding="utf-8"))
    files = (folder / f"{theme}.yaml" for theme in head["themes"])
    return [rule for file in files for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]]


def interpreted(face: Face, rules: list[dict[str, Any]]) -> dict[str, float]:
    """The baseline: conditions and amounts read out of the text for every face; start values left out."""
    shapes = face.faceshape
    ranked = list(shapes)
    letters = {"n": float(len(shapes)), "e": 3.0 if shapes[ranked[0]] < 0.35 else 1.0}
    totals: dict[str, float] = {}
    for rule in rules:
        shape = rule.get("face_shape", "")
        if (shape and shapes.get(shape, 0.0) < 0.05) or not holds(rule, face):
            continue
        second = ranked[0] in {"oval", "oblong"} and ranked[1] == shape
        factors = letters | {"p": shapes.get(shape, 0.0), "a": 3.0 if second else 1.0}
        for block, features in (("shape", SHAPE_FEATURES), ("color", COLOR_FEATURES)):
            for feature, text in rule.get(block, {}).items():
                for name in features if feature == "all" else (feature,):
                    totals[name] = totals.get(name, 0.0) + amount(str(text), factors)
    return totals


def holds(rule: Mapping[str, Any], face: Face) -> bool:
    """Whether a rule speaks on a face of which everything is known."""

    def says(name: str, wanted: Any) -> bool:
        return wanted == "known" or getattr(face, name).value in (
            wanted if isinstance(wanted, list) else [wanted]
        )

    some = [says(*test) for test in rule.get("any", {}).items()]
    undone = [says(*test) for test in rule.get("unless", {}).items()]
    when = all(says(*test) for test in rule.get("when", {}).items())
    return when and (not some or any(some)) and not (undone and all(undone))


def amount(text: str, factors: Mapping[str, float]) -> float:
    """The value of an amount such as `-e/4`."""
    top, _, below = text.lstrip("-").partition("/")
    digits = top.rstrip("pae")
    value = float(digits or 1) / (factors["n"] if below == "n" else float(below or 1))
    for letter in top[len(digits) :]:
        value *= factors[letter]
    return -value if text.startswith("-") else value


def p50(work: Callable[[Face], object], faces: list[Face]) -> float:
    """Median over the faces of the least CPU time of several repeats, in microseconds."""
    best = []
    for face in faces:
        times = []
        for _ in range(REPEATS):
            started = time.thread_time_ns()
            work(face)
            times.append(time.thread_time_ns() - started)
        best.append(min(times) / 1000)
    return statistics.median(best)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Microseconds of CPU that advice takes.")
    parser.add_argument("--faces", type=int, default=500)
    faces = some_faces(parser.parse_args().faces)
    rules, texts = rules_in_force(), read_themes(settings().rules_dir)
    chance = random.Random(6)
    rows = {
        "advise, with reasons in English": p50(lambda face: advise(face, rules, "en"), faces),
        "advise, with reasons in Russian": p50(lambda face: advise(face, rules, "ru"), faces),
        "advise, attributes by probability": p50(
            lambda face: advise(face, rules, "en"), [opened(face, chance) for face in faces]
        ),
        "rule files interpreted, numbers only": p50(lambda face: interpreted(face, texts), faces),
    }
    print("| per face | CPU p50, µs |\n|---|---:|")
    for name, value in rows.items():
        print(f"| {name} | {value:.0f} |")


if __name__ == "__main__":
    main()
