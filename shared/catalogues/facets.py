"""Facets: what a frame can be filtered by, one fixed record a frame, so that ten million are sifted without JSON."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES, Filters

UNTOLD = 255  # a code of what the catalogue does not tell

GENDERS = ("female", "male", "unisex")
SHAPES = SHAPE_FEATURES[0:10]
RIMS = SHAPE_FEATURES[10:13]
MATERIALS = SHAPE_FEATURES[28:30]
# Of the colour numbers, those that name a colour: the other two, `shiny` and `colors_differ`, go with any.
COLORS = tuple(name for name in COLOR_FEATURES if name not in {"shiny", "colors_differ"})

RECORD = np.dtype(
    [
        ("gender", "u1"),
        ("shape", "u1"),
        ("rim", "u1"),
        ("material", "u1"),
        ("color", "u1"),
        ("stock", "u1"),  # 1 in stock, 0 sold out, 255 not told
        ("brand", "<u4"),  # position in the manifest's list of brands; 0 is no brand
        ("price", "<f4"),  # NaN where not told; likewise the lens width in mm
        ("lens_width", "<f4"),
        ("model", "<i8"),  # the same for all colours of a model
    ]
)
Facets = NDArray[np.void]


def tests(filters: Filters, brands: Sequence[str]) -> dict[str, Callable[[Facets], NDArray[np.bool_]]]:
    """By filter that is set, which records pass it. `gender` is not among them: it chooses where to look.

    Args:
        filters: What was asked.
        brands: The catalogue's brands in the order of their codes, from 1.
    """
    asked: dict[str, Callable[[Facets], NDArray[np.bool_]]] = {}
    for name, facet, known in (
        ("materials", "material", MATERIALS),
        ("rims", "rim", RIMS),
        ("colors", "color", COLORS),
        ("shapes", "shape", SHAPES),
    ):
        if words := getattr(filters, name):
            asked[name] = _any_of(facet, [known.index(word) for word in words])
    if filters.brands:
        folded = {brand.strip().casefold() for brand in filters.brands}
        codes = [code for code, brand in enumerate(brands, 1) if brand.strip().casefold() in folded]
        asked["brands"] = _any_of("brand", codes)
    for facet in ("price", "lens_width"):
        least, most = getattr(filters, f"{facet}_min"), getattr(filters, f"{facet}_max")
        if least is not None:
            asked[f"{facet}_min"] = _at_least(facet, least)
        if most is not None:
            asked[f"{facet}_max"] = _at_most(facet, most)
    if filters.in_stock:
        asked["in_stock"] = lambda records: records["stock"] == 1
    return asked


def _any_of(facet: str, codes: list[int]) -> Callable[[Facets], NDArray[np.bool_]]:
    return lambda records: np.isin(records[facet], codes)


# Bounds are rounded as the records are, so that a price equals itself; NaN passes neither comparison.
def _at_least(facet: str, bound: float) -> Callable[[Facets], NDArray[np.bool_]]:
    return lambda records: records[facet] >= np.float32(bound)


def _at_most(facet: str, bound: float) -> Callable[[Facets], NDArray[np.bool_]]:
    return lambda records: records[facet] <= np.float32(bound)
