"""Heads taught by the scores of `lfw_attributes`: what each is called, what it learns and what counts as yes.

The scores rank people and are no probabilities; a head learns their log odds. Where a stylist compares a woman
with women and a man with men (a big nose, full lips), the highest part of each gender counts as yes; where a
thing is there or not (a beard), half does; of moustaches the scores are far too shy: looked at one by one, men have one down to a
twentieth.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.faces import calibrate
from training.faces.kept import Kept
from training.faces.ridge import Rows
from training.judging import Array, Truth, auc, thirds

_LEAST = 1e-3
# Fewer people tell no area under a curve.
_FEW = 15


class Trait(NamedTuple):
    """One head.

    Attributes:
        column: Of the labels.
        sign: -1 where the label says the opposite.
        above: The share of each gender below which nobody has it; None: whoever scores `cut`.
        cut: The least score of those who have it.
        calm: Whether what a smile adds is taken away first.
        among: `men` where the bar speaks of men only.
        passing: Whether it comes and goes: then a photo tells of its day; else it should tell of the person, and so of the next photo.
    """

    column: str
    sign: int = 1
    above: float | None = None
    cut: float = 0.5
    calm: bool = False
    among: str = "all"
    passing: bool = False


TRAITS: dict[str, Trait] = {
    "beard": Trait("No_Beard", -1, among="men", passing=True),
    "mustache": Trait("Mustache", cut=0.05, among="men", passing=True),
    "goatee": Trait("Goatee", among="men", passing=True),
    "bald": Trait("Bald", among="men"),
    "bangs": Trait("Bangs", among="women", passing=True),
    "receding": Trait("Receding_Hairline", above=0.75),
    "nose_big": Trait("Big_Nose", above=0.75),
    "lips_big": Trait("Big_Lips", above=0.75),
    "eyes_narrow": Trait("Narrow_Eyes", above=0.8),
    "brows_arched": Trait("Arched_Eyebrows", above=0.4),
    "brows_thick": Trait("Bushy_Eyebrows", above=0.75),
    "chubby": Trait("Chubby", above=0.85),
    "doublechin": Trait("Double_Chin", above=0.85),
    "cheekbones": Trait("High_Cheekbones", above=0.65, calm=True),
    "pale": Trait("Pale_Skin", above=0.85, passing=True),
    "hat": Trait("Wearing_Hat", passing=True),
}
# Bars of the mission: area under the curve between the highest and the lowest third of the scores.
BARS = {
    "beard": 0.96,
    "mustache": 0.94,
    "goatee": 0.93,
    "bald": 0.97,
    "bangs": 0.95,
    "nose_big": 0.94,
    "lips_big": 0.92,
    "eyes_narrow": 0.95,
    "brows_arched": 0.95,
    "brows_thick": 0.92,
    "chubby": 0.94,
    "doublechin": 0.95,
}


class Lesson(NamedTuple):
    """What a head learns and is judged by, a number a photo."""

    target: Array
    truth: Truth


def lessons(kept: Kept) -> dict[str, Lesson]:
    """Of every trait."""
    male = kept.numbers("Male") > 0.5  # noqa: PLR2004
    smile = log_odds(kept.numbers("Smiling"))
    return {name: _lesson(kept, trait, male, smile) for name, trait in TRAITS.items()}


def log_odds(scores: Array) -> Array:
    """log(p / (1 - p)), scores kept off 0 and 1."""
    clipped = np.clip(scores, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _lesson(kept: Kept, trait: Trait, male: NDArray[np.bool_], smile: Array) -> Lesson:
    target = trait.sign * log_odds(kept.numbers(trait.column))
    if trait.calm:
        inputs = np.column_stack([smile, male, np.ones(len(target))])
        target = target - inputs @ np.linalg.lstsq(inputs, target)[0]
    spread = target.std()
    target = target / spread
    if trait.above is None:
        return Lesson(target, target > float(log_odds(np.array(trait.cut))) / spread)
    truth = np.zeros(len(target), dtype=bool)
    for group in (male, ~male):
        truth[group] = target[group] > np.quantile(target[group], trait.above)
    return Lesson(target, truth)


def lines(found: Array, lessons: dict[str, Lesson], male: Array, pairs: Rows) -> list[Array]:
    """What makes log odds of each head: slope, what being male adds, offset.

    Whether the person in the photo has what passes; whether what lasts is seen on another photo of the person.
    """
    one, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    inputs = [np.column_stack([column, male]) for column in found.T]
    return [
        calibrate.logistic(row, lesson.truth)
        if TRAITS[name].passing
        else calibrate.logistic(row[one], lesson.truth[other])
        for row, (name, lesson) in zip(inputs, lessons.items(), strict=True)
    ]


def report(kept: Kept, lessons: dict[str, Lesson], found: Array) -> None:
    """Print how well held-out outputs rank the scores, within men and within women, and are calibrated."""
    male = kept.numbers("Male") > 0.5  # noqa: PLR2004
    print("| head | AUC of thirds, men | women | AUC of yes, men | women | bar |\n|---|---|---|---|---|---|")
    for column, (name, lesson) in enumerate(lessons.items()):
        ranked, score = found[:, column], lesson.target
        cells = [_thirds(score[part], ranked[part]) for part in (male, ~male)]
        cells += [_auc(lesson.truth[part], ranked[part]) for part in (male, ~male)]
        bar = f"{BARS[name]:.2f} {TRAITS[name].among}" if name in BARS else ""
        print(f"| {name} |", " | ".join(cells), f"| {bar} |")


def _thirds(score: Array, ranked: Array) -> str:
    low, high = np.quantile(score, [1 / 3, 2 / 3])
    # Where nearly nobody has it, the scores of two thirds are one and the same.
    return f"{thirds(score, ranked):.3f}" if high - low > 0.1 else "–"  # noqa: PLR2004


def _auc(truth: Truth, ranked: Array) -> str:
    return f"{auc(truth, ranked):.3f}" if min(truth.sum(), (~truth).sum()) >= _FEW else "–"
