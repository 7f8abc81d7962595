"""What this API answers, as models: the description of the API is made of these."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts import Job


class Answer(BaseModel):
    """Built by us and only ever written."""

    model_config = ConfigDict(extra="allow")


class Links(Answer):
    """Where to go on; each a path of this service."""


class JobView(Job):
    """A job, with links; capture advice carries its sentence."""

    links: dict[str, str]


class FrameView(Answer):
    """A frame of a catalogue.

    Attributes:
        id: Unique in its catalogue.
        name: What a shopper reads.
        gender: `female`, `male` or `unisex`.
        details: Shape, rim, material, colours, sizes, price and whatever else the catalogue tells.
        image_url: The shop's own picture, where there is one.
        links: Its picture and its like.
    """

    id: str
    name: str
    gender: str
    details: dict[str, Any]
    image_url: str | None = None
    links: dict[str, str]


class FramePage(Answer):
    """A page of frames, in order of id.

    Attributes:
        catalogue: Its name.
        catalogue_version: Content hash of its snapshot.
        total: How many frames the filters leave.
        facets: By facet and value, how many of these.
        frames: This page.
        next: The next page, where there is one.
    """

    catalogue: str
    catalogue_version: str
    total: int
    facets: dict[str, dict[str, int]]
    frames: list[FrameView]
    next: str | None = None


class SimilarFrame(FrameView):
    """A frame, and how like it is: 1 is the same to the search."""

    similarity: float = Field(ge=-1.001, le=1.001)


class SimilarFrames(Answer):
    """Frames like one, best first; of the same gender, other colours of the same model left out."""

    catalogue: str
    catalogue_version: str
    frames: list[SimilarFrame]


class StrategyView(Answer):
    """A way to score frames."""

    name: str
    looks_at: str


class Strategies(Answer):
    """The ways to score frames, and the one taken when none is named."""

    default: str
    strategies: list[StrategyView]


class Attributes(Answer):
    """What may be stated of a face, and what a frame may be asked to be.

    Attributes:
        face: Legal values by attribute; `race` takes any word; every attribute may be `unknown`.
        face_shapes: Names of the distribution `faceshape`.
        shape_features: The 31 names of a wish's shape numbers, in order.
        color_features: The 15 names of its colour numbers, in order.
        filters: Legal values of the filters that have some.
        languages: Of reasons and advice.
    """

    face: dict[str, list[str]]
    face_shapes: list[str]
    shape_features: list[str]
    color_features: list[str]
    filters: dict[str, list[str]]
    languages: list[str]


class Rules(Answer):
    """The rule set in force.

    Attributes:
        version: Of every result it shaped, as its provenance says.
        rules: As their files say them, in the order they are applied.
    """

    version: str
    rules: list[dict[str, Any]]


class Home(Answer):
    """Where everything begins."""

    name: str
    version: str
    links: dict[str, str]


class Health(Answer):
    """Whether it is well, and what was asked to know."""

    status: str
