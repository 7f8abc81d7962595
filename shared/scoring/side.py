"""The frames of one gender, ready to be scored."""

from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import Catalogue
from shared.scoring.tables import Array, Form, Table, ready

TONES = 14  # colour numbers that share a frame among them; the last only says that two do
_SHAPES = 10
LOOKS = np.r_[:_SHAPES, 30 : 30 + TONES]  # what catches the eye, among the 45 numbers of a form


class Side:
    """Some frames of a catalogue.

    Args:
        catalogue: Where they are.
        index: (frames,) their positions in it, ascending, and so in order of frame id.
    """

    def __init__(self, catalogue: Catalogue, index: NDArray[np.int64]) -> None:
        self.index = index
        # Not the catalogue itself: it keys the cache of its sides, and must be free to go.
        self._shape, self._color, self._popularity = catalogue.shape, catalogue.color, catalogue.popularity
        self._tables: dict[Form, Table] = {}

    def table(self, form: Form) -> Table:
        """The frames as queries of a form read them, made when first asked for."""
        if form not in self._tables:
            self._tables[form] = Table.of(self._shape[self.index], self._color[self.index], form)
        return self._tables[form]

    @cached_property
    def looks(self) -> NDArray[np.float32]:
        """(frames, 24) what catches the eye of each, see `looks_of`."""
        return looks_of(self._shape[self.index], self._color[self.index])

    @cached_property
    def popularity(self) -> Array:
        """(frames,) how well each sells, 0 where unknown."""
        return np.asarray(np.nan_to_num(self._popularity[self.index]))

    @cached_property
    def sellers(self) -> NDArray[np.intp]:
        """Positions within this side of the frames that are known to sell, best first, ties in order of position."""
        ranked = np.argsort(-self.popularity, kind="stable")
        return ranked[: np.count_nonzero(self.popularity > 0)]


def looks_of(shape: Array, color: Array) -> NDArray[np.float32]:
    """(frames, 24) shares of the ten shapes and of the fourteen colours, of (frames, 31) and (frames, 15) numbers."""
    shapes, tones, _ = ready(shape, color, Form.SHARES)
    return np.hstack([shapes[:, :_SHAPES], tones[:, :TONES]]).astype(np.float32)


_sides: WeakKeyDictionary[Catalogue, dict[str, Side]] = WeakKeyDictionary()


def side_of(catalogue: Catalogue, gender: str) -> Side:
    """The frames for a gender, as `Catalogue.frames_for` chooses them."""
    known = _sides.setdefault(catalogue, {})
    if gender not in known:
        known[gender] = Side(catalogue, catalogue.frames_for(gender))
    return known[gender]
