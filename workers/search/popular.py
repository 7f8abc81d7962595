"""`most_popular`: the control arm of an A/B test, random best sellers of the gender, whatever the face.

A catalogue that tells how well its frames sell (`popularity`: larger is more, e.g. pieces sold) draws from its
best sellers. One that does not tell, or of fewer frames than asked for, has none, and any frame is as likely as
another: nothing is invented.
"""

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import Catalogue
from shared.scoring import Ranked
from shared.scoring.side import side_of

_SHARE = 20  # the best-selling twentieth …
_LEAST = 50  # … and never fewer than these


def draw(
    catalogue: Catalogue, gender: str, limit: int, seed: int, passed: NDArray[np.bool_] | None = None
) -> Ranked:
    """Draw best sellers at random, one of each model.

    Args:
        catalogue: Where to look.
        gender: Whose frames.
        limit: How many.
        seed: The same seed draws the same frames of the same snapshot.
        passed: (frames,) which frames of the catalogue come into question.

    Returns:
        Positions, most popular first, ties in order of position; and their popularity, 0 where unknown.
    """
    side = side_of(catalogue, gender)
    sellers, frames = side.sellers, np.arange(len(side.index))
    if passed is not None:
        here = passed[side.index]
        sellers, frames = sellers[here[sellers]], frames[here]
    sellers = sellers[: max(_LEAST, len(frames) // _SHARE)]
    pool = sellers if _models(catalogue, side.index[sellers]) >= limit else frames
    drawn = _drawn(catalogue, side.index, pool, limit, seed)
    known = side.popularity[drawn]
    order = np.argsort(-known, kind="stable")
    return Ranked(side.index[drawn[order]], known[order])


def _drawn(
    catalogue: Catalogue, index: NDArray[np.int64], pool: NDArray[np.intp], limit: int, seed: int
) -> NDArray[np.intp]:
    """Frames of the pool by lot, one of each model, ascending."""
    count = 4 * limit
    while True:
        chance = np.random.Generator(np.random.PCG64(seed))
        lot = chance.choice(pool, min(count, len(pool)), replace=False)
        firsts = catalogue.models.firsts(index[lot])[:limit]
        if len(firsts) == limit or count >= len(pool):
            return np.sort(lot[firsts])
        count *= 4


def _models(catalogue: Catalogue, places: NDArray[np.int64]) -> int:
    return len(np.unique(catalogue.models.of_frame[places]))
