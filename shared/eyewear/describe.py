"""Between a frame and the 31 + 15 numbers that searches compare.

The conventions are those of the published vectors: one of each group is 1; brow-line, walnut and wayfarer
frames carry their base shape too; thickness is a z-score within its material; the main colour weighs 1, the
second 0.5.
"""

from collections.abc import Sequence
from typing import TypeVar

from shared.contracts.wish import COLOR_FEATURES, SHAPE_FEATURES
from shared.eyewear.proportions import HEIGHT_MM, RIM_MM, WIDTH_MM, sized
from shared.eyewear.spec import (
    FINISHES,
    Bridge,
    Colour,
    Finish,
    FrameSpec,
    Material,
    Nose,
    Rim,
    Shape,
    UpperLine,
)

_Word = TypeVar("_Word", Rim, Material)
Vectors = tuple[tuple[float, ...], tuple[float, ...]]

# The named outlines also count as the shape a shop would file them under.
BASE_SHAPE = {Shape.CLUBMASTER: Shape.OTHER, Shape.WALNUT: Shape.ROUND, Shape.WAYFARER: Shape.RECTANGLE}
_NAMED = tuple(BASE_SHAPE)
_TOP_HEAVY_FROM = 0.25
_SECOND_WEIGHT = 0.5
_YES = 0.5  # a flag counts from here


def describe(spec: FrameSpec) -> Vectors:
    """The 31 shape and 15 colour numbers of a frame, in the order of the wish."""
    return _shape_numbers(spec), _colour_numbers(spec)


def _shape_numbers(spec: FrameSpec) -> tuple[float, ...]:
    on = {
        spec.shape.value,
        BASE_SHAPE.get(spec.shape, spec.shape).value,
        spec.rim.value,
        f"upper_{spec.upper}",
    }
    on |= {
        f"height_{_size_word(spec.total_height, HEIGHT_MM)}",
        f"width_{_size_word(spec.total_width, WIDTH_MM)}",
    }
    on |= {spec.material.value}
    numbers = {name: float(name in on) for name in SHAPE_FEATURES}
    if spec.towards is not None:
        numbers[spec.shape.value] = max(1.0 - spec.mix, 0.5)
        numbers[spec.towards.value] = max(numbers[spec.towards.value], spec.mix)
    numbers["nose_pads"] = float(spec.nose is Nose.PADS)
    numbers["top_heavy"] = float(spec.top_heavy >= _TOP_HEAVY_FROM)
    numbers["angular"] = round(2 * spec.angularity) / 2
    numbers["thick"] = thickness_score(spec)
    numbers["male"] = float(spec.male)
    return tuple(numbers[name] for name in SHAPE_FEATURES)


def _colour_numbers(spec: FrameSpec) -> tuple[float, ...]:
    numbers = dict.fromkeys(COLOR_FEATURES, 0.0)
    numbers[spec.color.value] += 1.0
    numbers[spec.second.value] += _SECOND_WEIGHT
    numbers["colors_differ"] = float(spec.color is not spec.second)
    return tuple(numbers.values())


def _size_word(mm: float, bounds: tuple[float, float]) -> str:
    return "small" if mm < bounds[0] else "large" if mm > bounds[1] else "medium"


def thickness_score(spec: FrameSpec) -> float:
    """How many standard deviations the rim is thicker than the average of its material; rimless -0.9 as published."""
    if spec.rim is Rim.RIMLESS:
        return -0.9
    mean, deviation = RIM_MM[spec.material]
    return ((spec.rim_top + spec.rim_bottom + spec.rim_side) / 3 - mean) / deviation


def from_vectors(shape: Sequence[float], color: Sequence[float], *, seed: int = 0) -> FrameSpec:
    """The frame that such numbers ask for: the strongest of each group, sizes in the middle of their class.

    Args:
        shape: 31 numbers in the order of `SHAPE_FEATURES`.
        color: 15 numbers in the order of `COLOR_FEATURES`.
        seed: Picks finish, bridge and the piece of the sheet.
    """
    value = dict(zip(SHAPE_FEATURES, shape, strict=True))
    tone = dict(zip(COLOR_FEATURES, color, strict=True))
    material = (
        _strongest(value, (Material.PLASTIC, Material.METAL)) if _any_material(value) else Material.WOOD
    )
    main, second = _colours(tone)
    return sized(
        shape=_outline(value),
        rim=_strongest(value, tuple(Rim)),
        upper=UpperLine(_strongest_word(value, "upper_", tuple(UpperLine))),
        material=material,
        color=main,
        second=second,
        male=value["male"] > 0,
        nose=Nose.PADS if value["nose_pads"] >= _YES else Nose.MOULDED,
        angularity=min(1.0, max(0.0, value["angular"])),
        top_heavy=0.5 if value["top_heavy"] >= _YES else 0.1,
        thick=min(3.0, max(-1.5, value["thick"])),
        height=_strongest_word(value, "height_", ("medium", "small", "large")),
        width=_strongest_word(value, "width_", ("medium", "small", "large")),
        bridge=tuple(Bridge)[seed % 2],
        finish=_finish(material, main, second, seed),
        seed=seed,
    )


def _any_material(value: dict[str, float]) -> bool:
    return max(value["plastic"], value["metal"]) > 0


def _outline(value: dict[str, float]) -> Shape:
    named = max(_NAMED, key=lambda s: value[s.value])
    others = tuple(s for s in Shape if s not in _NAMED)
    best = max(others, key=lambda s: value[s.value])
    return named if value[named.value] > 0 and value[named.value] >= value[best.value] - 0.5 else best


def _strongest(value: dict[str, float], words: tuple[_Word, ...]) -> _Word:
    return max(words, key=lambda word: value[word.value])


def _strongest_word(value: dict[str, float], prefix: str, words: Sequence[str]) -> str:
    return str(max(words, key=lambda word: value[prefix + word]))


def _colours(tone: dict[str, float]) -> tuple[Colour, Colour]:
    ranked = sorted(Colour, key=lambda c: -tone[c.value])
    main = ranked[0]
    second = ranked[1] if tone["colors_differ"] >= _YES else main
    return main, second


def _finish(material: Material, main: Colour, second: Colour, seed: int) -> Finish:
    """A finish such colours come in; the seed decides among several."""
    if main is Colour.TRANSPARENT and material is Material.PLASTIC:
        return Finish.CRYSTAL
    if main is Colour.BROWN and material is Material.PLASTIC and seed % 3:
        return Finish.TORTOISE
    if main is not second and material is not Material.WOOD and seed % 2:
        return Finish.TWO_TONE
    return FINISHES[material][0]
