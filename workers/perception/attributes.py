"""The 21 single-valued attributes: one table tells how each is made.

Four ways: a head that knows it (`_headed`), a head that foretells a measure, which falls between cuts (`_banded`), several questions
asked in turn (`_questioned`), and the nearest of several clusters of colour (`_clustered`). Each tells the
probability of every value, by which rules weigh, and is told as the likeliest. Where the photo does not tell, or
something hides it, the attribute is `unknown` and says why; docs/09-perception.md has the figures.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from shared.contracts import Attribute, Evidence
from workers.perception.capture import Cover, covers
from workers.perception.heads import Opinions
from workers.perception.population import Population
from workers.perception.sight import Colour, Sight


class View(NamedTuple):
    """What ways look at: the face, what is usual, and what the heads say."""

    sight: Sight
    population: Population
    opinions: Opinions


Numbers = Callable[[Sight], Colour | None]
Way = Callable[[View], Attribute]
# How likely something is so of the person, 0 to 1.
Question = Callable[[View], float]

CLUSTERS: dict[str, Numbers] = {"eyes_iris": lambda sight: sight.iris}

_NEED_COLOUR = ("eyes_iris", "hair", "skintone", "paleskin")
# What each cover hides.
_HIDDEN: dict[Cover, tuple[str, ...]] = {
    Cover.HAT: ("hair", "forehead", "bangs", "bald"),
    Cover.SUNGLASSES: ("eyes_iris", "eyes_narrow", "eyebrows_shape", "eyebrows_thickness"),
    Cover.MASK: ("beard", "mustache", "lips", "nose_size", "doublechin", "jawtype"),
    Cover.GLASSES: (),
}

# A colour must be this sure, or it is not clear; hair is told among four.
_CLEAR, _CLEAR_HAIR = 0.5, 0.4
# Log odds of thick brows below which a quarter of LFW lies.
_THIN = -3.3
_HALF = 0.5
# How much of the gender network's log odds count beside the head's; `training/faces/gender.py` finds it on people held out.
NETWORK_COUNTS = 0.23


def describe(sight: Sight, population: Population, opinions: Opinions) -> dict[str, Attribute]:
    """All 21 attributes by name."""
    view = View(sight, population, opinions)
    found = {name: way(view) for name, way in WAYS.items()}
    if not sight.coloured:
        found |= dict.fromkeys(_NEED_COLOUR, unknown("the photo has no colour"))
    for cover in covers(opinions):
        found |= dict.fromkeys(_HIDDEN[cover], unknown(f"hidden by {cover.value}"))
    return found


def unknown(reason: str) -> Attribute:
    """An attribute that the photo does not tell."""
    return Attribute(value="unknown", confidence=0.0, evidence=Evidence.NONE, reason=reason)


def _likeliest(shares: dict[str, float], evidence: Evidence) -> Attribute:
    rounded = {name: round(min(max(share, 0.0), 1.0), 4) for name, share in shares.items()}
    value = max(shares, key=lambda name: shares[name])
    return Attribute(value=value, confidence=rounded[value], evidence=evidence, probabilities=rounded)


def _headed(head: str, values: tuple[str, str] = ("no", "yes")) -> Way:
    """`values` are the words for false and true."""

    def way(view: View) -> Attribute:
        share = view.opinions.share(head)
        return _likeliest({values[0]: 1 - share, values[1]: share}, Evidence.MODEL)

    return way


def _bands(name: str, view: View) -> list[float]:
    """How likely the person's own measure falls where."""
    return view.population.scales[name].bands(view.opinions.logits[f"own:{name}"])


def _banded(name: str, values: tuple[str, ...]) -> Way:
    return lambda view: _likeliest(dict(zip(values, _bands(name, view), strict=True)), Evidence.MODEL)


def _says(head: str) -> Question:
    return lambda view: view.opinions.share(head)


def _denies(head: str) -> Question:
    return lambda view: 1 - view.opinions.share(head)


def _beyond(name: str) -> Question:
    return lambda view: _bands(name, view)[1]


