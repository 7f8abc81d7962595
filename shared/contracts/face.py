"""A `Face`: 22 attributes, each with a confidence and its evidence, and where the face lies in the photo."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from shared.contracts.advice import Advice
from shared.contracts.base import Contract

UNKNOWN = "unknown"

FACE_SHAPES = ("oval", "triangle", "oblong", "heart", "diamond", "round", "square", "rectangle")

_YES_NO = ("yes", "no")
# The legal values of the 21 single-valued attributes; `race` is a free label of which one value has a rule.
ATTRIBUTE_VALUES: dict[str, tuple[str, ...]] = {
    "ratio": ("wider", "normal", "longer"),
    "jawtype": ("soft", "angular"),
    "beard": _YES_NO,
    "doublechin": _YES_NO,
    "highcheekbones": _YES_NO,
    "chubby": _YES_NO,
    "eyebrows_thickness": ("thin", "normal", "thick"),
    "eyebrows_shape": ("flat", "curly", "roof", "angry"),
    "nose_size": ("small", "long", "big"),
    "eyes_narrow": _YES_NO,
    "eyes_iris": ("brown", "blue", "gray", "green"),
    "forehead": ("big", "notbig"),
    "bangs": _YES_NO,
    "lips": ("normal", "big"),
    "mustache": _YES_NO,
    "bald": _YES_NO,
    "hair": ("black", "blonde", "brown", "grey", "red"),
    "skintone": ("warm", "neutral", "cool"),
    "race": (),
    "paleskin": _YES_NO,
    "gender": ("female", "male"),
}


class Evidence(StrEnum):
    """What a value rests on."""

    MODEL = "model"
    GEOMETRY = "geometry"
    COLOUR = "colour"
    CLIENT = "client"
    NONE = "none"


def _as_word(value: Any) -> Any:
    """JSON's `true`, `false` and `null` as the words of the reference; a number nobody foresaw as text."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int | float) else value


Probabilities = dict[str, Annotated[float, Field(ge=0.0, le=1.0)]]
_MOST_VALUES = 16
_ROUNDED = 1e-3  # what rounding each of several probabilities may add to their sum


class Attribute(Contract):
    """One attribute of a face. Accepts a bare value too: `"thick"`, `True` for "yes".

    Attributes:
        value: A legal value of the attribute, or `unknown`. A value nobody foresaw is kept; rules stay silent.
        confidence: 0 to 1; 0 for `unknown`.
        evidence: What the value rests on.
        reason: Why the value is `unknown`, where it is.
        probabilities: How likely each value is, 0 to 1, together at most 1. Rules weigh by them; a value without
            them is certain, as one that a client states.
    """

    value: str = Field(default=UNKNOWN, max_length=64)
    confidence: float = Field(default=0.0, ge=0.0, le=1.0)
    evidence: Evidence = Evidence.NONE
    reason: str | None = None
    probabilities: Probabilities = Field(default_factory=dict, max_length=_MOST_VALUES)

    @model_validator(mode="before")
    @classmethod
    def _accept_bare_value(cls, given: Any) -> Any:
        if isinstance(given, bool | str | int | float) or given is None:
            given = {"value": given}
        if not isinstance(given, dict):
            return given
        value = _as_word(given.get("value"))
        stated = {"confidence": 1.0, "evidence": Evidence.CLIENT} if value != UNKNOWN else {}
        return {**stated, **given, "value": value}

    @model_validator(mode="after")
    def _is_a_distribution(self) -> Self:
        if sum(self.probabilities.values()) > 1 + _ROUNDED:
            raise ValueError("the probabilities of an attribute sum to at most 1")
        return self

    @property
    def known(self) -> bool:
        """Whether a rule may listen to this attribute."""
        return self.value != UNKNOWN


def _unwrap_distribution(given: Any) -> Any:
    """Accept `{"value": {shape: p}}` beside the bare map, and nothing at all for `unknown`."""
    if isinstance(given, dict) and isinstance(given.get("value", 0.0), dict | str | None):
        given = given["value"]
    return {} if given is None or given == UNKNOWN else given


FaceShapes = Annotated[Probabilities, BeforeValidator(_unwrap_distribution)]


class Pose(Contract):
    """Head pose in degrees: roll clockwise, yaw to the viewer's right, pitch upwards; frontal is 0, 0, 0."""

    roll: float
    yaw: float
    pitch: float


class Box(Contract):
    """An upright rectangle in pixels of the oriented photo, origin at the top left."""

    x: float
    y: float
    width: float
    height: float


class Face(Contract):
    """What perception saw, or what a client states.

    Attributes:
        faceshape: Probability by face shape, largest first; empty when unknown.
        faceshape_noise: Standard deviation of what another photo of the person would say of the likeliest face
            shape; none where a client states the face shape, which is then taken as it is.
        box: Where the face lies.
        image_width: Width of the oriented photo in pixels.
        image_height: Height of the oriented photo in pixels.
        pose: Head pose.
        landmarks: 468 mesh points, x and y as fractions of the photo's width and height, z in units of width.
        irises: Centre x, y and radius of the left and right iris in the same fractions (radius of width).
        faces_seen: How many faces the photo shows; the largest was taken.
        advice: Capture advice.
        models: Name and version of each model that took part.
    """

    # Unlike the other contracts a face accepts keys it does not know: clients send what they have.
    model_config = ConfigDict(extra="ignore")

    faceshape: FaceShapes = Field(default_factory=dict)
    faceshape_noise: float | None = Field(default=None, gt=0.0, le=1.0)
    ratio: Attribute = Attribute()
    jawtype: Attribute = Attribute()
    beard: Attribute = Attribute()
    doublechin: Attribute = Attribute()
    highcheekbones: Attribute = Attribute()
    chubby: Attribute = Attribute()
    eyebrows_thickness: Attribute = Attribute()
    eyebrows_shape: Attribute = Attribute()
    nose_size: Attribute = Attribute()
    eyes_narrow: Attribute = Attribute()
    eyes_iris: Attribute = Attribute()
    forehead: Attribute = Attribute()
    bangs: Attribute = Attribute()
    lips: Attribute = Attribute()
    mustache: Attribute = Attribute()
    bald: Attribute = Attribute()
    hair: Attribute = Attribute()
    skintone: Attribute = Attribute()
    race: Attribute = Attribute()
    paleskin: Attribute = Attribute()
    gender: Attribute = Attribute()

    box: Box | None = None
    image_width: int | None = None
    image_height: int | None = None
    pose: Pose | None = None
    landmarks: tuple[tuple[float, float, float], ...] | None = None
    irises: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    faces_seen: int | None = None
    advice: tuple[Advice, ...] = ()
    models: dict[str, str] = Field(default_factory=dict)

    @field_validator("faceshape", mode="after")
    @classmethod
    def _largest_first(cls, shapes: dict[str, float]) -> dict[str, float]:
        # Ties by name, descending, as the published system sorted its pairs.
        return dict(sorted(shapes.items(), key=lambda pair: (pair[1], pair[0]), reverse=True))

    def attributes(self) -> dict[str, Attribute]:
        """The 21 single-valued attributes by name (face shape is a distribution and stands apart)."""
        return {name: getattr(self, name) for name in ATTRIBUTE_VALUES}
