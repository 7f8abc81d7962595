"""`most_popular`: the control arm of an A/B test, random best sellers of the gender, whatever the face.

A catalogue that tells how well its frames sell (`popularity`: larger is more, e.g. pieces sold) draws from its
best sellers. One that does not tell, or of fewer frames than asked for, has none, and any frame is as likely as
another: nothing is invented.
"""

import numpy as np
from numpy.typing import NDArray

from shared.catalogues.catalogue import Side

_SHARE = 20  # the best-selling twentieth …
_LEAST = 50  # … and never fewer than these


def draw(side: Side, limit: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Draw best sellers at random.

    Args:
        side: The frames of one gender.
        limit: How many.
        seed: The same seed draws the same frames of the same snapshot.

    Returns:
        (limit,) positions, most popular first, ties in order of position; and their popularity, 0 where unknown.
    """
    count = len(side.index)
    sellers = min(len(side.sellers), max(_LEAST, count // _SHARE))
    pool = side.sellers[:sellers] if sellers >= limit else count
    chance = np.random.Generator(np.random.PCG64(seed))
    places = np.sort(chance.choice(pool, min(limit, count), replace=False, shuffle=False)).astype(np.intp)
    known = side.popularity[places]
    order = np.argsort(-known, kind="stable")
    return places[order], known[order]
