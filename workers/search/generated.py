"""The default catalogue: 10,080 frames in 3,360 models, generated from a fixed seed, each one drawable.

Shares of shapes, rims, materials, genders and colours are those of 8,521 real frames (the published catalogue). Only
integers are drawn, and sums, products and quotients made of them, so every machine writes the same bytes. Sizes are
in millimetres, as printed on a frame.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from shared.errors import FrameInvalidError
from shared.eyewear.describe import describe
from shared.eyewear.proportions import HEIGHT_SHARE, QUANTILES, boxed, rims
from shared.eyewear.shares import ANGULARITY, COLOUR_SHARE, SHAPE_SHARE, UPPER_ELSE, UPPER_SHARE
from shared.eyewear.spec import Bridge, Colour, Finish, FrameSpec, Material, Nose, Rim, Shape, UpperLine
from workers.search.importing.writer import FrameRow, write
from workers.search.names import COLOURWAYS, MAKERS, WORDS, Maker

DEFAULT = "default"
_SEED = 20_200_601
_MODELS = 3_360
_VARIANTS = 3
_PER_MAKER = _MODELS // len(MAKERS)

_Word = TypeVar("_Word")
_Rng = np.random.Generator

_RIMS = {Rim.FULL: 870, Rim.RIMLESS: 100, Rim.SEMI: 30}
# Women's share of a shape against their share of all, and of a colour, per mille (published catalogue).
_WOMENS_SHAPE = {Shape.CAT_EYE: 970, Shape.SQUARE: 300, Shape.AVIATOR: 200, Shape.RECTANGLE: 490}
_WOMENS_COLOUR = {Colour.PINK: 6, Colour.PURPLE: 5, Colour.RED: 5, Colour.WHITE: 3, Colour.MULTICOLOR: 2}
_MENS_COLOUR = {Colour.SILVER: 2, Colour.GREY: 2, Colour.GREEN: 2}
_TINTS = {Colour.GREY: 34, Colour.BROWN: 24, Colour.GREEN: 20, Colour.BLUE: 8, Colour.BLACK: 8, Colour.PINK: 3,
          Colour.GOLD: 3}  # fmt: skip
_WARM = (Colour.BROWN, Colour.GOLD, Colour.MULTICOLOR, Colour.BLACK, Colour.GREEN, Colour.RED)
_METALLIC = (Colour.GOLD, Colour.SILVER, Colour.GREY, Colour.PINK, Colour.SHINY)
_SURCHARGE = {Material.PLASTIC: 0, Material.METAL: 20, Material.WOOD: 90}
_BARRED = (Shape.SQUARE, Shape.RECTANGLE, Shape.ROUND, Shape.WALNUT)  # these, too, come with a double bridge
_UNPAINTED = (Colour.TRANSPARENT, Colour.MULTICOLOR)  # no colours of wire
_TRIES = 40


def build_default(data_dir: Path) -> str:
    """Write the default catalogue and put it in force.

    Returns:
        Its version, the same on every machine.
    """
    return write(data_dir, DEFAULT, generate(), f"generated, seed {_SEED}")


def generate() -> list[FrameRow]:
    """All frames; variants of one model follow each other."""
    rng = np.random.Generator(np.random.PCG64(_SEED))
    frames: list[FrameRow] = []
    for maker in MAKERS:
        names = _names(rng, maker)
        for name in names:
            frames.extend(_variants(rng, maker, name, len(frames)))
    return frames


def _names(rng: _Rng, maker: Maker) -> list[str]:
    """What a maker calls its models: each name once."""
    if maker.code:
        numbers = rng.permutation(900)[:_PER_MAKER] * 10 + 1000
        return [f"{maker.code} {number}" for number in sorted(numbers.tolist())]
    return sorted(WORDS[place] for place in rng.permutation(len(WORDS))[:_PER_MAKER].tolist())


def _variants(rng: _Rng, maker: Maker, name: str, row: int) -> list[FrameRow]:
    """One model in three colours."""
    shared, price = _model(rng, maker)
    material = shared["material"]
    palette = _palette(material, male=shared["male"])
    made: list[FrameRow] = []
    for number in range(_VARIANTS):
        look = _look(rng, material, palette, tinted=shared["lens_tint"] is not None)
        palette.pop(look["color"])  # each colour of a model once
        spec = FrameSpec(**{**shared, **look})
        made.append(_frame(rng, maker, name, number, (spec, row + number, price)))
    return made


def _model(rng: _Rng, maker: Maker) -> tuple[dict[str, Any], int]:
    """What the colour variants of one model share, and what each costs."""
    for _ in range(_TRIES):
        made = _drawn(rng, maker)
        try:
            FrameSpec(**made)
        except FrameInvalidError:
            continue
        dear = _SURCHARGE[made["material"]] + (40 if made["rim"] is Rim.RIMLESS else 0)
        dear += 30 if made["lens_tint"] is not None else 0
        return made, maker.price + dear + 10 * (_drop(rng, 8) + _drop(rng, 8))
    raise AssertionError("unreachable: one model in a hundred has to be drawn again")


def _drawn(rng: _Rng, maker: Maker) -> dict[str, Any]:
    shape = _pick(rng, _thousandths(SHAPE_SHARE))
    rim = _pick(rng, _RIMS)
    material = Material.METAL if rim is not Rim.FULL else _material(rng, maker)
    wire = material is Material.METAL or shape is Shape.CLUBMASTER
    women = _WOMENS_SHAPE.get(shape, 600)
    women += women * (1000 - women) // 1000 * (maker.women - 560) // 250
    male = not _chance(rng, women)
    low, high = ANGULARITY.get(shape, (0.2, 0.8))
    upper = _thousandths(dict(zip(UpperLine, UPPER_SHARE.get(shape, UPPER_ELSE), strict=True)))
    if rim is Rim.RIMLESS:
        # Where the line rises outwards, a wire bridge between bare lenses would find nothing to hold.
        upper = {
            line: share for line, share in upper.items() if line not in (UpperLine.ANGRY, UpperLine.ROOF)
        }
    return {
        "shape": shape,
        "rim": rim,
        "material": material,
        "male": male,
        "upper": _pick(rng, upper),
        "angularity": round(low + (high - low) * _drop(rng, 101) / 100, 3),
        "top_heavy": (12 + _drop(rng, 30) + _drop(rng, 40)) / 100,
        "bridge": _bridge(rng, shape, wire=wire),
        "nose": Nose.PADS if _chance(rng, 930 if wire else 140) else Nose.MOULDED,
        "lens_tint": _pick(rng, _TINTS) if _chance(rng, 110) else None,
        "tint_density": (45 + _drop(rng, 50)) / 100,
        "tint_gradient": _chance(rng, 400),
        "temple_length": float(
            _pick(rng, {135: 15, 140: 40, 145: 35, 150: 10} if not male else {140: 25, 145: 50, 150: 25})
        ),
        **_sizes(rng, (shape, rim, material), male=male),
    }


def _material(rng: _Rng, maker: Maker) -> Material:
    """So that half of all are plastic: what is not full rim is wire anyway."""
    if _chance(rng, 12):
        return Material.WOOD
    return Material.METAL if _chance(rng, maker.metal * 880 // 1000) else Material.PLASTIC


def _bridge(rng: _Rng, shape: Shape, *, wire: bool) -> Bridge:
    barred = 550 if shape is Shape.AVIATOR else 50 if shape in _BARRED else 0
    if _chance(rng, barred):
        return Bridge.DOUBLE
    return Bridge.KEYHOLE if not wire and _chance(rng, 280) else Bridge.SADDLE


def _sizes(rng: _Rng, words: tuple[Shape, Rim, Material], *, male: bool) -> dict[str, float]:
    """A front as wide as such are, whole millimetres where they are printed."""
    shape, rim, material = words
    width = (139.0 if male else 135.0) + _around(rng, 8) / 10 * 10 + _around(rng, 9) / 10
    share = float(np.interp((3 + _drop(rng, 95)) / 100, QUANTILES, HEIGHT_SHARE[shape]))
    rim_mm = rims(material, rim, max(-16, min(24, _around(rng, 22))) / 10)
    end = (38 + _drop(rng, 34) if material is Material.METAL else 18 + _drop(rng, 26)) / 10
    bridge = max(0.128 * width + _around(rng, 40) / 10, 2 * rim_mm["rim_side"] + 3)
    made = boxed(width, share * width, words, (min(bridge, 23.0), end), rim_mm)
    lens, between = float(round(made["lens_width"])), float(round(made["bridge_width"]))
    moved = made["lens_width"] - lens + (made["bridge_width"] - between) / 2  # the end pieces keep the width
    made |= {
        "lens_width": lens,
        "bridge_width": between,
        "end_piece": round(max(0.8, made["end_piece"] + moved), 1),
    }
    return {**rim_mm, **made, "lens_height": round(min(made["lens_height"], 1.2 * lens), 1)}


def _palette(material: Material, *, male: bool) -> dict[Colour, int]:
    """How often such frames come in each colour."""
    more, less = (_MENS_COLOUR, _WOMENS_COLOUR) if male else (_WOMENS_COLOUR, _MENS_COLOUR)
    shares = _thousandths(COLOUR_SHARE[material])
    shares[Colour.BLACK] *= 2  # a model has it once, however well it sells
    if material is Material.METAL:
        shares = {colour: share for colour, share in shares.items() if colour not in _UNPAINTED}
    return {c: max(1, share * (1 + more.get(c, 1)) // (1 + less.get(c, 1))) for c, share in shares.items()}


def _look(rng: _Rng, material: Material, palette: Mapping[Colour, int], *, tinted: bool) -> dict[str, Any]:
    """One colour of those not used yet, and the finish it comes in."""
    main = _pick(rng, palette)
    second = main if _chance(rng, 640) else _second(rng, main, palette)
    look = {
        "color": main,
        "second": second,
        "finish": _finish(rng, material, main, second),
        "shade": (_around(rng, 60) + _around(rng, 20)) / 100,
        "seed": _drop(rng, 1 << 30),
    }
    if tinted and _chance(rng, 330):
        look["lens_tint"] = Colour.BROWN if main in _WARM else Colour.GREY
    return look


def _second(rng: _Rng, main: Colour, palette: Mapping[Colour, int]) -> Colour:
    """What goes with the main colour: gold with warm ones, silver with cool ones, else any."""
    if main not in _METALLIC and _chance(rng, 450):
        return Colour.GOLD if main in _WARM else Colour.SILVER
    return _pick(rng, palette)


def _finish(rng: _Rng, material: Material, main: Colour, second: Colour) -> Finish:
    two = 45 if main is not second else 0
    if material is Material.METAL:
        bare = main in _METALLIC
        return _pick(rng, {Finish.PLAIN: 50 if bare else 14, Finish.BRUSHED: 22 if bare else 8,
                           Finish.PAINTED: 0 if bare else 80, Finish.TWO_TONE: two})  # fmt: skip
    if material is Material.WOOD:
        return Finish.PLAIN
    if main is Colour.TRANSPARENT:
        return Finish.CRYSTAL
    mottled = 150 if main in (Colour.BROWN, Colour.MULTICOLOR) else 3
    return _pick(rng, {Finish.PLAIN: 60, Finish.TORTOISE: mottled, Finish.CRYSTAL: 14, Finish.GRADIENT: 9,
                       Finish.TWO_TONE: two // 2})  # fmt: skip


def _frame(rng: _Rng, maker: Maker, name: str, number: int, made: tuple[FrameSpec, int, int]) -> FrameRow:
    spec, row, price = made
    shape, color = describe(spec)
    model = f"{maker.name} {name}"
    return FrameRow(
        id=f"{''.join(c if c.isalnum() else '-' for c in model.lower()).replace('---', '-')}-{number + 1}",
        row=row,
        shape=shape,
        color=color,
        name=f"{model} {_colourway(spec)}",
        gender="male" if spec.male else "female",
        details=_details(spec)
        | {
            "brand": maker.name,
            "model": model,
            "price": price,
            "currency": "EUR",
            "in_stock": _chance(rng, 930),
        },
        popularity=float(_drop(rng, 32) * _drop(rng, 32) * _drop(rng, 32) // 64),
        spec=spec.model_dump(mode="json", exclude_defaults=True),
    )


def _colourway(spec: FrameSpec) -> str:
    main = COLOURWAYS.get((spec.finish.value, spec.color.value))
    if main is None:
        word = (
            "" if spec.finish in (Finish.PLAIN, Finish.TWO_TONE, Finish.PAINTED) else f"{spec.finish.value} "
        )
        main = f"{word}{_spoken(spec.color)}"
    return main if spec.color is spec.second else f"{main} / {_spoken(spec.second)}"


def _spoken(colour: Colour) -> str:
    return {Colour.TRANSPARENT: "clear", Colour.SHINY: "chrome", Colour.MULTICOLOR: "multicolour"}.get(
        colour, colour.value
    )


def _details(spec: FrameSpec) -> dict[str, Any]:
    """What a shopper reads of it, in the words of the specification."""
    return {
        "shape": spec.shape.value,
        "rim": spec.rim.value,
        "material": spec.material.value,
        "finish": spec.finish.value,
        "color": spec.color.value,
        "second_color": spec.second.value,
        "upper_line": spec.upper.value,
        "bridge": spec.bridge.value,
        "nose_pads": spec.nose is Nose.PADS,
        "size": spec.size,
        "lens_width": int(spec.lens_width),
        "lens_height": spec.lens_height,
        "bridge_width": int(spec.bridge_width),
        "temple_length": int(spec.temple_length),
        "total_width": round(spec.total_width, 1),
        "lens_tint": spec.lens_tint.value if spec.lens_tint else None,
    }


def _thousandths(shares: Mapping[_Word, float]) -> dict[_Word, int]:
    return {word: round(1000 * share) for word, share in shares.items()}


def _pick(rng: _Rng, shares: Mapping[_Word, int]) -> _Word:
    mark = int(rng.integers(sum(shares.values())))
    for name, share in shares.items():
        mark -= share
        if mark < 0:
            return name
    raise AssertionError("unreachable: the mark lies below the sum")


def _drop(rng: _Rng, below: int) -> int:
    return int(rng.integers(below))


def _chance(rng: _Rng, thousandths: int) -> bool:
    return _drop(rng, 1000) < thousandths


def _around(rng: _Rng, spread: int) -> int:
    """An integer near 0: the sum of two draws, at most `spread` away."""
    return int(rng.integers(-spread, spread + 1) + rng.integers(-spread, spread + 1)) // 2
