"""Questions the door asks of a catalogue: which frames, how many of each, how to draw one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import Catalogue
from shared.catalogues.facets import COLORS, GENDERS, MATERIALS, RIMS, SHAPES
from shared.contracts import Filters
from shared.eyewear.describe import from_vectors
from shared.eyewear.printed import with_sizes
from shared.eyewear.spec import FrameSpec

Places = NDArray[np.int64]
_WORDS = {"gender": GENDERS, "shape": SHAPES, "rim": RIMS, "material": MATERIALS, "color": COLORS}
_BRANDS = 100  # of the brands in a facet only those with most frames


def choose(catalogue: Catalogue, filters: Filters, words: str | None) -> Places:
    """Positions of the frames that pass the filters and whose names hold every word, ascending."""
    chosen = catalogue.frames_for(filters.gender or "any")
    passed = catalogue.passing(filters)
    if passed is not None:
        chosen = chosen[passed[chosen]]
    if not words:
        return chosen
    asked = words.casefold().split()
    named = (catalogue.tell(place)["name"].casefold() for place in chosen.tolist())
    return chosen[np.fromiter((all(word in name for word in asked) for name in named), np.bool_, len(chosen))]


def count(catalogue: Catalogue, places: Places) -> dict[str, dict[str, int]]:
    """By facet and value, how many of these frames have it."""
    facets = catalogue.facets[places]
    counted = {name: _counted(facets[name], words) for name, words in _WORDS.items()}
    by_brand = _counted(facets["brand"], ("", *catalogue.brands))
    counted["brand"] = dict(sorted(by_brand.items(), key=lambda pair: -pair[1])[:_BRANDS])
    counted["in_stock"] = _counted(facets["stock"], ("false", "true"))
    return counted


def _counted(codes: NDArray[Any], words: Sequence[str]) -> dict[str, int]:
    found = np.bincount(codes, minlength=len(words))
    return {word: int(number) for word, number in zip(words, found, strict=False) if word and number}


def spec_of(catalogue: Catalogue, place: int) -> FrameSpec:
    """How to draw a frame: as the catalogue says, else as its numbers ask, in the sizes its shop tells."""
    told = catalogue.tell(place)
    if told.get("spec"):
        return FrameSpec.model_validate(told["spec"])
    spec = from_vectors(catalogue.shape[place].tolist(), catalogue.color[place].tolist(), seed=place)
    return with_sizes(spec, told["details"])
