"""What the catalogue and the generator answer to a wish."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.contracts.base import Contract
from shared.contracts.wish import COLOR_FEATURES, SHAPE_FEATURES


class Strategy(StrEnum):
    """How a frame is scored against a wish: `balanced` is ours, the other names are the published ones."""

    BALANCED = "balanced"
    STANDART = "standart"
    FACTORIZED = "factorized"
    FACTORIZED_PLUS = "factorized_plus"
    COLOR_ONLY = "color_only"
    SHAPE_ONLY = "shape_only"
    MOST_POPULAR = "most_popular"


ShapeName = Literal["rectangle", "square", "oval", "round", "aviator", "cat_eye", "other_shape", "clubmaster",
                    "walnut", "wayfarer"]  # fmt: skip
RimName = Literal["full_rim", "semi_rim", "rimless"]
MaterialName = Literal["plastic", "metal"]
ColorName = Literal["black", "brown", "gold", "blue", "silver", "red", "green", "purple", "grey", "transparent",
                    "pink", "white", "multicolor"]  # fmt: skip
GenderName = Literal["female", "male", "unisex", "any"]
Price = Annotated[float, Field(ge=0, le=1e9)]
Millimetres = Annotated[float, Field(ge=0, le=1000)]
Brand = Annotated[str, Field(min_length=1, max_length=100)]


class Filters(Contract):
    """What a frame must be to be shown at all; what is not given does not filter.

    A frame of which the catalogue does not tell a thing (no price, say) does not pass a filter of that thing.

    Attributes:
        gender: Whose frames instead of those of the wish: `female` and `male` include unisex frames.
        price_min: Lowest price, in the catalogue's currency.
        price_max: Highest price.
        brands: Any of these, whatever the case of the letters.
        materials: Any of these; likewise `rims`, `colors` (of the front's main colour) and `shapes`.
        lens_width_min: Narrowest lens in mm.
        lens_width_max: Widest lens in mm.
        in_stock: Only what the shop says it has.
    """

    gender: GenderName | None = None
    price_min: Price | None = None
    price_max: Price | None = None
    brands: tuple[Brand, ...] = Field(default=(), max_length=100)
    materials: tuple[MaterialName, ...] = Field(default=(), max_length=10)
    rims: tuple[RimName, ...] = Field(default=(), max_length=10)
    colors: tuple[ColorName, ...] = Field(default=(), max_length=20)
    shapes: tuple[ShapeName, ...] = Field(default=(), max_length=20)
    lens_width_min: Millimetres | None = None
    lens_width_max: Millimetres | None = None
    in_stock: bool = False

    @model_validator(mode="after")
    def _ranges_are_not_empty(self) -> Self:
        for name in ("price", "lens_width"):
            least, most = getattr(self, f"{name}_min"), getattr(self, f"{name}_max")
            if least is not None and most is not None and least > most:
                raise ValueError(f"{name}_min is above {name}_max")
        return self


def _features(known: tuple[str, ...]) -> AfterValidator:
    def check(given: dict[str, float]) -> dict[str, float]:
        if strange := sorted(set(given) - set(known)):
            raise ValueError(f"{strange[0]!r} is none of {', '.join(known)}")
        return given

    return AfterValidator(check)


Weight = Annotated[float, Field(ge=-1, le=1)]


class Preferences(Contract):
    """What the shopper likes, added to what the rules wish.

    Attributes:
        shapes: By shape feature (any of `SHAPE_FEATURES` but `male`), −1 (never) to 1: at 1 the feature is wanted at
            least as much as what the rules want most in its block, at −1 as little as what they want least.
        colors: The same by colour feature.
        weight: Of colour against shape: 0 looks at shape alone, 1 at colour alone, 0.5 as the strategy does.
            Only `balanced` can weigh; the published strategies are as they are.
    """

    shapes: Annotated[dict[str, Weight], _features(SHAPE_FEATURES[:30])] = Field(default_factory=dict)
    colors: Annotated[dict[str, Weight], _features(COLOR_FEATURES)] = Field(default_factory=dict)
    weight: float = Field(default=0.5, ge=0, le=1)


class Fit(Contract):
    """How a frame fits the wish in one block of features.

    Attributes:
        block: `shape`, `rim`, `height`, `width`, `nose_pads`, `top_heavy`, `angular`, `thick`, `upper_line`,
            `material` or `color`.
        fit: 0 (the least wanted) to 1 (the most wanted of its block).
        weight: How much the block counts, 0 to 1; all blocks sum to 1.
        wanted: The features wanted most, best first; none where little of the block's only feature is wanted.
        has: The features the frame has, the most of it first.
    """

    block: str
    fit: float
    weight: float
    wanted: tuple[str, ...]
    has: tuple[str, ...]


class Why(Contract):
    """Why a frame is where it is.

    Attributes:
        text: A sentence or two in the asked language.
        matched: Blocks in which it is what was wished, most important first.
        missed: Blocks in which it is not.
    """

    text: str
    matched: tuple[Fit, ...] = ()
    missed: tuple[Fit, ...] = ()


class WhyNot(Contract):
    """Why a frame is not among those shown.

    Attributes:
        frame: Its id.
        shown: Its rank where it is shown after all, itself or as a colour variant of what is shown.
        excluded: The filters it does not pass, by name.
        score: What the strategy gives it; nothing for `most_popular`, which does not look at the wish.
        least: The score of the last frame shown.
        why: What it matches and misses.
        text: The answer in a sentence or two, in the asked language.
    """

    frame: str
    shown: int | None = None
    excluded: tuple[str, ...] = ()
    score: float | None = None
    least: float | None = None
    why: Why
    text: str


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
        why: What it matches and misses of the wish.
        variants: Ids of the other colours of the same model, best first; they take no place of their own.
    """

    rank: int = Field(ge=1)
    frame: str
    row: int = Field(ge=0)
    score: float
    name: str = ""
    gender: str = ""
    details: dict[str, str | bool | int | float | None] = Field(default_factory=dict)
    image_url: str | None = None
    why: Why | None = None
    variants: tuple[str, ...] = ()


class Matches(Contract):
    """What the search stage hands on.

    Attributes:
        catalogue: Name of the catalogue searched.
        catalogue_version: Content hash of its snapshot.
        strategy: How frames were scored.
        gender: Whose frames were searched.
        matches: Best first.
        reason: Why there are none, where there are none.
        others: What further strategies found, in the order they were asked for.
    """

    catalogue: str
    catalogue_version: str
    strategy: Strategy
    gender: str
    matches: tuple[Match, ...]
    reason: str | None = None
    others: tuple["Matches", ...] = ()


class DesignStatus(StrEnum):
    """How the generation ended; everything but `drawn` leaves the job without a design, not without a result."""

    DRAWN = "drawn"
    NOT_INSTALLED = "not installed"
    NOT_ASKED = "not asked"
    FAILED = "failed"


class Reading(Contract):
    """What a tagger reads from a drawing in one group of words, beside what was asked for.

    Attributes:
        group: `shape`, `rim`, `height`, `width`, `upper`, `material`, `color` or `nose`.
        asked: The word asked for.
        seen: The word read.
        confidence: Of the word read, 0 to 1.
    """

    group: str
    asked: str
    seen: str
    confidence: float = Field(ge=0, le=1)


class Design(Contract):
    """A generated frame, or several.

    Attributes:
        status: How the generation ended.
        seed: Repeats the drawing.
        images: Names of the images in the blob store (RGBA PNG, transparent ground), the first asked first.
        readings: For each image, what the tagger reads from it; empty where no tagger is installed.
        width_mm: For each image, the total width of its front, as `try_on` takes it.
        mm_per_pixel: Scale of the images.
        reason: Why there is no design, where there is none.
        model: Name and version of the generator.
    """

    status: DesignStatus
    seed: int | None = None
    images: tuple[str, ...] = ()
    readings: tuple[tuple[Reading, ...], ...] = ()
    width_mm: tuple[float, ...] = ()
    mm_per_pixel: float | None = None
    reason: str | None = None
    model: str | None = None
