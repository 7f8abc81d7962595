"""Frames drawn at random, in the proportions of real ones, every one of the 46 numbers met often."""

from typing import Any, TypeVar

import numpy as np

from shared.errors import FrameInvalidError
from shared.eyewear.geometry import geometry
from shared.eyewear.proportions import HEIGHT_SHARE, QUANTILES, boxed, rims
from shared.eyewear.shares import (
    ANGULARITY,
    COLOUR_SHARE,
    MATERIAL_SHARE,
    RIM_SHARE,
    SHAPE_SHARE,
    UPPER_ELSE,
    UPPER_SHARE,
)
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

_TRIES = 50
# What metal is called but does not look: it would be silver or mauve. These words are drawn no oftener than shops use them.
_SELDOM = {Material.METAL: frozenset({Colour.TRANSPARENT, Colour.SHINY, Colour.MULTICOLOR})}
_Word = TypeVar("_Word")


def random_spec(rng: np.random.Generator, *, even: float = 0.3) -> FrameSpec:
    """A valid frame of plausible proportions.

    Args:
        rng: Where chance comes from; the same state gives the same frame.
        even: 0 draws words as often as shops sell them, 1 equally often (but for colours that metal only
            seldom is called); in between mixes both.

    Raises:
        FrameInvalidError: Fifty draws in a row could not be made, which has not been seen.
    """
    for _ in range(_TRIES):
        try:
            spec = _draw(rng, even)
            geometry(spec)
        except FrameInvalidError:
            continue
        return spec
    raise FrameInvalidError("No frame of these proportions could be drawn.")


def _pick(
    rng: np.random.Generator, shares: dict[_Word, float], even: float, seldom: frozenset[_Word] = frozenset()
) -> _Word:
    words = list(shares)
    weights = np.array(list(shares.values()))
    level = np.array([word not in seldom for word in words])
    weights = (1 - even) * weights / weights.sum() + even * level / level.sum()
    return words[int(rng.choice(len(words), p=weights))]


def _draw(rng: np.random.Generator, even: float) -> FrameSpec:
    shape = _pick(rng, SHAPE_SHARE, even)
    rim = _pick(rng, RIM_SHARE, even)
    material = _pick(rng, MATERIAL_SHARE, even / 3)
    if rim is not Rim.FULL and _chance(rng, 0.85):
        material = Material.METAL
    return FrameSpec(
        shape=shape,
        rim=rim,
        material=material,
        seed=int(rng.integers(1 << 30)),
        male=_chance(rng, 0.25 if shape is Shape.CAT_EYE else 0.5),
        **_line(rng, shape, even),
        **_sizes(rng, shape, rim, material),
        **_parts(rng, shape, material, rim),
        **_surface(rng, material, even),
    )


def _line(rng: np.random.Generator, shape: Shape, even: float) -> dict[str, Any]:
    upper = dict(zip(UpperLine, UPPER_SHARE.get(shape, UPPER_ELSE), strict=True))
    low, high = ANGULARITY.get(shape, (0.2, 0.8))
    mixes = _chance(rng, 0.25)
    other = tuple(s for s in Shape if s is not shape)
    return {
        "upper": _pick(rng, upper, 0.3 * even),
        "angularity": round(float(rng.uniform(low, high)), 3),
        "top_heavy": round(float(rng.beta(2.2, 2.6)), 3),
        "towards": other[int(rng.integers(len(other)))] if mixes else None,
        "mix": round(float(rng.uniform(0.1, 0.4)), 3) if mixes else 0.0,
    }