def _questioned(*questions: tuple[Question, str], otherwise: str) -> Way:
    """Ask in turn: a value is as likely as its yes after all the noes before it, as if the answers were independent."""

    def way(view: View) -> Attribute:
        shares, left = {}, 1.0
        for question, value in questions:
            share = question(view)
            shares[value] = left * share
            left *= 1 - share
        return _likeliest({**shares, otherwise: left}, Evidence.MODEL)

    return way


def _clustered(name: str, hidden: str, unclear: str) -> Way:
    def way(view: View) -> Attribute:
        numbers = CLUSTERS[name](view.sight)
        if numbers is None:
            return unknown(hidden)
        found = _likeliest(view.population.clusters[name].probabilities(numbers), Evidence.COLOUR)
        return found if found.confidence >= _CLEAR else unknown(unclear)

    return way


def _gender(view: View) -> Attribute:
    """The packaged network, and a head that sees hair and outline and has met people of more origins."""
    network = min(max(view.sight.male, 1e-4), 1 - 1e-4)
    logit = NETWORK_COUNTS * math.log(network / (1 - network)) + view.opinions.logits["male"]
    male = 1 / (1 + math.exp(-logit))
    return _likeliest({"female": 1 - male, "male": male}, Evidence.MODEL)


def _not_measured(reason: str) -> Way:
    return lambda _view: unknown(reason)


def _brow_thickness(view: View) -> Attribute:
    """Thick as the head says; thin where it denies that more firmly than on three quarters of the people measured."""
    logit = view.opinions.logits["brows_thick"]
    thick, thin = view.opinions.share("brows_thick"), 1 / (1 + math.exp(min(logit - _THIN, 40)))
    shares = {"thick": thick, "thin": thin, "normal": max(1 - thick - thin, 0.0)}
    return _likeliest(shares, Evidence.MODEL)


def _hair(view: View) -> Attribute:
    shares = view.opinions.shares("hair")
    bald = shares.pop("bald")
    if bald > _HALF:
        return unknown("too little hair is visible")
    found = _likeliest({name: share / (1 - bald) for name, share in shares.items()}, Evidence.MODEL)
    return found if found.confidence >= _CLEAR_HAIR else unknown("the hair colour is not clear")


_undertone = _banded("skin_hue", ("cool", "neutral", "warm"))


def _skintone(view: View) -> Attribute:
    if view.sight.skin is None:
        return unknown("too little open skin is visible")
    return _undertone(view)


WAYS: dict[str, Way] = {
    "ratio": _banded("length_to_width", ("wider", "normal", "longer")),
    "jawtype": _banded("jaw_angle", ("angular", "soft")),
    "beard": _headed("beard"),
    "doublechin": _headed("doublechin"),
    "highcheekbones": _headed("cheekbones"),
    "chubby": _headed("chubby"),
    "eyebrows_thickness": _brow_thickness,
    # Steep from the head on is angry; else little arched is flat; else a peak far out is a roof; else curly.
    "eyebrows_shape": _questioned(
        (_beyond("brow_slope"), "angry"),
        (_denies("brows_arched"), "flat"),
        (_beyond("brow_peak"), "roof"),
        otherwise="curly",
    ),
    # Else long is long; else small: the rules know no usual nose.
    "nose_size": _questioned((_says("nose_big"), "big"), (_beyond("nose_length"), "long"), otherwise="small"),
    "eyes_narrow": _headed("eyes_narrow"),
    "eyes_iris": _clustered(
        "eyes_iris", "the irises are too small or covered", "the iris colour is not clear"
    ),
    "forehead": _headed("receding", ("notbig", "big")),
    "bangs": _headed("bangs"),
    "lips": _headed("lips_big", ("normal", "big")),
    "mustache": _headed("mustache"),
    "bald": _headed("bald"),
    "hair": _hair,
    "skintone": _skintone,
    "race": _not_measured("not measured; the depth of the skin is used instead"),
    "paleskin": _headed("pale"),
    "gender": _gender,
}
