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
from workers.expert.rules import EMPHASIS, KNOWN, Condition, Rule, RuleSet, Vector

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
    e: float | None  # rules without a face shape: all that their delta hangs on


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
    e = EMPHASIS if dominant is not None and shapes[dominant] < rules.unsure_below else 1.0
    fired = []
    for rule in rules.rules:
        if rule.face_shape is not None:
            p = shapes.get(rule.face_shape, 0.0)
            if p < rules.least_probability or not _holds(rule.condition, values):
                continue
            weights = _weights(p, _second(rule.face_shape, list(shapes)), e, len(shapes))
            delta = np.add.reduce([weights[letters] * vector for letters, vector in rule.terms])
            saw = {"faceshape": rule.face_shape}
            saw |= _heard(rule, values)
            fired.append(Fired(rule, saw, delta, None))
        elif _holds(rule.condition, values):
            fired.append(Fired(rule, _heard(rule, values), rule.fixed[e], e))
    total = np.add.reduce([rules.start, *(one.delta for one in fired)])
    return Wish(shape=tuple(total[:31].tolist()), color=tuple(total[31:].tolist())), fired


def _heard(rule: Rule, values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name in rule.listens if name in values}


def _known_values(face: Face) -> dict[str, str]:
    """The attributes that rules may listen to; others are silent."""
    known = {}
    for name, legal in ATTRIBUTE_VALUES.items():
        value = getattr(face, name).value.strip().casefold()
        value = _SAME.get((name, value), value)
        if value == "unknown":
            continue
        if value in legal or (not legal and value):
            known[name] = value
    return known


def _second(shape: str, ranked: list[str]) -> float:
    """The factor a: 3 for the runner-up behind an oval or oblong face, else 1."""
    return EMPHASIS if ranked[0] in {"oval", "oblong"} and ranked[1:2] == [shape] else 1.0


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
    for test in condition.when:  # a plain loop: this is asked for every rule of every face
        if not _true(test, values):
            return False
    if condition.any and not any(_true(test, values) for test in condition.any):
        return False
    return not (condition.unless and all(_true(test, values) for test in condition.unless))


def _true(test: tuple[str, frozenset[str]], values: Mapping[str, str]) -> bool:
    name, wanted = test
    value = values.get(name)
    return value is not None and (value in wanted or KNOWN in wanted)
