"""What the catalogue and the generator answer to a wish."""

from enum import StrEnum

from pydantic import Field

from shared.contracts.base import Contract


class Strategy(StrEnum):
    """How a frame is scored against a wish; the names are the published ones."""

    STANDART = "standart"
    FACTORIZED = "factorized"
    FACTORIZED_PLUS = "factorized_plus"
    COLOR_ONLY = "color_only"
    SHAPE_ONLY = "shape_only"
    MOST_POPULAR = "most_popular"


class Match(Contract):
    """A frame with its score.

    Attributes:
        rank: 1 is best.
        frame: The frame's id in its catalogue.
        row: Its position in the imported table, from 0.
        score: Larger is better; the range depends on the strategy.
        name: What a shopper reads.
        gender: `female`, `male` or `unisex`.
        details: Shape, rim, material, colours, price and whatever else the catalogue tells.
        image_url: The shop's picture, where the catalogue has one.
    """

    rank: int = Field(ge=1)
    frame: str
    row: int = Field(ge=0)
    score: float
    name: str = ""
    gender: str = ""
    details: dict[str, str | bool | int | float | None] = Field(default_factory=dict)
    image_url: str | None = None


class Matches(Contract):
    """What the search stage hands on.

    Attributes:
        catalogue: Name of the catalogue searched.
        catalogue_version: Content hash of its snapshot.
        strategy: How frames were scored.
        gender: Whose frames were searched.
        matches: Best first.
    """

    catalogue: str
    catalogue_version: str
    strategy: Strategy
    gender: str
    matches: tuple[Match, ...]


class DesignStatus(StrEnum):
    """How the generation ended; everything but `drawn` leaves the job without a design, not without a result."""

    DRAWN = "drawn"
    NOT_INSTALLED = "not installed"
    NOT_ASKED = "not asked"
    FAILED = "failed"


class Design(Contract):
    """A generated frame.

    Attributes:
        status: How the generation ended.
        seed: Repeats the drawing.
        images: Names of the images in the blob store, best first.
        reason: Why there is no design, where there is none.
        model: Name and version of the generator.
    """

    status: DesignStatus
    seed: int | None = None
    images: tuple[str, ...] = ()
    reason: str | None = None
    model: str | None = None
