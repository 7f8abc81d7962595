"""A `Wish`: 31 shape and 15 colour numbers that describe the frame to look for, and why."""

from typing import Annotated

from pydantic import Field

from shared.contracts.base import Contract

# Order is the wire format: position i of `Wish.shape` is SHAPE_FEATURES[i].
SHAPE_FEATURES = (
    *("rectangle", "square", "oval", "round", "aviator", "cat_eye", "other_shape"),
    *("clubmaster", "walnut", "wayfarer"),
    *("full_rim", "semi_rim", "rimless"),
    *("height_small", "height_medium", "height_large"),
    *("width_small", "width_medium", "width_large"),
    *("nose_pads", "top_heavy", "angular", "thick"),
    *("upper_flat", "upper_round", "upper_smoothed", "upper_roof", "upper_angry"),
    *("plastic", "metal", "male"),
)
COLOR_FEATURES = (
    *("black", "brown", "gold", "blue", "silver", "red", "green", "purple", "grey", "transparent"),
    *("pink", "shiny", "white", "multicolor", "colors_differ"),
)

ShapeVector = Annotated[tuple[float, ...], Field(min_length=31, max_length=31)]
ColorVector = Annotated[tuple[float, ...], Field(min_length=15, max_length=15)]


class Wish(Contract):
    """The ideal frame as the rules see it.

    Attributes:
        shape: 31 numbers in the order of `SHAPE_FEATURES`; the last is a sign: above 0 men's frames, else women's.
        color: 15 numbers in the order of `COLOR_FEATURES`.
    """

    shape: ShapeVector
    color: ColorVector


class FiredRule(Contract):
    """One rule that fired.

    Attributes:
        id: Stable id, e.g. `jaw.soft`.
        theme: The file the rule comes from.
        saw: The attributes it listened to, with the values it saw.
        chance: How likely what it listens to holds, 0 to 1; what it adds and takes away is counted by it.
        raised: By feature, how much the rule added (> 0).
        lowered: By feature, how much it took away (< 0).
        text: The reason in the asked language.
    """

    id: str
    theme: str
    saw: dict[str, str]
    chance: float = 1.0
    raised: dict[str, float]
    lowered: dict[str, float]
    text: str


class Explanation(Contract):
    """Why the wish is as it is.

    Attributes:
        language: `en` or `ru`.
        summary: Three sentences on what mattered most.
        text: The whole reasoning.
        rules: The trace, in the order the rules were applied: those that hold by the values told, and probably.
            The wish counts the others, too, by how likely they hold.
    """

    language: str
    summary: str
    text: str
    rules: tuple[FiredRule, ...]


class Advised(Contract):
    """What the expert stage hands on."""

    wish: Wish
    explanation: Explanation
    rules_version: str
