"""A catalogue in memory: frames by gender, normalised for the strategies, and what a shopper reads of each."""

import json
import mmap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import snapshot
from shared.errors import CatalogueDamagedError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """The frames of one gender, ready to score.

    Attributes:
        index: Position of each frame in the snapshot, ascending, and so in order of frame id.
        shape: (30, frames); each frame's 30 shape numbers divided by their common norm.
        color: (15, frames); each frame's 15 colour numbers divided by their norm.
        popularity: (frames,); how well each sells, 0 where unknown.
    """

    index: NDArray[np.int64]
    shape: Array
    color: Array
    popularity: Array

    @cached_property
    def sellers(self) -> NDArray[np.intp]:
        """Positions within this side of the frames that are known to sell, best first, ties in order of position."""
        ranked = np.argsort(-self.popularity, kind="stable")
        return ranked[: np.count_nonzero(self.popularity > 0)]


class Catalogue:
    """One snapshot, opened.

    Args:
        name: The catalogue.
        folder: The snapshot.

    Raises:
        CatalogueNotInstalledError: There is none.
        CatalogueDamagedError: Its files do not fit together.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.version = folder.name
        self.manifest = snapshot.manifest_of(folder)
        self._folder = folder
        self._shape = snapshot.map_array(folder, "shape.npy")
        self._color = snapshot.map_array(folder, "color.npy")
        self.row = snapshot.map_array(folder, "row.npy")
        self._popularity = snapshot.map_array(folder, "popularity.npy")
        self._offsets = snapshot.map_array(folder, "offsets.npy")
        self.size = len(self._shape)
        fits = self._shape.shape == (self.size, 31) and self._color.shape == (self.size, 15)
        lengths = (self.manifest["count"], len(self.row), len(self._popularity), len(self._offsets) - 1)
        if not fits or set(lengths) != {self.size}:
            raise CatalogueDamagedError(f"The arrays of the snapshot {self.version} do not fit together.")

    @cached_property
    def women(self) -> Side:
        """Frames whose `male` number is 0 or less."""
        return self._side(np.asarray(self._shape[:, 30]) <= 0)

    @cached_property
    def men(self) -> Side:
        """Frames whose `male` number is above 0."""
        return self._side(np.asarray(self._shape[:, 30]) > 0)

    def _side(self, chosen: NDArray[np.bool_]) -> Side:
        index = np.flatnonzero(chosen)
        shape, color = _unit(self._shape[index, :30]), _unit(self._color[index])
        return Side(index, shape, color, np.nan_to_num(self._popularity[index]))

    @cached_property
    def _lines(self) -> mmap.mmap:
        with (self._folder / "frames.jsonl").open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def tell(self, place: int) -> dict[str, Any]:
        """Id, name, gender, details and image of the frame at a position of the snapshot."""
        return self._told(place)

    @cached_property
    def _told(self) -> Callable[[int], dict[str, Any]]:
        """The frames asked for lately, parsed once; the favourites of many faces are few."""

        def read(place: int) -> dict[str, Any]:
            told: dict[str, Any] = json.loads(self._lines[self._offsets[place] : self._offsets[place + 1]])
            return told

        return lru_cache(maxsize=4096)(read)


def _unit(rows: Array) -> Array:
    """Rows divided by their norm and laid out by feature; a row of zeros stays zero."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.ascontiguousarray(np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0).T)
