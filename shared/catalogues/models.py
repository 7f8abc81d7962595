"""Models: the frames that differ by colour only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.catalogues.facets import Facets

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Models:
    """Frames by model.

    Attributes:
        of_frame: (frames,) number of each frame's model.
        order: (frames,) positions by model, ascending within one.
        starts: (models + 1,) where each model begins in that order.
    """

    of_frame: NDArray[np.integer]
    order: NDArray[np.integer]
    starts: NDArray[np.integer]

    @classmethod
    def of(cls, facets: Facets) -> "Models":
        """The models of a catalogue's frames."""
        named = np.ascontiguousarray(facets["model"])
        order = np.argsort(named, kind="stable").astype(np.int32)
        begins = np.diff(named[order], prepend=named[order[0]] - 1) != 0
        number = np.empty(len(named), np.int32)
        number[order] = np.cumsum(begins) - 1
        return cls(number, order, np.append(np.flatnonzero(begins), len(named)).astype(np.int32))

    def variants(self, places: Places) -> Places:
        """All colours of the models of some frames, themselves among them."""
        models = self.of_frame[places]
        pairs = zip(self.starts[models].tolist(), self.starts[models + 1].tolist(), strict=True)
        return np.concatenate([self.order[first:last] for first, last in pairs]).astype(np.int64)

    def firsts(self, places: Places) -> NDArray[np.intp]:
        """Where each model first appears among some positions, ascending."""
        _, first = np.unique(self.of_frame[places], return_index=True)
        return np.sort(first)
