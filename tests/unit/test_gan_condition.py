import numpy as np
import pytest
from pydantic import ValidationError

from shared.contracts import Generate, Wish
from shared.contracts.wish import COLOR_FEATURES, SHAPE_FEATURES
from shared.errors import InvalidRequestError
from shared.eyewear.describe import describe
from shared.eyewear.sampling import random_spec
from shared.eyewear.spec import FrameSpec, Shape
from workers.gan.condition import FEATURES, GROUPS, condition
from workers.gan.reading import asked_words

# Each group with one word that is not its first, so that a slip by any number of places would be seen.
ASKED = {
    "shape": "aviator", "rim": "semi_rim", "height": "height_large", "width": "width_small",
    "upper": "upper_roof", "material": "metal", "color": "green",
}  # fmt: skip


def _wish(**strength: float) -> tuple[list[float], list[float]]:
    shape = [strength.get(name, 0.05) for name in SHAPE_FEATURES]
    return shape, [strength.get(name, 0.05) for name in COLOR_FEATURES]


def test_every_group_arrives_at_its_own_places() -> None:
    """The published code lost rim, height, width, upper line and material; here each wish for one word of each is met."""
    asked = condition(*_wish(**dict.fromkeys(ASKED.values(), 0.7)))

    for group, word in ASKED.items():
        place = GROUPS[group]
        assert [FEATURES[place][i] for i in np.flatnonzero(asked[place])] == [word]
        assert asked[place].sum() == 1


@pytest.mark.parametrize("shape", list(Shape))
def test_a_frame_s_own_numbers_ask_for_its_outline(shape: Shape) -> None:
    """Given "one like this" / Then a brow-line is asked for as a brow-line, not as the shape it also counts as."""
    asked = condition(*describe(FrameSpec(shape=shape)))

    assert asked_words(asked)["shape"] == shape


def test_groups_cover_what_is_one_of_several_and_nothing_else() -> None:
    """Places outside the groups are flags and amounts; no place is in two groups."""
    grouped = [i for place in GROUPS.values() for i in range(place.start, place.stop)]
    free = {FEATURES[i] for i in set(range(46)) - set(grouped)}

    assert len(grouped) == len(set(grouped))
    assert free == {"nose_pads", "top_heavy", "angular", "thick", "male", "colors_differ"}


def test_amounts_are_clipped_and_flags_decided() -> None:
    """What the rules overdo is brought to -0.1 … 1; a flag is yes or no, angularity one of three."""
    asked = condition(*_wish(thick=3.0, male=-5.0, nose_pads=0.6, top_heavy=0.4, angular=0.3))
    value = dict(zip(FEATURES, asked.tolist(), strict=True))

    assert value["thick"] == 1.0
    assert value["male"] == pytest.approx(-0.1)
    assert (value["nose_pads"], value["top_heavy"], value["angular"]) == (1.0, 0.0, 0.5)


def test_many_wishes_at_once_are_each_like_one() -> None:
    """Row i of a stack is the condition of wish i."""
    rng = np.random.default_rng(4)
    told = [describe(random_spec(rng)) for _ in range(5)]
    stacked = condition([shape for shape, _ in told], [color for _, color in told])

    assert stacked.shape == (5, 46)
    for row, (shape, color) in zip(stacked, told, strict=True):
        assert np.array_equal(row, condition(shape, color))


def test_words_of_a_condition_are_the_tagger_s() -> None:
    """What is asked is told in words without the group's prefix; nose pads are a word too."""
    asked = asked_words(condition(*_wish(nose_pads=1.0, **dict.fromkeys(ASKED.values(), 0.7))))

    assert asked == {
        "shape": "aviator", "rim": "semi_rim", "height": "large", "width": "small",
        "upper": "roof", "material": "metal", "color": "green", "nose": "pads",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "color", "told"),
    [
        ([0.5] * 30, [0.5] * 15, "shape has 30 numbers, not 31"),
        ([0.5] * 31, [0.5] * 46, "color has 46 numbers, not 15"),
        (0.5, [0.5] * 15, "shape has 0 numbers"),
        ([0.5] * 30 + [float("nan")], [0.5] * 15, "shape holds a number that is not finite"),
        ([0.5] * 31, [0.5] * 14 + [float("inf")], "color holds a number that is not finite"),
        ([0.0] * 31, [0.5] * 15, "shape is all zero"),
        ([0.5] * 31, [0.0] * 15, "color is all zero"),
        ([[0.5] * 31] * 2, [[0.5] * 15] * 3, "not of equally many wishes"),
    ],
    ids=["short", "long", "scalar", "nan", "infinite", "no shape", "no color", "unequal"],
)
def test_a_bad_wish_is_refused_in_words(shape: object, color: object, told: str) -> None:
    """No number is guessed: the error says which block is wrong, and how."""
    with pytest.raises(InvalidRequestError, match=told):
        condition(shape, color)  # type: ignore[arg-type]  # that is the point


def test_contracts_refuse_what_is_no_wish_and_too_many_drawings() -> None:
    """Wrong lengths and a count of 1,000 or -1 never reach the worker."""
    with pytest.raises(ValidationError):
        Wish(shape=(0.0,) * 30, color=(0.0,) * 15)
    for count in (-1, 9, 1_000):
        with pytest.raises(ValidationError):
            Generate(count=count)
