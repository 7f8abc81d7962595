"""A catalogue in memory: the numbers of its frames, mapped, and what a shopper reads of each."""

import json
import mmap
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import snapshot
from shared.catalogues.facets import GENDERS, Facets, tests
from shared.catalogues.models import Models
from shared.catalogues.rows import Rows
from shared.contracts import Filters
from shared.errors import CatalogueDamagedError, FrameNotFoundError

Places = NDArray[np.int64]
Array = NDArray[np.float64]
LARGE = 200_000  # frames, from which on searches go by an index, and single frames are read instead of mapped
_BOTH = GENDERS.index("unisex")


class Catalogue:
    """One snapshot, opened. Frames are known by their position in it, from 0, which is the order of their ids.

    Args:
        name: The catalogue.
        folder: The snapshot.

    Attributes:
        shape: (frames, 31) as imported.
        color: (frames, 15).
        row: (frames,) position of each in the imported table.
        popularity: (frames,) how well each sells, NaN where nobody said.
        facets: (frames,) what each can be filtered by.
        brands: In the order of their codes in the facets, from 1.

    Raises:
        CatalogueNotInstalledError: There is none.
        CatalogueDamagedError: Its files do not fit together.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.version = folder.name
        self.folder = folder
        self.manifest = snapshot.manifest_of(folder)
        self.brands = tuple(self.manifest["brands"])
        self.shape = snapshot.map_array(folder, "shape.npy")
        self.color = snapshot.map_array(folder, "color.npy")
        self.row = snapshot.map_array(folder, "row.npy")
        self.popularity = snapshot.map_array(folder, "popularity.npy")
        self.facets: Facets = snapshot.map_array(folder, "facets.npy")
        self._offsets = snapshot.map_array(folder, "offsets.npy")
        self.size = len(self.shape)
        fits = self.shape.shape == (self.size, 31) and self.color.shape == (self.size, 15)
        arrays = (self.row, self.popularity, self.facets, self._offsets[1:])
        if not fits or {self.manifest["count"], *map(len, arrays)} != {self.size}:
            raise CatalogueDamagedError(f"The arrays of the snapshot {self.version} do not fit together.")

    def numbers(self, places: Places) -> tuple[Array, Array]:
        """(places, 31) and (places, 15) shape and colour numbers of some frames."""
        shape, color = self._rows
        return shape[places], color[places]

    @cached_property
    def _rows(self) -> tuple[Any, Any]:
        if self.size < LARGE:
            return self.shape, self.color
        return Rows(self.folder / "shape.npy"), Rows(self.folder / "color.npy")

    def frames_for(self, gender: str) -> Places:
        """Positions of the frames for a gender, ascending.

        Args:
            gender: `female` and `male` include unisex frames, `unisex` is these alone; `any` is all.
        """
        if gender == "any":
            return np.arange(self.size)
        whose = np.asarray(self.facets["gender"])
        return np.flatnonzero((whose == GENDERS.index(gender)) | (whose == _BOTH))

    @cached_property
    def models(self) -> Models:
        """Which frames are colours of one model."""
        return Models.of(self.facets)

    @cached_property
    def _lines(self) -> mmap.mmap:
        with (self.folder / "frames.jsonl").open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def tell(self, place: int) -> dict[str, Any]:
        """Id, name, gender, details and image of the frame at a position of the snapshot."""
        return self._told(place)

    def find(self, frame_id: str) -> int:
        """The position of a frame.

        Raises:
            FrameNotFoundError: There is none of this id.
        """
        place = self.before(frame_id)
        if place < 0 or self.tell(place)["id"] != frame_id:
            raise FrameNotFoundError(f"The catalogue {self.name!r} has no such frame.")
        return place

    def before(self, frame_id: str) -> int:
        """The position of the last frame whose id is not above this one; -1 when all are."""
        low, high = 0, self.size
        while low < high:
            middle = (low + high) // 2
            if self.tell(middle)["id"] <= frame_id:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def passing(self, filters: Filters) -> NDArray[np.bool_] | None:
        """(frames,) which frames pass; None when nothing is filtered. The gender is no test: see `frames_for`."""
        asked = list(tests(filters, self.brands).values())
        if not asked:
            return None
        passed = asked[0](self.facets)
        for test in asked[1:]:
            passed &= test(self.facets)
        return passed

    @cached_property
    def _told(self) -> Callable[[int], dict[str, Any]]:
        """The frames asked for lately, parsed once; the favourites of many faces are few."""

        def read(place: int) -> dict[str, Any]:
            told: dict[str, Any] = json.loads(self._lines[self._offsets[place] : self._offsets[place + 1]])
            return told

        return lru_cache(maxsize=4096)(read)
