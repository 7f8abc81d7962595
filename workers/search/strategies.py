"""How a frame is scored against a wish: the published strategies, in float64.

A score is the product of one factor a block of features. The published search divides each frame's 30 shape
numbers by their common norm first; a block's factor is the dot product of that unit vector's slice with the
wish's slice divided by the slice's own norm. The colour block is a plain cosine.

Flaws of the published definition, named: a wish whose block is all zero gave 0/0 (here the factor is 0, never
NaN), and two negative factors multiply to a positive score (kept: the figures must equal the published ones).
"""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shared.contracts import Strategy, Wish
from workers.search.catalogue import Side

Array = NDArray[np.float64]

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
    product = _unit(np.array(wish.color)) @ side.color if with_color else None
    for first, last in blocks:
        unit = _unit(shape[first:last])
        factor = unit @ side.shape[first:last] if last - first > 1 else unit[0] * side.shape[first]
        product = factor if product is None else np.multiply(product, factor, out=product)
    assert product is not None, "every strategy has a block"
    return product


def popular(side: Side, seed: int) -> Array:
    """Scores for the control arm of an A/B test: random best sellers, whatever the face.

    No catalogue here tells its sales yet, so every frame counts as a best seller; the same seed draws the
    same frames.
    """
    return np.random.default_rng(seed).random(len(side.index))


def best(scores: Array, limit: int) -> NDArray[np.intp]:
    """Positions of the highest scores, best first; ties in order of position, which is order of frame id.

    Scores that differ by rounding only (1e-12) are ties, so that identical frames never swap.
    """
    rounded = np.round(scores, 12)
    if limit < len(rounded):
        least = np.partition(rounded, len(rounded) - limit)[len(rounded) - limit]
        places = np.flatnonzero(rounded >= least)
    else:
        places = np.arange(len(rounded))
    return places[np.argsort(-rounded[places], kind="stable")][:limit]


def _unit(block: Array) -> Array:
    # Scaled first: a tiny or huge wish must not underflow or overflow in the norm.
    largest = max(abs(value) for value in block.tolist())
    if largest == 0:
        return block
    scaled = block / largest
    return np.asarray(scaled / math.sqrt(float(scaled @ scaled)))
