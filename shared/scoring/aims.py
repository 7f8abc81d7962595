"""A wish block by block: what `balanced` scores by, and what every match is explained by.

In each of eleven blocks a frame fits from 0 (it has what is wanted least) to 1 (what is wanted most). A block counts
by how far the rules are from indifferent: its spread s, as s / (s + t), where t is the spread the block has for a
usual face; so each block speaks, and none drowns the others. `docs/decisions/0008-balanced.md` tells why.
"""

from dataclasses import dataclass

import numpy as np

from shared.contracts import COLOR_FEATURES, SHAPE_FEATURES, Preferences, Wish
from shared.scoring.tables import Array, Form, Query

# By block: its shape numbers, and t, the median spread over a thousand random faces under the rules of 0.2.
SHAPE_BLOCKS = {
    "shape": ((0, 10), 2.7),
    "rim": ((10, 13), 4.8),
    "height": ((13, 16), 2.5),
    "width": ((16, 19), 1.5),
    "nose_pads": ((19, 20), 0.9),
    "top_heavy": ((20, 21), 1.9),
    "angular": ((21, 22), 1.0),
    "thick": ((22, 23), 3.1),
    "upper_line": ((23, 28), 2.0),
    "material": ((28, 30), 1.7),
}
_COLOR_SPREAD = 3.7
_COLOR_COUNTS = 2.5  # one block among eleven, though what a shopper sees first; measured with the rest
TONES = 14  # colour numbers that share a frame among them; the last, `colors_differ`, only says that two do


@dataclass(frozen=True)
class Aim:
    """One block of a wish.

    Attributes:
        block: Its name.
        features: Their names.
        fit: Dot product with a frame's shares gives the fit, but for `offset`.
        offset: Added to it.
        weight: How much the block counts; all weights of a wish sum to 1, or to 0 when it wishes nothing.
    """

    block: str
    features: tuple[str, ...]
    fit: Array
    offset: float
    weight: float


class Aims:
    """A wish, read block by block.

    Args:
        wish: What the rules wish, preferences added.
        color: How much colour counts against shape, 0 to 1; 0.5 as usual.
    """

    def __init__(self, wish: Wish, color: float = 0.5) -> None:
        self.blocks: list[Aim] = []
        numbers = np.array(wish.shape[:30])
        for name, ((first, last), usual) in SHAPE_BLOCKS.items():
            self.blocks.append(
                _aim(name, SHAPE_FEATURES[first:last], numbers[first:last], usual, 2 - 2 * color)
            )
        tones = np.array(wish.color[:TONES])
        counts = _COLOR_COUNTS * 2 * color
        self.blocks.append(_aim("color", COLOR_FEATURES[:TONES], tones, _COLOR_SPREAD, counts))
        total = sum(aim.weight for aim in self.blocks)
        if total:
            self.blocks = [
                Aim(aim.block, aim.features, aim.fit, aim.offset, aim.weight / total) for aim in self.blocks
            ]

    def query(self) -> Query:
        """The score of `balanced`: the weighted mean of the fits, less what is the same for all frames."""
        *shape, color = self.blocks
        return Query(
            form=Form.SHARES,
            blocks=((0, 30, np.concatenate([aim.weight * aim.fit for aim in shape])),),
            color=np.append(color.weight * color.fit, 0.0),
            product=False,
            offset=sum(aim.weight * aim.offset for aim in shape),
        )

    def fits(self, shape: Array, color: Array) -> Array:
        """(frames, 11) fits of frames whose shares are (frames, 30) and (frames, 15)."""
        places = [place for (place, _) in SHAPE_BLOCKS.values()]
        columns = [
            shape[:, first:last] @ aim.fit + aim.offset
            for (first, last), aim in zip(places, self.blocks[:-1], strict=True)
        ]
        return np.column_stack([*columns, color[:, :TONES] @ self.blocks[-1].fit])


def _aim(block: str, features: tuple[str, ...], wanted: Array, usual: float, counts: float) -> Aim:
    if len(wanted) == 1:  # a quality: much of it or little
        spread = abs(float(wanted[0]))
        fit, offset = np.sign(wanted), float(wanted[0] < 0)
    else:
        least, spread = float(wanted.min()), float(np.ptp(wanted))
        fit, offset = ((wanted - least) / spread if spread else np.zeros_like(wanted)), 0.0
    return Aim(block, features, fit, offset, counts / (1 + usual / spread) if spread else 0.0)


def preferred(wish: Wish, likes: Preferences) -> Wish:
    """A wish with what the shopper likes added, block by block.

    A weight of 1 adds the spread of the feature's block (1 where the rules are silent), −1 takes it away.
    """
    if not likes.shapes and not likes.colors:
        return wish
    shape, color = list(wish.shape), list(wish.color)
    for (first, last), _ in SHAPE_BLOCKS.values():
        block = wish.shape[first:last]
        spread = (max(block) - min(block) if last - first > 1 else abs(block[0])) or 1.0
        for place in range(first, last):
            shape[place] += likes.shapes.get(SHAPE_FEATURES[place], 0.0) * spread
    spread = (max(color) - min(color)) or 1.0
    for place, name in enumerate(COLOR_FEATURES):
        color[place] += likes.colors.get(name, 0.0) * spread
    return Wish(shape=tuple(shape), color=tuple(color))
