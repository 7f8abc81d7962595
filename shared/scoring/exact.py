"""The score of given frames, computed from their own numbers."""

import numpy as np
from numpy.typing import NDArray

from shared.scoring.tables import Array, Query, ready

DECIMALS = 12  # of a score: what is finer comes from the order of summing


def exact(query: Query, shape: Array, color: Array) -> Array:
    """Score frames.

    Args:
        query: What is looked for.
        shape: (frames, 31) as the catalogue has them.
        color: (frames, 15).

    Returns:
        (frames,) scores; larger is better.
    """
    shapes, tones, scale = ready(shape, color, query.form)
    factors = [scale * (shapes[:, first:last] @ weights) for first, last, weights in query.blocks]
    if query.color is not None:
        factors.append(tones @ query.color)
    return np.asarray(np.prod(factors, axis=0) if query.product else np.sum(factors, axis=0) + query.offset)


def best(scores: Array, limit: int) -> tuple[NDArray[np.intp], Array]:
    """The highest scores, best first; ties in order of position, which is order of frame id.

    Scores that differ by rounding only are ties, so that identical frames never swap.

    Returns:
        (limit,) positions and (limit,) scores, rounded to `DECIMALS`; fewer where there are fewer.
    """
    if limit < len(scores):
        least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        places = np.flatnonzero(scores >= least - 10.0**-DECIMALS)
    else:
        places = np.arange(len(scores))
    rounded = np.round(scores[places], DECIMALS) + 0.0  # -0.0 becomes 0.0
    order = np.argsort(-rounded, kind="stable")[:limit]
    return places[order], rounded[order]
