"""Rules as the engine works with them: vectors and conditions."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES
from workers.expert.conditions import Chances, Condition

EMPHASIS = 3.0  # the factors a and e, where they are not 1
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What a rule adds.

    Attributes:
        delta: 46 amounts, shape before colour.
        influence: The sum of their absolute values.
        raised: The amounts above zero by feature.
        lowered: The amounts below zero by feature.
    """

    delta: Vector
    influence: float
    raised: dict[str, float]
    lowered: dict[str, float]

    @classmethod
    def of(cls, delta: Vector) -> "Effect":
        """The effect of these amounts."""
        named = dict(zip(SHAPE_FEATURES + COLOR_FEATURES, delta.tolist(), strict=True))
        raised = {name: amount for name, amount in named.items() if amount > 0}
        lowered = {name: amount for name, amount in named.items() if amount < 0}
        return cls(delta, float(np.abs(delta).sum()), raised, lowered)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A compiled rule.

    Attributes:
        id: Stable id.
        theme: Its file.
        face_shape: The face shape it is about, if any.
        condition: When it fires.
        letters: With a face shape: what all its amounts are multiplied by, such as `pa`.
        terms: By letters the 46 amounts before them; one entry with a face shape, else those of no letter and of e.
        listens: The attributes it reads.
    """

    id: str
    theme: str
    face_shape: str | None
    condition: Condition
    letters: str
    terms: dict[str, Vector]
    listens: tuple[str, ...]

    def effect(self, e: float) -> Effect:
        """What it adds at an emphasis; with a face shape, before its letters."""
        if self.face_shape is not None:
            return Effect.of(self.terms[self.letters])
        return Effect.of(
            np.sum([e * v if letters == "e" else v for letters, v in self.terms.items()], axis=0)
        )


class Effects(NamedTuple):
    """What each rule adds, in their order, and the same as (rules, 46) amounts."""

    each: tuple[Effect, ...]
    deltas: Vector


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in the order they speak, the chances that they hold, and the 46 numbers they start from."""

    version: str
    rules: tuple[Rule, ...]
    start: Vector
    least_probability: float
    unsure_below: float
    chances: Chances = field(init=False, repr=False, compare=False)
    _effects: dict[float, Effects] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the conditions."""
        object.__setattr__(self, "chances", Chances([rule.condition for rule in self.rules]))

    def effects(self, e: float) -> Effects:
        """Of all rules at an emphasis, which the engine rounds, so that few are made and kept."""
        if e not in self._effects:
            each = tuple(rule.effect(e) for rule in self.rules)
            self._effects[e] = Effects(each, np.array([one.delta for one in each]))
        return self._effects[e]
