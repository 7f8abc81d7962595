"""How a frame is scored against a wish: the published strategies, in float64.

A score is the product of one factor a block of features. The published search divides each frame's 30 shape
numbers by their common norm first; a block's factor is the dot product of that unit vector's slice with the
wish's slice divided by the slice's own norm. The colour block is a plain cosine.

Flaws of the published definition, named: a wish whose block is all zero gave 0/0 (here the factor is 0, never
NaN), and two negative factors multiply to a positive score (kept: the figures must equal the published ones).
"""

import math
from functools import reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shared.catalogues.catalogue import Side
from shared.contracts import Strategy, Wish

Array = NDArray[np.float64]

DECIMALS = 12  # of a score: what is finer comes from the order of summing

_COARSE = ((0, 10), (10, 13), (13, 30))
_FINE = (*pairwise((0, 10, 13, 19, 20, 21, 22, 23, 28, 30)),)
# By strategy: slices of the shape numbers, and whether colour is a factor.
BLOCKS: dict[Strategy, tuple[tuple[tuple[int, int], ...], bool]] = {
    Strategy.STANDART: (((0, 30),), True),
    Strategy.FACTORIZED: (_COARSE, True),
    Strategy.FACTORIZED_PLUS: (_FINE, True),
    Strategy.COLOR_ONLY: ((), True),
    Strategy.SHAPE_ONLY: (((0, 30),), False),
}


def score(side: Side, wish: Wish, strategy: Strategy) -> Array:
    """Score every frame of one gender.

    Args:
        side: The frames.
        wish: Finite numbers of any size.
        strategy: Any but `most_popular`, which does not look at the wish.

    Returns:
        (frames,) scores; larger is better.
    """
    blocks, with_color = BLOCKS[strategy]
    shape = np.array(wish.shape[:30])
    factors = [_factor(_unit(shape[first:last]), side.shape[first:last]) for first, last in blocks]
    if with_color:
        factors.append(_factor(_unit(np.array(wish.color)), side.color))
    return reduce(lambda product, factor: np.multiply(product, factor, out=product), factors)


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


def _factor(wanted: Array, frames: Array) -> Array:
    if len(wanted) == 1:
        return np.asarray(wanted[0] * frames[0])
    # Not `@`: BLAS wakes threads for a product this small and waits for them, long on a busy machine.
    return np.asarray(np.einsum("f,fn->n", wanted, frames))


def _unit(block: Array) -> Array:
    # Scaled first: a tiny or huge wish must not underflow or overflow in the norm.
    largest = max(abs(value) for value in block.tolist())
    if largest == 0:
        return block
    scaled = block / largest
    return np.asarray(scaled / math.sqrt(float(scaled @ scaled)))
