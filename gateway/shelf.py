"""Questions the door asks of a catalogue: which frame, which frames, how many of each."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import Catalogue, snapshot
from shared.catalogues.facets import COLORS, GENDERS, MATERIALS, RIMS, SHAPES, Facets, tests
from shared.contracts import Filters
from shared.errors import FrameNotFoundError
from shared.eyewear.describe import from_vectors
from shared.eyewear.printed import with_sizes
from shared.eyewear.spec import FrameSpec
from shared.settings import settings

Places = NDArray[np.int64]
_WORDS = {"gender": GENDERS, "shape": SHAPES, "rim": RIMS, "material": MATERIALS, "color": COLORS}
_BRANDS = 100  # of the brands in a facet only those with most frames


def find(catalogue: Catalogue, frame_id: str) -> int:
    """The position of a frame.

    Raises:
        FrameNotFoundError: There is none of this id.
    """
    place = before(catalogue, frame_id)
    if place < 0 or catalogue.tell(place)["id"] != frame_id:
        raise FrameNotFoundError(f"The catalogue {catalogue.name!r} has no such frame.")
    return place


def before(catalogue: Catalogue, frame_id: str) -> int:
    """The position of the last frame whose id is not above this one; -1 when all are. Frames lie in order of id."""
    low, high = 0, catalogue.size
    while low < high:
        middle = (low + high) // 2
        if catalogue.tell(middle)["id"] <= frame_id:
            low = middle + 1
        else:
            high = middle
    return low - 1


class _Arrays(NamedTuple):
    """What a snapshot holds by position."""

    facets: Facets
    brands: tuple[str, ...]
    shape: NDArray[np.float64]
    color: NDArray[np.float64]


@lru_cache(maxsize=8)
def _arrays(data_dir: Path, name: str, version: str) -> _Arrays:
    folder = snapshot.folder_of(data_dir, name) / version
    facets, shape, color = (
        snapshot.map_array(folder, f"{part}.npy") for part in ("facets", "shape", "color")
    )
    return _Arrays(facets, tuple(snapshot.manifest_of(folder)["brands"]), shape, color)


def _arrays_of(catalogue: Catalogue) -> _Arrays:
    return _arrays(settings().data_dir, catalogue.name, catalogue.version)


def choose(catalogue: Catalogue, filters: Filters, words: str | None) -> Places:
    """Positions of the frames that pass the filters and whose names hold every word, ascending."""
    facets, brands, *_ = _arrays_of(catalogue)
    passed = np.ones(catalogue.size, dtype=np.bool_)
    for test in tests(filters, brands).values():
        passed &= test(facets)
    if filters.gender not in {None, "any"}:
        wanted = {GENDERS.index(str(filters.gender)), GENDERS.index("unisex")}
        passed &= np.isin(facets["gender"], list(wanted))
    chosen = np.flatnonzero(passed)
    if not words:
        return chosen
    asked = words.casefold().split()
    named = (catalogue.tell(place)["name"].casefold() for place in chosen.tolist())
    return chosen[np.fromiter((all(word in name for word in asked) for name in named), np.bool_, len(chosen))]


def count(catalogue: Catalogue, places: Places) -> dict[str, dict[str, int]]:
    """By facet and value, how many of these frames have it."""
    everything, brands, *_ = _arrays_of(catalogue)
    facets = everything[places]
    counted = {name: _counted(facets[name], words) for name, words in _WORDS.items()}
    by_brand = _counted(facets["brand"], ("", *brands))
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
    arrays = _arrays_of(catalogue)
    spec = from_vectors(arrays.shape[place].tolist(), arrays.color[place].tolist(), seed=place)
    return with_sizes(spec, told["details"])
