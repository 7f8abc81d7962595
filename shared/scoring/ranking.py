"""The best frames of a side, exactly, whether it has a thousand or ten million."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import Catalogue
from shared.scoring.exact import best
from shared.scoring.side import side_of
from shared.scoring.tables import Array, Query

Passed = NDArray[np.bool_]


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
    side = side_of(catalogue, gender)
    scores, index = side.table(query.form).score(query), side.index
    if passed is not None:
        here = passed[index]
        scores, index = scores[here], index[here]
    places, values = best(scores, count)
    return Ranked(index[places], values)
