"""The engine: which rules fire on a face, and what they add to the 46 numbers.

Conditions use three-valued logic (Kleene): a rule fires only when its condition surely holds. An attribute
that is `unknown`, missing or has a value nobody foresaw is neither yes nor no, so its rules stay silent; a
soft jaw may still be sure from a double chin alone. `unless` asks the reverse, that something does not surely
hold: an unstated `race` leaves the complexion to `paleskin`.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from shared.contracts import ATTRIBUTE_VALUES, Face, Wish
from workers.expert.rules import EMPHASIS, Condition, Effect, Rule, RuleSet

# Spellings that mean the same, where clients and the published system disagree.
_SAME = {
    ("hair", "gray"): "grey",
    ("hair", "blond"): "blonde",
    ("eyes_iris", "grey"): "gray",
}


class Fired(NamedTuple):
    """A rule that fired, the values it listened to, and its effect times a weight (1 without a face shape)."""

    rule: Rule
    saw: dict[str, str]
    effect: Effect
    weight: float


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
    runner_up = _runner_up(list(shapes))
    fired = []
    deltas = [rules.start]
    for rule in rules.rules:
        if rule.face_shape is not None:
            p = shapes.get(rule.face_shape, 0.0)
            if p < rules.least_probability or not _holds(rule.condition, values):
                continue
            weight = _weight(
                rule.letters, p, e, EMPHASIS if rule.face_shape == runner_up else 1.0, len(shapes)
            )
            saw = {"faceshape": rule.face_shape, **_heard(rule, values)}
            fired.append(Fired(rule, saw, rule.base, weight))
            deltas.append(weight * rule.base.delta)
        elif _holds(rule.condition, values):
            fired.append(Fired(rule, _heard(rule, values), rule.fixed[e], 1.0))
            deltas.append(rule.fixed[e].delta)
    total = np.add.reduce(deltas)
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


def _runner_up(ranked: list[str]) -> str | None:
    """The face shape that counts three times: the second behind an oval or oblong one."""
    return ranked[1] if len(ranked) > 1 and ranked[0] in {"oval", "oblong"} else None


def _weight(letters: str, p: float, e: float, a: float, n: int) -> float:
    """What the letters of a face shape's amounts multiply to."""
    if letters == "p/n":
        return p / n
    return {"": 1.0, "e": e, "p": p, "pa": p * a}[letters]


def _holds(condition: Condition, values: Mapping[str, str]) -> bool:
    """Whether a condition surely holds: an attribute that is not in `values` answers no question."""
    for name, wanted in condition.when:  # a plain loop: this is asked for every rule of every face
        if values.get(name) not in wanted:
            return False
    if condition.any and not any(values.get(name) in wanted for name, wanted in condition.any):
        return False
    return not (condition.unless and all(values.get(name) in wanted for name, wanted in condition.unless))
