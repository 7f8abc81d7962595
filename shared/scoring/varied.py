"""Several frames that suit, and differ (maximal marginal relevance)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import LARGE, Catalogue
from shared.scoring.exact import best, exact
from shared.scoring.proven import candidates, weights_of
from shared.scoring.ranking import Passed, best_of_side, coded_of, ranked
from shared.scoring.side import LOOKS, looks_of, side_of
from shared.scoring.tables import Array, Query

_POOL = 256  # frames to choose from, or 16 for each to be chosen
_ROUNDS = 2

# What it costs a frame to share shape and colour with one chosen before; docs/decisions/0008-balanced.md measures it.
REPEATED = 0.06


def varied(
    scores: Array, looks: NDArray[np.float32], limit: int, repeated: float = REPEATED
) -> NDArray[np.intp]:
    """Choose one frame after the other: the best of those left, less what it repeats of those chosen.

    Args:
        scores: (frames,) best first.
        looks: (frames, 24) shares of shapes and colours.
        limit: How many.
        repeated: What full likeness to one frame costs, in points of the score.

    Returns:
        (limit,) positions, best score first; fewer where there are fewer frames.
    """
    left = np.array(scores, dtype=np.float64)
    chosen: list[int] = []
    for _ in range(min(limit, len(left))):
        place = int(left.argmax())
        chosen.append(place)
        left -= (repeated / 2) * (looks @ looks[place])
        left[place] = -np.inf
    return np.sort(np.array(chosen, dtype=np.intp))


class Pool(NamedTuple):
    """Frames to choose from, best first: positions in the catalogue, scores, and looks."""

    places: NDArray[np.int64]
    scores: Array
    looks: NDArray[np.float32]


def pool_of(
    catalogue: Catalogue, gender: str, query: Query, limit: int, passed: Passed | None = None
) -> Pool:
    """The best frames of a gender, with how they look; arguments as of `ranked`.

    In a large catalogue the best hundreds may all look the same. There the pool is the best frames, and those
    that are best when looks like theirs are taken off.
    """
    count = max(_POOL, 16 * limit)
    if catalogue.size < LARGE:
        side = side_of(catalogue, gender)
        places, scores = best_of_side(side, query, count, passed)
        return Pool(side.index[places], scores, side.looks[places])
    coded = coded_of(catalogue)
    if coded is None:
        return _scored(catalogue, query, ranked(catalogue, gender, query, count, passed).places)
    pool = _scored(catalogue, query, ranked(catalogue, gender, query, 4 * limit, passed).places)
    for _ in range(_ROUNDS):
        chosen = pool.looks[varied(pool.scores, pool.looks, limit)].sum(axis=0, dtype=np.float64)
        weights = weights_of(query)
        weights[LOOKS] -= REPEATED / 2 * chosen
        found = candidates(coded.parts(query.form, gender), weights, count, passed)
        pool = _scored(catalogue, query, np.union1d(pool.places, found.places))
    return pool


def _scored(catalogue: Catalogue, query: Query, places: NDArray[np.int64]) -> Pool:
    shape, color = catalogue.numbers(places)
    order, scores = best(exact(query, shape, color), len(places))
    return Pool(places[order], scores, looks_of(shape[order], color[order]))
