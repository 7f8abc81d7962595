"""The engine: which rules fire on a face, and what they add to the 46 numbers.

Conditions use three-valued logic (Kleene): a rule fires only when its condition surely holds. An attribute
that is `unknown`, missing or has a value nobody foresaw is neither yes nor no, so its rules stay silent; a
soft jaw may still be sure from a double chin alone. `unless` asks the reverse, that something does not surely
hold: an unstated `race` leaves the complexion to `paleskin`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shared.contracts import ATTRIBUTE_VALUES, Face, Wish
from workers.expert.rules import KNOWN, Condition, Rule, RuleSet, Vector

# Spellings that mean the same, where clients and the published system disagree.
_SAME = {
    ("hair", "gray"): "grey",
    ("hair", "blond"): "blonde",
    ("eyes_iris", "grey"): "gray",
}


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired, the values it listened to, and the 46 amounts it added."""

    rule: Rule
    saw: dict[str, str]
    delta: Vector
    key: tuple[str, float] | None  # equal keys have equal deltas; None: depends on probabilities


def infer(face: Face, rules: RuleSet) -> tuple[Wish, list[Fired]]:
    """Apply a rule set to a face.

    Args:
        face: Any of its attributes may be unknown.
        rules: Applied in their order.

    Returns:
        The wish (31 + 15 numbers, float64, unbounded) and the rules that fired.
    """
    values = _known_values(face)
    shapes = face.faceshape
    dominant = next(iter(shapes), None)
    emphasis = 3.0 if dominant is not None and shapes[dominant] < rules.unsure_below else 1.0
    fired = []
    total = rules.start.copy()
    for rule in rules.rules:
        if rule.face_shape is not None:
            p = shapes.get(rule.face_shape, 0.0)
            if p < rules.least_probability or not _holds(rule.condition, values):
                continue
            weights = _weights(p, _second(rule.face_shape, list(shapes)), emphasis, len(shapes))
            saw, key = {"faceshape": rule.face_shape}, None
        elif _holds(rule.condition, values):
            weights = {"": 1.0, "e": emphasis}
            saw, key = {}, (rule.id, emphasis)
        else:
            continue
        saw |= {name: values[name] for name in rule.listens if name in values}
        delta = sum((weights[letters] * vector for letters, vector in rule.terms), start=np.zeros(46))
        total += delta
        fired.append(Fired(rule, saw, delta, key))
    return Wish(shape=tuple(total[:31].tolist()), color=tuple(total[31:].tolist())), fired


def _known_values(face: Face) -> dict[str, str]:
    """The attributes that rules may listen to; others are silent."""
    known = {}
    for name, legal in ATTRIBUTE_VALUES.items():
        value = getattr(face, name).value.strip().casefold()
        value = _SAME.get((name, value), value)
        if value in legal or (not legal and value not in {"", "unknown"}):
            known[name] = value
    return known


def _second(shape: str, ranked: list[str]) -> float:
    """The factor a: 3 for the runner-up behind an oval or oblong face, else 1."""
    return 3.0 if ranked[0] in {"oval", "oblong"} and ranked[1:2] == [shape] else 1.0


def _weights(p: float, a: float, e: float, n: int) -> dict[str, float]:
    return {
        "": 1.0,
        "e": e,
        "p": p,
        "pa": p * a,
        "p/n": p / n,
        "pe": p * e,
        "pae": p * a * e,
        "a": a,
        "ae": a * e,
    }


def _holds(condition: Condition, values: Mapping[str, str]) -> bool:
    """Whether a condition surely holds."""
    return (
        all(_true(test, values) for test in condition.when)
        and (not condition.any or any(_true(test, values) for test in condition.any))
        and not (condition.unless and all(_true(test, values) for test in condition.unless))
    )


def _true(test: tuple[str, frozenset[str]], values: Mapping[str, str]) -> bool:
    name, wanted = test
    value = values.get(name)
    return value is not None and (value in wanted or KNOWN in wanted)
