"""The published strategies, in float64.

A score is the product of one factor a block of features. The published search divides each frame's 30 shape
numbers by their common norm first; a block's factor is the dot product of that unit vector's slice with the
wish's slice divided by the slice's own norm. The colour block is a plain cosine.

Flaws of the published definition, named: a wish whose block is all zero gave 0/0 (here the factor is 0, never
NaN), and two negative factors multiply to a positive score (kept: the figures must equal the published ones).
"""

import math
from itertools import pairwise

import numpy as np

from shared.contracts import Strategy, Wish
from shared.scoring.tables import Array, Form, Query

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


def published(wish: Wish, strategy: Strategy) -> Query:
    """A wish as a published strategy reads it.

    Args:
        wish: Finite numbers of any size.
        strategy: One of `BLOCKS`; `most_popular` does not look at the wish.
    """
    slices, with_color = BLOCKS[strategy]
    shape = np.array(wish.shape[:30])
    return Query(
        form=Form.PUBLISHED,
        blocks=tuple((first, last, unit(shape[first:last])) for first, last in slices),
        color=unit(np.array(wish.color)) if with_color else None,
        product=True,
    )


def unit(block: Array) -> Array:
    """Divided by its norm; zeros stay zeros."""
    # Scaled first: a tiny or huge wish must not underflow or overflow in the norm.
    largest = max(abs(value) for value in block.tolist())
    if largest == 0:
        return block
    scaled = block / largest
    return np.asarray(scaled / math.sqrt(float(scaled @ scaled)))
