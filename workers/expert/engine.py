"""The engine: how likely each rule holds on a face, and what all of them add to the 46 numbers.

The wish is an expectation. A photo leaves attributes open: where perception tells their probabilities, a rule
counts by the chance that its condition holds, so that a face near a cut lies near one wish, not on either of two.
What a client states is certain, and the published figures come out.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from shared.contracts import ATTRIBUTE_VALUES, Attribute, Face, Wish
from workers.expert.compiled import EMPHASIS, Effect, Rule, RuleSet
from workers.expert.conditions import Known

# Spellings that mean the same, where clients and the published system disagree.
_SAME = {
    ("hair", "gray"): "grey",
    ("hair", "blond"): "blonde",
    ("eyes_iris", "grey"): "gray",
}
_LEADERS = ("oval", "oblong")  # behind these the second shape counts three times
_PROBABLY = 0.5  # the trace tells rules from this chance on


class Fired(NamedTuple):
    """A rule that is told: what it listened to, how likely it holds, and its effect times a weight."""

    rule: Rule
    saw: dict[str, str]
    chance: float
    effect: Effect
    weight: float


def infer(face: Face, rules: RuleSet) -> tuple[Wish, list[Fired]]:
    """Apply a rule set to a face.

    Args:
        face: Any of its attributes may be unknown.
        rules: Applied in their order.

    Returns:
        The wish (31 + 15 numbers, float64, unbounded) and the rules that hold by the values told, and probably.
    """
    values, known = _heard(face)
    shapes = face.faceshape
    e, a = _emphases(shapes, face.faceshape_noise, rules.unsure_below)
    effects = rules.effects(e)
    fired = []
    weights = []
    chances = rules.chances.of(known).tolist()
    for rule, effect, chance in zip(rules.rules, effects.each, chances, strict=True):
        weight = chance
        if rule.face_shape is not None:
            p = shapes.get(rule.face_shape, 0.0)
            if p < rules.least_probability:
                weights.append(0.0)
                continue
            weight *= _times(rule.letters, p, e, a.get(rule.face_shape, 1.0), len(shapes))
        weights.append(weight)
        if chance >= _PROBABLY and rule.condition.holds(values):
            fired.append(Fired(rule, _saw(rule, values), chance, effect, weight))
    # Not `@`: BLAS wakes threads for a product this small.
    total = rules.start + np.einsum("r,rn->n", np.array(weights), effects.deltas)
    return Wish(shape=tuple(total[:31].tolist()), color=tuple(total[31:].tolist())), fired


def _saw(rule: Rule, values: Mapping[str, str]) -> dict[str, str]:
    shape = {} if rule.face_shape is None else {"faceshape": rule.face_shape}
    return shape | {name: values[name] for name in rule.listens if name in values}


def _heard(face: Face) -> tuple[dict[str, str], Known]:
    """The attributes that rules may listen to, by value and by probability; others are silent."""
    values, known = {}, {}
    for name, legal in ATTRIBUTE_VALUES.items():
        attribute: Attribute = getattr(face, name)
        value = _word(name, attribute.value)
        if value == "unknown":
            continue
        if value in legal or (not legal and value):
            values[name] = value
            known[name] = _words(name, attribute.probabilities) or {value: 1.0}
    return values, known


def _words(name: str, told: Mapping[str, float]) -> Mapping[str, float]:
    if all(value in ATTRIBUTE_VALUES[name] for value in told):  # the usual case
        return told
    return {_word(name, value): p for value, p in told.items()}


def _word(name: str, value: str) -> str:
    if value in ATTRIBUTE_VALUES[name]:  # the usual case
        return value
    value = value.strip().casefold()
    return _SAME.get((name, value), value)


def _emphases(
    shapes: Mapping[str, float], noise: float | None, unsure: float
) -> tuple[float, dict[str, float]]:
    """The factor e, rounded to tenths where it is an expectation, and the factor a of each face shape.

    As published they are 3 or 1: e by whether the likeliest shape is below `unsure`, a for the shape that is second
    behind an oval or oblong one. With noise they are expectations: e as if another photo told the likeliest shape
    by a normal distribution around its probability; a over orders drawn by the probabilities (Plackett and Luce).

    Args:
        shapes: Their probabilities, largest first.
        noise: Standard deviation of the first between photos; none where it is sure.
        unsure: See above.
    """
    ranked = list(shapes)
    if not ranked:
        return 1.0, {}
    top = shapes[ranked[0]]
    if noise is None:
        second = ranked[1:2] if ranked[0] in _LEADERS else []
        return EMPHASIS if top < unsure else 1.0, dict.fromkeys(second, EMPHASIS)
    below = 0.5 * (1 + math.erf((unsure - top) / noise / math.sqrt(2)))
    whole = sum(shapes.values())
    odds = {name: shapes[name] / max(whole - shapes[name], 1e-9) for name in _LEADERS if name in shapes}
    led = sum(odds.values())
    a = {
        name: 1 + (EMPHASIS - 1) * (p / whole if whole else 0.0) * (led - odds.get(name, 0.0))
        for name, p in shapes.items()
    }
    return round(1 + (EMPHASIS - 1) * below, 1), a


def _times(letters: str, p: float, e: float, a: float, n: int) -> float:
    """What the letters of a face shape's amounts multiply to."""
    if letters == "p/n":
        return p / max(n, 1)
    return {"": 1.0, "e": e, "p": p, "pa": p * a}[letters]
