"""What a frame is: the numbers an optician would print on it and the words a shop would use."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.contracts.base import Contract
from shared.errors import FrameInvalidError

# The drawing shows this much of the world, so that a large frame looks large: width and height in mm.
CANVAS_MM = (160.0, 80.0)


class Shape(StrEnum):
    """Lens outline. `walnut` is the rounded, top-full outline also sold as panto."""

    RECTANGLE = "rectangle"
    SQUARE = "square"
    OVAL = "oval"
    ROUND = "round"
    AVIATOR = "aviator"
    CAT_EYE = "cat_eye"
    OTHER = "other_shape"
    CLUBMASTER = "clubmaster"
    WALNUT = "walnut"
    WAYFARER = "wayfarer"


class Rim(StrEnum):
    """How far the rim goes round: all, above with nylon below, or nowhere (drilled lenses)."""

    FULL = "full_rim"
    SEMI = "semi_rim"
    RIMLESS = "rimless"


class Bridge(StrEnum):
    """How the two sides are joined."""

    SADDLE = "saddle"
    KEYHOLE = "keyhole"
    DOUBLE = "double"


class Nose(StrEnum):
    """What rests on the nose: pads on wire arms, or a nose moulded into the front."""

    PADS = "pads"
    MOULDED = "moulded"


class UpperLine(StrEnum):
    """The run of the upper rim, in the words the rules use for eyebrows."""

    FLAT = "flat"
    ROUND = "round"
    SMOOTHED = "smoothed"
    ROOF = "roof"
    ANGRY = "angry"


class Material(StrEnum):
    """What the front is made of."""

    PLASTIC = "plastic"
    METAL = "metal"
    WOOD = "wood"


class Finish(StrEnum):
    """The surface. Acetate: all but `brushed`; metal: plain (polished), brushed, painted, two_tone; wood: plain."""

    PLAIN = "plain"
    TORTOISE = "tortoise"
    GRADIENT = "gradient"
    TWO_TONE = "two_tone"
    CRYSTAL = "crystal"
    BRUSHED = "brushed"
    PAINTED = "painted"


class Colour(StrEnum):
    """The colour words of the wish vector."""

    BLACK = "black"
    BROWN = "brown"
    GOLD = "gold"
    BLUE = "blue"
    SILVER = "silver"
    RED = "red"
    GREEN = "green"
    PURPLE = "purple"
    GREY = "grey"
    TRANSPARENT = "transparent"
    PINK = "pink"
    SHINY = "shiny"
    WHITE = "white"
    MULTICOLOR = "multicolor"


FINISHES = {
    Material.PLASTIC: (Finish.PLAIN, Finish.TORTOISE, Finish.GRADIENT, Finish.TWO_TONE, Finish.CRYSTAL),
    Material.METAL: (Finish.PLAIN, Finish.BRUSHED, Finish.PAINTED, Finish.TWO_TONE),
    Material.WOOD: (Finish.PLAIN,),
}

Unit = Annotated[float, Field(ge=0.0, le=1.0)]


class FrameSpec(Contract):
    """One frame, all lengths in millimetres.

    Attributes:
        shape: Lens outline.
        towards: A second outline the first is mixed with.
        mix: Share of the second outline, 0 to 1.
        rim: How far the rim goes round.
        bridge: How the two sides are joined.
        nose: What rests on the nose.
        upper: The run of the upper line.
        angularity: 0 softens every corner, 1 sharpens it; 0.5 leaves the outline as its shape has it.
        top_heavy: 0 is as wide below as above; 1 carries nearly all width in the upper half.
        lens_width: Boxed lens width (the first number printed on a temple).
        lens_height: Boxed lens height.
        bridge_width: Least distance between the lenses (the second number).
        temple_length: Hinge to tip along the temple (the third number).
        rim_top: Rim thickness seen from the front, above the lens.
        rim_bottom: The same below the lens.
        rim_side: The same at both sides.
        end_piece: How far the end piece reaches beyond the rim.
        material: What the front is made of.
        finish: Its surface.
        color: Main colour.
        second: Second colour: temples, two-tone lower half, gradient's end.
        shade: -1 darkest to 1 lightest variant of the colour.
        lens_tint: Colour of the lenses; none is clear.
        tint_density: 0 clear to 1 nearly opaque.
        tint_gradient: Whether the tint fades downwards.
        male: Whether it is sold as a men's frame; changes no line of the drawing.
        seed: Which piece of the sheet a tortoise or wood front was cut from.
    """

    shape: Shape = Shape.RECTANGLE
    towards: Shape | None = None
    mix: Unit = 0.0
    rim: Rim = Rim.FULL
    bridge: Bridge = Bridge.SADDLE
    nose: Nose = Nose.MOULDED
    upper: UpperLine = UpperLine.SMOOTHED
    angularity: Unit = 0.5
    top_heavy: Unit = 0.3
    lens_width: float = 52.0
    lens_height: float = 36.0
    bridge_width: float = 18.0
    temple_length: float = 145.0
    rim_top: float = 4.0
    rim_bottom: float = 2.8
    rim_side: float = 3.2
    end_piece: float = 4.0
    material: Material = Material.PLASTIC
    finish: Finish = Finish.PLAIN
    color: Colour = Colour.BLACK
    second: Colour = Colour.BLACK
    shade: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    lens_tint: Colour | None = None
    tint_density: Unit = 0.6
    tint_gradient: bool = False
    male: bool = False
    seed: Annotated[int, Field(ge=0)] = 0

    @property
    def size(self) -> str:
        """Lens width, bridge and temple as printed on a real frame, e.g. `52□18-145`."""
        return f"{self.lens_width:.0f}□{self.bridge_width:.0f}-{self.temple_length:.0f}"

    @property
    def side_reach(self) -> float:
        """How far the front reaches beyond the lens box at each side, in mm."""
        return self.end_piece + (0.0 if self.rim is Rim.RIMLESS else self.rim_side)

    @property
    def total_width(self) -> float:
        """Width of the whole front in mm."""
        return 2 * self.lens_width + self.bridge_width + 2 * self.side_reach

    @property
    def total_height(self) -> float:
        """Height of the rims in mm (a winged end piece may stand above)."""
        return self.lens_height + (0.0 if self.rim is Rim.RIMLESS else self.rim_top + self.rim_bottom)

    @property
    def is_browline(self) -> bool:
        """Whether the front is a brow of one material on a wire of another."""
        return self.shape is Shape.CLUBMASTER and self.rim is not Rim.RIMLESS

    @property
    def is_wire(self) -> bool:
        """Whether bridge and mounts are metal wire."""
        return self.material is Material.METAL or self.rim is Rim.RIMLESS or self.is_browline

    @property
    def has_solid(self) -> bool:
        """Whether any part of the front is acetate or wood (a metal brow-line's brow is acetate)."""
        return self.rim is not Rim.RIMLESS and (self.material is not Material.METAL or self.is_browline)

    @model_validator(mode="after")
    def _plausible(self) -> Self:
        for name, low, high in _LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise FrameInvalidError(
                    f"{name} is {value:g} mm; frames have {low:g} to {high:g} mm.", field=name
                )
        check_proportions(self)
        return self


_NARROWEST = 90.0  # mm, a toddler's frame
# Outside these no such part is made (adult and children's frames together).
_LIMITS = (
    ("lens_width", 30.0, 68.0),
    ("lens_height", 16.0, 64.0),
    ("bridge_width", 8.0, 30.0),
    ("temple_length", 100.0, 170.0),
    ("rim_top", 0.6, 14.0),
    ("rim_bottom", 0.6, 10.0),
    ("rim_side", 0.6, 10.0),
    ("end_piece", 0.5, 14.0),
)


def check_proportions(spec: FrameSpec) -> None:
    """Refuse what no workshop could make.

    Raises:
        FrameInvalidError: A part does not fit another, or the material has no such finish.
    """
    if spec.lens_height > 1.25 * spec.lens_width:
        raise FrameInvalidError("The lens is far higher than wide.", field="lens_height")
    if spec.rim_top + spec.rim_bottom > 0.75 * spec.lens_height or spec.rim_side > 0.25 * spec.lens_width:
        raise FrameInvalidError("The rim is thicker than the lens leaves room for.", field="rim_top")
    if spec.rim is not Rim.RIMLESS and 2 * spec.rim_side > spec.bridge_width - 0.5:
        raise FrameInvalidError("The two rims would cross at the bridge.", field="rim_side")
    if spec.total_width > CANVAS_MM[0] - 2 or spec.total_width < _NARROWEST:
        raise FrameInvalidError(
            f"The front is {spec.total_width:g} mm wide; frames have 90 to 158.", field="lens_width"
        )
    if spec.finish not in FINISHES[spec.material]:
        raise FrameInvalidError(f"{spec.material} is not made {spec.finish}.", field="finish")
