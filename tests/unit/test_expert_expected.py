"""The wish is an expectation where perception leaves something open, and the published one where nothing is."""

import itertools
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES, Advised, Face
from workers.expert import advise, rules_in_force

FEATURES = (*SHAPE_FEATURES, *COLOR_FEATURES)
# Attributes that rules join by when, any and unless, with probabilities whose products are whole hundredths.
OPEN: dict[str, dict[str, float]] = {
    "beard": {"no": 0.8, "yes": 0.2},
    "jawtype": {"soft": 0.5, "angular": 0.5},
    "doublechin": {"yes": 0.5, "no": 0.5},
    "lips": {"big": 0.6, "normal": 0.4},
    "mustache": {"yes": 0.5, "no": 0.5},
    "race": {"black": 0.5, "white": 0.5},
    "paleskin": {"yes": 0.4, "no": 0.6},
    "ratio": {"wider": 0.3, "normal": 0.5, "longer": 0.2},
    "hair": {"black": 0.7, "brown": 0.3},
}
KNOWN = {"chubby": "no", "gender": "male", "forehead": "big", "bangs": "no"}
SHAPES = {"oval": 0.5, "square": 0.3, "round": 0.2}


def told(shares: dict[str, float]) -> dict[str, Any]:
    """An attribute as perception tells it."""
    value = max(shares, key=lambda one: shares[one])
    return {"value": value, "confidence": shares[value], "probabilities": shares}


def advised(**attributes: Any) -> Advised:
    """Advice on these attributes."""
    return advise(Face.model_validate(attributes), rules_in_force())


def wish(**attributes: Any) -> dict[str, float]:
    """The 46 numbers by name."""
    found = advised(**attributes).wish
    return dict(zip(FEATURES, (*found.shape, *found.color), strict=True))


def test_the_wish_is_the_mean_of_the_wishes_it_could_be() -> None:
    """Given nine attributes left open / Then the wish is the mean over every certain face they allow, by its chance."""
    mean = dict.fromkeys(FEATURES, 0.0)
    for values in itertools.product(*OPEN.values()):
        chance = 1.0
        for shares, value in zip(OPEN.values(), values, strict=True):
            chance *= shares[value]
        certain = wish(**KNOWN, faceshape=SHAPES, **dict(zip(OPEN, values, strict=True)))
        mean = {name: number + chance * certain[name] for name, number in mean.items()}

    opened = {name: told(shares) for name, shares in OPEN.items()}
    assert wish(**KNOWN, faceshape=SHAPES, **opened) == pytest.approx(mean, abs=1e-9)


def test_what_is_missing_to_one_is_unknown() -> None:
    """Given hair that is brown in 6 of 10 and else not told / Then the rule counts so much, and no other speaks."""
    silent, sure = wish(), wish(hair="brown")
    found = wish(hair={"value": "brown", "probabilities": {"brown": 0.6}})

    assert found == pytest.approx(
        {name: silent[name] + 0.6 * (sure[name] - silent[name]) for name in FEATURES}
    )


def test_a_face_near_a_threshold_lies_near_one_wish() -> None:
    """Given a likeliest shape just under or over 0.35 / Then stated wishes jump, those of a photo do not."""

    def jump(**noise: float) -> float:
        below, above = (
            wish(ratio="longer", faceshape={"round": top, "heart": 0.3, "square": 0.2}, **noise)
            for top in (0.349, 0.351)
        )
        return max(abs(below[name] - above[name]) for name in FEATURES)

    assert jump() > 3.9
    assert jump(faceshape_noise=0.28) < 0.05


def test_doubt_in_the_face_shape_counts_by_its_chance() -> None:
    """Given a likeliest shape of exactly 0.35 / Then it is below in half of all photos, and the factor is 2."""
    faceshape = {"round": 0.35, "heart": 0.34, "square": 0.31}
    found = wish(ratio="longer", faceshape=faceshape, faceshape_noise=0.1)

    assert found["top_heavy"] == pytest.approx(0.1 - 2 * 2 - 2 * 0.34, abs=1e-9)


def test_the_second_shape_counts_by_the_orders_that_may_be() -> None:
    """Given probabilities / Then the factor a is its mean over orders drawn by them, one shape after the other."""
    faceshape = {"oval": 0.4, "square": 0.3, "oblong": 0.2, "heart": 0.1}
    expected = 0.0
    for order in itertools.permutations(faceshape):
        chance, left = 1.0, 1.0
        for name in order:
            chance *= faceshape[name] / left
            left = max(left - faceshape[name], 1e-12)
        expected += chance * (3.0 if order[0] in {"oval", "oblong"} and order[1] == "square" else 1.0)

    found = wish(faceshape=faceshape, faceshape_noise=0.1)
    assert found["pink"] == pytest.approx(0.1 + 0.4 + 0.3 * expected, abs=1e-9)  # oval p, square pa


def test_the_trace_tells_what_probably_holds() -> None:
    """Rules that hold by the values told and in half of all cases are told, by their chance; all of them count."""
    found = advised(
        ratio={"value": "wider", "probabilities": {"wider": 0.45, "normal": 0.55}},
        hair={"value": "brown", "probabilities": {"brown": 0.7, "black": 0.3}},
        eyes_iris="blue",
    )
    trace = {rule.id: rule for rule in found.explanation.rules}

    assert {name: rule.chance for name, rule in trace.items()} == {"eyes.blue": 1.0, "hair.brown": 0.7}
    assert trace["hair.brown"].raised["brown"] == pytest.approx(0.7)
    assert trace["eyes.blue"].raised["gold"] == 1
    assert found.wish.shape[SHAPE_FEATURES.index("top_heavy")] == pytest.approx(0.1 + 0.45 * 2)
    assert found.wish.color[COLOR_FEATURES.index("gold")] == pytest.approx(0.1 + 1 + 0.3)


@pytest.mark.parametrize(
    "shares", [{"brown": 0.8, "black": 0.4}, {"brown": -0.1}, {"brown": 1.1}, {"brown": float("nan")}]
)
def test_what_is_no_probability_is_refused(shares: dict[str, float]) -> None:
    """More than 1 together, below 0, above 1 or no number is no distribution."""
    with pytest.raises(ValidationError):
        Face.model_validate({"hair": {"value": "brown", "probabilities": shares}})