def _sizes(rng: np.random.Generator, shape: Shape, rim: Rim, material: Material) -> dict[str, float]:
    width = _width(rng)
    share = np.interp(rng.uniform(0.02, 0.98), (0.0, *QUANTILES, 1.0), _with_tails(HEIGHT_SHARE[shape]))
    rim_mm = rims(material, rim, float(np.clip(rng.normal(0, 1), -2, 2.6)))
    end = rng.uniform(3.5, 7.5) if material is Material.METAL else rng.uniform(1.5, 4.6)
    bridge = float(np.clip(rng.normal(0.128 * width, 1.8), 2 * rim_mm["rim_side"] + 2.5, 26))
    sizes = boxed(width, float(share) * width, (shape, rim, material), (bridge, end), rim_mm)
    return {**rim_mm, **sizes, "temple_length": float(rng.choice((135, 140, 145, 150)))}


def _width(rng: np.random.Generator) -> float:
    """Mostly medium; one frame in six small or large, more than shops keep, so that both are learnt."""
    ranges = ((116.0, 128.0), (147.0, 156.0))
    if _chance(rng, 0.16):
        return float(rng.uniform(*ranges[int(rng.integers(2))]))
    return float(rng.normal(138, 4.2))


def _chance(rng: np.random.Generator, share: float) -> bool:
    return bool(rng.random() < share)


def _with_tails(q: tuple[float, ...]) -> tuple[float, ...]:
    return (q[0] - 0.05, *q, q[-1] + 0.03)


def _parts(rng: np.random.Generator, shape: Shape, material: Material, rim: Rim) -> dict[str, Any]:
    wire = material is Material.METAL or rim is Rim.RIMLESS or shape is Shape.CLUBMASTER
    double = 0.55 if shape is Shape.AVIATOR else 0.06 if wire else 0.02
    bridge = {Bridge.SADDLE: 0.66, Bridge.KEYHOLE: 0.0 if wire else 0.28, Bridge.DOUBLE: double}
    pads = _chance(rng, 0.92 if wire else 0.15)
    return {"bridge": _pick(rng, bridge, 0.0), "nose": Nose.PADS if pads else Nose.MOULDED}


def _surface(rng: np.random.Generator, material: Material, even: float) -> dict[str, Any]:
    seldom = _SELDOM.get(material, frozenset())
    main = _pick(rng, COLOUR_SHARE[material], even, seldom)
    differs = _chance(rng, 0.36)
    second = _pick(rng, COLOUR_SHARE[material], even, seldom) if differs else main
    tinted = _chance(rng, 0.12)
    tints = (Colour.GREY, Colour.BLACK, Colour.BROWN, Colour.GREEN, Colour.BLUE, Colour.PINK, Colour.GOLD)
    return {
        "color": main,
        "second": second,
        "finish": _finish(rng, material, main, second),
        "shade": round(float(np.clip(rng.normal(0, 0.35), -1, 1)), 3),
        "lens_tint": tints[int(rng.integers(len(tints)))] if tinted else None,
        "tint_density": round(float(rng.uniform(0.3, 0.95)), 3),
        "tint_gradient": _chance(rng, 0.4),
    }


def _finish(rng: np.random.Generator, material: Material, main: Colour, second: Colour) -> Finish:
    if material is Material.METAL:
        painted = main not in (Colour.GOLD, Colour.SILVER, Colour.GREY, Colour.PINK, Colour.SHINY)
        shares = {
            Finish.PLAIN: 0.5,
            Finish.BRUSHED: 0.2,
            Finish.PAINTED: 0.9 if painted else 0.0,
            Finish.TWO_TONE: 0.0,
        }
        shares[Finish.TWO_TONE] = 0.5 if main is not second else 0.0
        return _pick(rng, shares, 0.0)
    if material is Material.PLASTIC:
        if main is Colour.MULTICOLOR:
            return Finish.TORTOISE  # any other of its finishes is one plain blue
        shares = {
            Finish.PLAIN: 0.6,
            Finish.TORTOISE: 1.6 if main is Colour.BROWN else 0.06,
            Finish.CRYSTAL: 20.0 if main is Colour.TRANSPARENT else 0.16,
            Finish.GRADIENT: 0.12,
            Finish.TWO_TONE: 0.45 if main is not second else 0.0,
        }
        return _pick(rng, shares, 0.0)
    return FINISHES[material][0]
