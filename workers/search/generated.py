"""The default catalogue: 10,080 frames in 3,360 models, generated from a fixed seed.

Shares of shapes, rims, materials and genders are those of 8,521 real frames (the published catalogue). Only
integers are drawn and divided by powers of ten, so every machine writes the same bytes. Sizes are in
millimetres, as printed on a frame: lens width, bridge width, temple length.
"""

from pathlib import Path
from typing import Any

import numpy as np

from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES
from workers.search.importing.writer import FrameRow, write

DEFAULT = "default"
_SEED = 20_200_601
_MODELS = 3_360
_VARIANTS = 3

# Shares in thousandths.
_SHAPES = {"rectangle": 483, "cat_eye": 170, "square": 108, "round": 80, "oval": 80, "other_shape": 30,
           "aviator": 19, "clubmaster": 12, "wayfarer": 12, "walnut": 6}  # fmt: skip
_RIMS = {"full_rim": 870, "rimless": 100, "semi_rim": 30}
_COLORS = {"black": 340, "brown": 140, "gold": 110, "blue": 100, "silver": 80, "red": 63, "green": 56,
           "purple": 42, "grey": 31, "transparent": 21, "pink": 14, "white": 3}  # fmt: skip
_UPPER = {"upper_flat": 220, "upper_round": 150, "upper_smoothed": 110, "upper_roof": 290, "upper_angry": 230}
_METALLIC = ("gold", "silver", "grey", "black", "brown", "blue")
_BRANDS = ("Almendra", "Brightwater", "Corvo", "Dunelm Row", "Elske", "Fjordlys", "Gatelight", "Halden", "Ilmari",
           "Juniper & Slate", "Kestrel", "Lumen Yard", "Marlow", "Norrsken", "Oriel", "Perch")  # fmt: skip
_SYLLABLES = ("al", "be", "ca", "do", "el", "fa", "gi", "ha", "in", "jo", "ka", "li", "mo", "na", "or", "pe",
              "ra", "si", "to", "vi")  # fmt: skip
_ANGULAR = {"rectangle": 70, "square": 80, "clubmaster": 60, "wayfarer": 60, "cat_eye": 45, "other_shape": 40,
            "walnut": 30, "aviator": 25, "oval": 10, "round": 4}  # fmt: skip
# Median lens height as a percentage of lens width.
_HEIGHTS = {"rectangle": 64, "square": 80, "oval": 68, "round": 94, "aviator": 86, "cat_eye": 74,
            "other_shape": 76, "clubmaster": 76, "walnut": 80, "wayfarer": 74}  # fmt: skip


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
    for number in range(_MODELS):
        model = _model(rng, number)
        palette = dict(_COLORS) if model["material"] == "plastic" else {c: _COLORS[c] for c in _METALLIC}
        for variant in range(_VARIANTS):
            frame = _variant(rng, model, palette, len(frames), variant)
            palette.pop(str(frame.details["color"]))  # each colour of a model once
            frames.append(frame)
    return frames


def _pick(rng: np.random.Generator, shares: dict[str, int]) -> str:
    mark = int(rng.integers(sum(shares.values())))
    for name, share in shares.items():
        mark -= share
        if mark < 0:
            return name
    raise AssertionError("unreachable: the mark lies below the sum")


def _around(rng: np.random.Generator, middle: int, spread: int) -> int:
    """An integer near `middle`: the mean of two draws within ± spread."""
    return middle + int(rng.integers(-spread, spread + 1) + rng.integers(-spread, spread + 1)) // 2


def _model(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """What the colour variants of one model share."""
    gender = "female" if rng.integers(1000) < 560 else "male"  # noqa: PLR2004  share of women's frames
    shape = _pick(rng, _SHAPES)
    rim = _pick(rng, _RIMS)
    plastic = rim == "full_rim" and rng.integers(1000) < 566  # noqa: PLR2004  so that half of all are plastic
    lens = _around(rng, 52 if gender == "female" else 54, 5)
    name = "".join(_SYLLABLES[int(rng.integers(20))] for _ in range(int(rng.integers(2, 4)))).capitalize()
    return {
        "model": f"m{number:05d}",
        "name": f"{_BRANDS[int(rng.integers(len(_BRANDS)))]} {name}",
        "gender": gender,
        "shape": shape,
        "rim": rim,
        "material": "plastic" if plastic else "metal",
        "bridge": "double"
        if shape == "aviator"
        else ("keyhole" if plastic and rng.integers(4) == 0 else "saddle"),
        "upper_line": _pick(rng, _UPPER),
        "lens_width": lens,
        "lens_height": lens * _around(rng, _HEIGHTS[shape], 9) // 100,
        "bridge_width": _around(rng, 18, 4),
        "temple_length": 135 + 5 * int(rng.integers(4)),
        "rim_thickness": (_around(rng, 42, 22) if plastic else _around(rng, 14, 6)) / 10,
        "nose_pads": not plastic or bool(rng.integers(12) == 0),
        "angularity": min(100, max(0, _around(rng, _ANGULAR[shape], 20))) / 100,
        "top_heavy": bool(rng.integers(1000) < 929),  # noqa: PLR2004  share among real frames
        "price": 39 + 10 * int(rng.integers(32)),
    }


def _variant(
    rng: np.random.Generator, model: dict[str, Any], palette: dict[str, int], row: int, number: int
) -> FrameRow:
    """One colour of a model, from those not used yet."""
    main = _pick(rng, palette)
    second = main if rng.integers(3) else _pick(rng, palette)
    shiny = bool(rng.integers(60) == 0)
    pattern = "multicolor" if main != second and rng.integers(30) == 0 else ""
    frame_id = f"{model['model']}-{number + 1}"
    details = {key: value for key, value in model.items() if key not in {"name", "gender"}}
    details |= {"color": main, "second_color": second, "shiny": shiny, "pattern": pattern}
    return FrameRow(
        id=frame_id,
        row=row,
        shape=_shape_vector(model),
        color=_color_vector(main, second, shiny, pattern),
        name=f"{model['name']} {main}",
        gender=model["gender"],
        details=details,
    )


def _shape_vector(model: dict[str, Any]) -> list[float]:
    """31 numbers in the published convention: flags, soft values in 0..1, thickness as a z-score."""
    ratio = model["lens_height"] / model["lens_width"]
    total = 2 * model["lens_width"] + model["bridge_width"]
    height = "height_small" if ratio < 0.5 else "height_large" if ratio > 0.95 else "height_medium"  # noqa: PLR2004
    width = "width_small" if total < 112 else "width_large" if total > 132 else "width_medium"  # noqa: PLR2004
    on = {model["shape"], model["rim"], height, width, model["upper_line"], model["material"]}
    values = dict.fromkeys(on, 1.0)
    values |= {
        "nose_pads": float(model["nose_pads"]),
        "top_heavy": float(model["top_heavy"]),
        "angular": model["angularity"],
        "thick": round((model["rim_thickness"] - 2.8) / 1.6, 4),
        "male": float(model["gender"] == "male"),
    }
    return [values.get(name, 0.0) for name in SHAPE_FEATURES]


def _color_vector(main: str, second: str, shiny: bool, pattern: str) -> list[float]:
    """15 numbers in the published convention: the main colour 1, the second 0.5 more."""
    values = dict.fromkeys(COLOR_FEATURES, 0.0)
    values[main] += 1.0
    values[second] += 0.5
    values["shiny"] += 0.5 * shiny
    values["multicolor"] += 0.5 * (pattern == "multicolor")
    values["colors_differ"] = float(main != second)
    return list(values.values())
