"""The best frames of a side, exactly, whether it has a thousand or ten million."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import LARGE, Catalogue
from shared.scoring.coded import CodedCatalogue, has_index
from shared.scoring.exact import best, exact
from shared.scoring.proven import best_products, best_sums
from shared.scoring.side import Side, side_of
from shared.scoring.tables import Array, Query

Passed = NDArray[np.bool_]
_BATCH = 131_072


class Ranked(NamedTuple):
    """Frames, best first; ties in order of frame id.

    Attributes:
        places: (count,) positions in the catalogue.
        scores: (count,) rounded to twelve decimals.
    """

    places: NDArray[np.int64]
    scores: Array


def ranked(
    catalogue: Catalogue, gender: str, query: Query, count: int, passed: Passed | None = None
) -> Ranked:
    """The best frames of a gender.

    Args:
        catalogue: Where to look.
        gender: `female`, `male` or `any`.
        query: What is looked for.
        count: How many, 1 or more.
        passed: (frames,) which frames of the catalogue come into question; all where not given.
    """
    coded = coded_of(catalogue)
    if coded is not None:
        parts = coded.parts(query.form, gender)
        look = best_products if query.product else best_sums
        if parts and (found := look(parts, catalogue.numbers, query, count, passed)) is not None:
            return Ranked(*found)
    if catalogue.size >= LARGE:
        return scanned(catalogue, side_of(catalogue, gender).index, query, count, passed)
    side = side_of(catalogue, gender)
    chosen, values = best_of_side(side, query, count, passed)
    return Ranked(side.index[chosen], values)


def best_of_side(
    side: Side, query: Query, count: int, passed: Passed | None = None
) -> tuple[NDArray[np.intp], Array]:
    """As `ranked`, by scoring every frame at once; positions are within the side."""
    scores = side.table(query.form).score(query)
    if passed is None:
        return best(scores, count)
    here = np.flatnonzero(passed[side.index])
    places, values = best(scores[here], count)
    return here[places], values


def scanned(
    catalogue: Catalogue, index: NDArray[np.int64], query: Query, count: int, passed: Passed | None = None
) -> Ranked:
    """The best frames by scoring each, in flat memory: some seconds for ten million.

    Args:
        catalogue: Where they are.
        index: Positions of the frames in question, ascending.
        query: What is looked for.
        count: How many.
        passed: (frames,) which of them come into question.
    """
    if passed is not None:
        index = index[passed[index]]
    places, scores = index[:0], np.zeros(0)
    for first in range(0, len(index), _BATCH):
        batch = index[first : first + _BATCH]
        chosen, values = best(exact(query, catalogue.shape[batch], catalogue.color[batch]), count)
        places, scores = np.append(places, batch[chosen]), np.append(scores, values)
        order = np.lexsort((places, -scores))[:count]
        places, scores = places[order], scores[order]
    return Ranked(places, scores)


_coded: WeakKeyDictionary[Catalogue, CodedCatalogue | None] = WeakKeyDictionary()


def coded_of(catalogue: Catalogue) -> CodedCatalogue | None:
    """The index of a catalogue, where it has one and FAISS is installed."""
    if catalogue.size < LARGE:
        return None
    if catalogue not in _coded:
        _coded[catalogue] = CodedCatalogue(catalogue.folder) if has_index(catalogue.folder) else None
    return _coded[catalogue]
