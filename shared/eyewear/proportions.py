"""How large frames are: a few summary figures of real ones, and sizes that fit together.

`HEIGHT_SHARE` sums up the outlines of 8,521 published frames: total height over total width, at the 5, 25,
50, 75 and 95 per cent quantiles. (Their y is in another unit than their x; times 0.54 the medians of all shapes agree
with the boxes measured on labelled product photos, so each ratio was multiplied by that.) Widths and rims in millimetres are not in that table; they are the usual ones of the trade.
"""

import math
from typing import Any

from shared.eyewear.spec import FrameSpec, Material, Rim, Shape

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
HEIGHT_SHARE: dict[Shape, tuple[float, ...]] = {
    Shape.RECTANGLE: (0.237, 0.271, 0.292, 0.310, 0.338),
    Shape.SQUARE: (0.288, 0.309, 0.325, 0.349, 0.382),
    Shape.OVAL: (0.246, 0.302, 0.335, 0.359, 0.388),
    Shape.ROUND: (0.301, 0.333, 0.350, 0.370, 0.396),
    Shape.AVIATOR: (0.320, 0.349, 0.363, 0.382, 0.402),
    Shape.CAT_EYE: (0.267, 0.299, 0.318, 0.334, 0.363),
    Shape.OTHER: (0.247, 0.319, 0.336, 0.354, 0.375),
    # Of 60 and 51 labelled frames; walnut, which nobody labelled, as round.
    Shape.CLUBMASTER: (0.290, 0.310, 0.330, 0.345, 0.365),
    Shape.WAYFARER: (0.285, 0.305, 0.325, 0.345, 0.370),
    Shape.WALNUT: (0.295, 0.325, 0.345, 0.365, 0.390),
}
# Total width and height of the front in mm: below the first is small, above the second large.
WIDTH_MM = (128.0, 147.0)
HEIGHT_MM = (35.0, 52.0)
# Mean rim (of top, bottom and side) and its deviation, mm.
RIM_MM = {Material.PLASTIC: (3.3, 0.9), Material.METAL: (1.5, 0.32), Material.WOOD: (4.0, 0.7)}
# How a rim of mean 1 is spread over top, bottom and side.
_SPREAD = (1.18, 0.86, 0.96)
# Shapes that lose their name when stretched: widest lens for its height.
_ASPECT = {
    Shape.ROUND: 1.06,
    Shape.WALNUT: 1.14,
    Shape.AVIATOR: 1.20,
    Shape.OTHER: 1.18,
    Shape.SQUARE: 1.25,
    Shape.OVAL: 1.45,
}
_WIDEST_BRIDGE = 23.5  # mm
_CLASS_WIDTH = {"small": 124.0, "medium": 138.0, "large": 151.0}
_CLASS_HEIGHT = {"small": 32.0, "large": 55.0}


def rims(material: Material, rim: Rim, thick: float) -> dict[str, float]:
    """Rim thickness in mm for a z-score of thickness."""
    mean, deviation = RIM_MM[material]
    mean = max(0.75 if material is Material.METAL else 1.5, mean + deviation * thick)
    top, bottom, side = (round(mean * share, 2) for share in _SPREAD)
    if rim is Rim.RIMLESS:
        top = bottom = side = 1.0
    return {"rim_top": top, "rim_bottom": bottom, "rim_side": side}


def boxed(
    width: float,
    height: float,
    words: tuple[Shape, Rim, Material],
    parts: tuple[float, float],
    rim: dict[str, float],
) -> dict[str, float]:
    """Lens sizes such that the whole front measures `width` × `height` mm.

    A shape that is about as wide as high keeps it so: what the lens does not take, bridge and end pieces do.

    Args:
        width: Of the front.
        height: Of the rims.
        words: Shape, rim and material.
        parts: Bridge and end piece wished for, mm.
        rim: As `rims` gives it.
    """
    shape, kind, material = words
    side, low, high = (
        (0.0, 0.0, 0.0) if kind is Rim.RIMLESS else (rim["rim_side"], rim["rim_bottom"], rim["rim_top"])
    )
    lens_height, (bridge, end) = height - low - high, parts
    spare = width - 2 * side - bridge - 2 * end - 2 * _ASPECT.get(shape, 9.9) * lens_height
    if spare > 0:
        wider = min(spare * 0.35, max(0.0, _WIDEST_BRIDGE - bridge))
        longest = 9.5 if material is Material.METAL or kind is Rim.RIMLESS else 7.5
        bridge, end = bridge + wider, min(longest, end + (spare - wider) / 2)
    bridge, end = round(bridge, 1), round(end, 1)
    lens_width = (width - bridge - 2 * (end + side)) / 2
    return {
        "lens_width": round(lens_width, 2),
        "lens_height": round(min(lens_height, 1.24 * lens_width), 2),
        "bridge_width": bridge,
        "end_piece": end,
    }


def sized(*, thick: float, height: str, width: str, **words: Any) -> FrameSpec:
    """A frame of these words in the middle of its size class."""
    material, shape, rim = words["material"], words["shape"], words["rim"]
    rim_mm = rims(material, rim, thick)
    across = _CLASS_WIDTH[width]
    down = _CLASS_HEIGHT.get(height, min(51.0, max(36.0, HEIGHT_SHARE[shape][2] * across)))
    bridge = max(0.128 * across, 2 * rim_mm["rim_side"] + 4)
    end = 5.5 if material is Material.METAL else 4.0
    sizes = boxed(across, down, (shape, rim, material), (bridge, end), rim_mm)
    return FrameSpec(**words, **rim_mm, **sizes, temple_length=140.0 if across < WIDTH_MM[0] else 145.0)


def size_shares(mm: float, noise: float, bounds: tuple[float, float]) -> dict[str, float]:
    """How likely a size is small, medium or large.

    Args:
        mm: As measured.
        noise: Its standard deviation, mm.
        bounds: `WIDTH_MM` or `HEIGHT_MM`.
    """
    below, above = (0.5 * math.erfc((mm - bound) / (noise * math.sqrt(2))) for bound in bounds)
    return {"small": below, "medium": above - below, "large": 1 - above}
