"""What the expert does not know it does not speak about, and nothing a client sends makes it fall."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts import ATTRIBUTE_VALUES, FACE_SHAPES, Face
from workers.expert import advise, advise_line, rules_in_force


def fired(**attributes: object) -> list[str]:
    """Ids of the rules that fire on these attributes alone."""
    advised = advise(Face.model_validate(attributes), rules_in_force())
    return [rule.id for rule in advised.explanation.rules]


def test_an_empty_face_gives_the_start() -> None:
    """Given nothing known / If advised / Then the wish is the published start and no rule fired."""
    advised = advise(Face(), rules_in_force())
    expected_shape = [0.1] * 10 + [1.0, 0.5] + [0.1] * 10 + [0.5] + [0.1] * 7 + [0.0]
    assert list(advised.wish.shape) == expected_shape
    assert list(advised.wish.color) == [1.0] + [0.1] * 14
    assert advised.explanation.rules == ()


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"beard": "no", "doublechin": "yes"}, ["jaw.soft"]),
        ({"beard": "no", "jawtype": "angular", "doublechin": "no"}, []),
        ({"beard": "no", "jawtype": "angular", "doublechin": "no", "chubby": "no"}, ["jaw.angular"]),
        ({"jawtype": "soft"}, []),
        ({"beard": "yes"}, ["jaw.beard"]),
        ({"bangs": "yes"}, []),
        ({"forehead": "big"}, []),
        ({"forehead": "big", "bangs": "yes"}, ["forehead.covered"]),
        ({"forehead": "notbig"}, ["forehead.covered"]),
        ({"mustache": "yes"}, []),
        ({"lips": "normal"}, ["lips.calm"]),
        ({"lips": "big"}, []),
        ({"paleskin": "yes"}, ["skin.pale"]),
        ({"paleskin": "yes", "race": "black"}, ["skin.dark"]),
        ({"race": "black"}, ["skin.dark"]),
        ({"race": "white"}, []),
        ({"faceshape": {"oval": 1.0}}, ["faceshape.oval"]),
        (
            {"faceshape": {"oval": 0.96, "round": 0.04}, "ratio": "normal"},
            ["faceshape.oval", "faceshape.oval_not_wider"],
        ),
        ({"nose_size": "normal", "eyebrows_thickness": "normal", "hair": "teal"}, []),
    ],
)
def test_only_what_is_sure_fires(attributes: dict[str, object], expected: list[str]) -> None:
    """A rule fires when its condition surely holds, and not when an unknown attribute could undo it."""
    assert fired(**attributes) == expected


@pytest.mark.parametrize(
    ("attribute", "said", "rule"),
    [
        ("hair", "gray", "hair.grey"),
        ("hair", " GREY ", "hair.grey"),
        ("hair", "blond", "hair.blonde"),
        ("eyes_iris", "grey", "eyes.gray"),
        ("eyes_iris", "Gray", "eyes.gray"),
        ("bald", True, "hair.bald"),
        ("race", "Black", "skin.dark"),
    ],
)
def test_spellings(attribute: str, said: object, rule: str) -> None:
    """Both spellings of a colour, any case, blanks around and booleans are understood."""
    assert fired(**{attribute: said}) == [rule]


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries({}, optional={name: st.text(max_size=64) for name in ATTRIBUTE_VALUES}),
    st.dictionaries(st.text(max_size=12) | st.sampled_from(FACE_SHAPES), st.floats(0, 1), max_size=9),
)
def test_no_value_makes_it_fall(attributes: dict[str, object], shapes: dict[str, float]) -> None:
    """Arbitrary words and distributions give finite numbers."""
    line = advise_line({**attributes, "faceshape": shapes}, rules_in_force())
    assert np.isfinite([*line["shape"], *line["color"]]).all()


def test_the_order_of_keys_is_nothing() -> None:
    """Given the same attributes and tied shapes in another order / If advised / Then the answer is the same."""
    face: dict[str, object] = {name: legal[0] for name, legal in ATTRIBUTE_VALUES.items() if legal}
    shapes = [(name, 0.125) for name in FACE_SHAPES]
    first = advise_line({**face, "faceshape": dict(shapes)}, rules_in_force())
    items = list(face.items())
    random.Random(1).shuffle(items)
    again = advise_line({"faceshape": dict(shapes[::-1]), **dict(items)}, rules_in_force())
    assert again == first


def test_a_line_may_carry_the_face_or_be_it() -> None:
    """Bare values, pairs with a confidence and `{"face": ...}` mean the same."""
    bare = advise_line({"beard": "yes", "hair": "red"}, rules_in_force())
    pair = {"beard": {"value": True, "confidence": 0.8}, "hair": {"value": "red", "confidence": 0.9}}
    assert advise_line({"face": pair}, rules_in_force()) == bare
    assert bare["rules"] == ["jaw.beard", "hair.red"]
    assert (len(bare["shape"]), len(bare["color"])) == (31, 15)


def test_known_numbers() -> None:
    """Worked by hand from the published figures: round at 0.6, oval at 0.4, long face, grey hair."""
    line = advise_line(
        {"faceshape": {"round": 0.6, "oval": 0.4}, "ratio": "longer", "hair": "grey"}, rules_in_force()
    )
    shape, color = line["shape"], line["color"]
    assert shape[0] == pytest.approx(0.1 + 2 * 0.6 + 2 * 0.4, abs=1e-9)  # rectangle
    assert shape[2] == pytest.approx(0.1 - 2 * 0.6 + 0.4 / 2, abs=1e-9)  # oval
    assert shape[10] == pytest.approx(1.0 + 2 * 0.6 + 0.4, abs=1e-9)  # full rim
    assert shape[15] == pytest.approx(0.1 - 0.6 + 0.3 - 0.4 + 2, abs=1e-9)  # height large
    assert shape[20] == pytest.approx(0.1 - 2, abs=1e-9)  # top heavy
    assert color[1] == pytest.approx(0.1 + 0.6 + 0.4 + 1, abs=1e-9)  # brown


def test_second_to_a_long_face_counts_three_times_and_doubt_triples_the_rest() -> None:
    """The factors a (runner-up behind oblong) and e (no shape reaches 0.35) by hand."""
    line = advise_line({"faceshape": {"oblong": 0.34, "square": 0.33}, "ratio": "longer"}, rules_in_force())
    assert line["shape"][1] == pytest.approx(0.1 - 2 * 0.33 * 3, abs=1e-9)  # square
    assert line["shape"][20] == pytest.approx(0.1 - 2 * 3, abs=1e-9)  # top heavy
