"""A wish block by block: what `balanced` scores by, and what every match is explained by.

In each of eleven blocks a frame fits from 0 (it has what is wanted least) to 1 (what is wanted most). A block counts
by how far the rules are from indifferent: its spread s, as s / (s + t), where t is the spread the block has for a
usual face; so each block speaks, and none drowns the others. `docs/decisions/0008-balanced.md` tells why.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES, Preferences, Wish
from shared.scoring.side import TONES
from shared.scoring.tables import Array, Form, Query, ready


class Block(NamedTuple):
    """Features that are alternatives, or a single quality.

    Attributes:
        first: Of its features among the 30 shape and the 14 colour numbers.
        last: One behind its last feature.
        usual: t, the median spread over a thousand random faces under the rules of 1.0.
        counts: Against a block of 1.
    """

    first: int
    last: int
    usual: float
    counts: float = 1.0


# What a shopper sees first, and what the expert's summary names, counts most.
BLOCKS = {
    "shape": Block(0, 10, 2.8, counts=4.0),
    "rim": Block(10, 13, 6.8),
    "height": Block(13, 16, 3.3),
    "width": Block(16, 19, 2.2),
    "nose_pads": Block(19, 20, 1.1),
    "top_heavy": Block(20, 21, 2.3),
    "angular": Block(21, 22, 1.2),
    "thick": Block(22, 23, 4.2),
    "upper_line": Block(23, 28, 4.0),
    "material": Block(28, 30, 2.4),
    "color": Block(30, 30 + TONES, 3.7, counts=5.0),
}
FEATURES = SHAPE_FEATURES[:30] + COLOR_FEATURES[:TONES]
_STARTS = np.array([block.first for block in BLOCKS.values()])
_LENGTHS = np.array([block.last - block.first for block in BLOCKS.values()])
_USUAL = np.array([block.usual for block in BLOCKS.values()])
_COUNTS = np.array([block.counts for block in BLOCKS.values()])
_SINGLE = _LENGTHS == 1
_SINGLE_FEATURES = np.repeat(_SINGLE, _LENGTHS)


class Aims:
    """A wish, read block by block.

    Args:
        wish: What the rules wish, preferences added.
        color: How much colour counts against shape, 0 to 1; 0.5 as usual.

    Attributes:
        fit: (44,) what each share of a frame adds to the fit of its block.
        offset: (11,) what the fit of each block begins with.
        weight: (11,) how much each block counts; they sum to 1, or to 0 when nothing is wished.
    """

    def __init__(self, wish: Wish, color: float = 0.5) -> None:
        numbers = np.array(wish.shape[:30] + wish.color[:TONES])
        least, most = np.minimum.reduceat(numbers, _STARTS), np.maximum.reduceat(numbers, _STARTS)
        spread = np.where(_SINGLE, np.abs(most), most - least)
        wide = np.where(spread > 0, spread, 1.0)
        among = (numbers - np.repeat(least, _LENGTHS)) / np.repeat(wide, _LENGTHS)
        self.fit: Array = np.where(_SINGLE_FEATURES, np.sign(numbers), among)
        self.offset: Array = (_SINGLE & (most < 0)).astype(np.float64)
        counts = _COUNTS * (2 - 2 * color)
        counts[-1] = _COUNTS[-1] * 2 * color
        weight = counts * spread / (spread + _USUAL)
        self.weight: Array = weight / (weight.sum() or 1.0)

    @cached_property
    def query(self) -> Query:
        """The score of `balanced`: the weighted mean of the fits."""
        weights = np.repeat(self.weight, _LENGTHS) * self.fit
        return Query(
            form=Form.SHARES,
            blocks=((0, 30, weights[:30]),),
            color=np.append(weights[30:], 0.0),
            product=False,
            offset=float(self.weight @ self.offset),
        )

    def fits(self, shares: Array) -> Array:
        """(frames, 11) fits of frames, 0 to 1, by their (frames, 44) shares of shapes and colours."""
        fits = np.add.reduceat(shares * self.fit, _STARTS, axis=1) + self.offset
        return np.clip(fits, 0.0, 1.0)


def preferred(wish: Wish, likes: Preferences) -> Wish:
    """A wish with what the shopper likes added, block by block.

    A weight of 1 adds the spread of the feature's block (1 where the rules are silent), −1 takes it away.
    """
    if not likes.shapes and not likes.colors:
        return wish
    shape, color = list(wish.shape), list(wish.color)
    for block in list(BLOCKS.values())[:-1]:
        numbers = wish.shape[block.first : block.last]
        spread = (max(numbers) - min(numbers) if len(numbers) > 1 else abs(numbers[0])) or 1.0
        for place in range(block.first, block.last):
            shape[place] += likes.shapes.get(SHAPE_FEATURES[place], 0.0) * spread
    spread = (max(color) - min(color)) or 1.0
    for place, name in enumerate(COLOR_FEATURES):
        color[place] += likes.colors.get(name, 0.0) * spread
    return Wish(shape=tuple(shape), color=tuple(color))


def shares_of(shape: NDArray[np.float64], color: NDArray[np.float64]) -> Array:
    """(frames, 44) shares, as `Aims.fits` takes them, of (frames, 31) and (frames, 15) numbers of a catalogue."""
    shapes, tones, _ = ready(shape, color, Form.SHARES)
    return np.hstack([shapes, tones[:, :TONES]])
