"""Frames as a score reads them: what many have in common is kept, and computed, once.

Most of a frame's numbers are flags: of ten thousand frames a few hundred combinations differ, and fewer colours.
A query is a set of dot products, so it is computed for the combinations and looked up for the frames; only the
features that vary (thickness, say) are multiplied frame by frame.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FEW = 8  # a feature of at most so many values counts as a flag

THICK = 22


class _Blocks(NamedTuple):
    """Alternatives that share a frame among them, and numbers that stand alone.

    Attributes:
        starts: (blocks,) first column of each.
        of_column: (columns,) the block of each.
        alike: (columns,) share of each where its block says nothing.
        single: Columns that stand alone.
    """

    starts: NDArray[np.intp]
    of_column: NDArray[np.intp]
    alike: Array
    single: NDArray[np.intp]

    @classmethod
    def at(cls, starts: list[int], columns: int) -> "_Blocks":
        """Blocks that begin at these columns."""
        lengths = np.diff([*starts, columns])
        of_column = np.repeat(np.arange(len(starts)), lengths)
        alike = np.repeat(1 / lengths, lengths)
        return cls(np.array(starts), of_column, alike, np.flatnonzero(alike == 1))


_SHAPE_BLOCKS = _Blocks.at([0, 10, 13, 16, 19, 20, 21, 22, 23, 28], 30)
_COLOR_BLOCKS = _Blocks.at([0, 14], 15)


class Form(StrEnum):
    """How the numbers of a frame are made ready: as the published strategies do, or as shares of each block."""

    PUBLISHED = "published"
    SHARES = "shares"


def ready(shape: Array, color: Array, form: Form) -> tuple[Array, Array, Array]:
    """Make the numbers of frames ready for a score.

    Args:
        shape: (frames, 31) as the catalogue has them.
        color: (frames, 15).
        form: `published` divides the shape by its norm over all 30 numbers and the colour by its own; a row of
            zeros stays zero. `shares` divides each block of alternatives by its sum (all alternatives alike where
            it says nothing), and tells thickness, a z-score, as the share of frames that are thinner.

    Returns:
        (frames, 30) shape, (frames, 15) colour, and (frames,) what the shape is still to be multiplied by.
    """
    if form is Form.PUBLISHED:
        bare = shape[:, :30]
        return bare, color * _inverse(np.linalg.norm(color, axis=1))[:, None], _inverse(_norms(bare))
    shares = _shares(shape[:, :30], _SHAPE_BLOCKS)
    shares[:, THICK] = 1 / (1 + np.exp(-1.702 * shape[:, THICK]))  # the normal distribution to within 0.01
    return shares, _shares(color, _COLOR_BLOCKS), np.ones(len(shape))


def _norms(rows: Array) -> Array:
    return np.asarray(np.linalg.norm(rows, axis=1))


def _inverse(norms: Array) -> Array:
    return np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0)


def _shares(rows: Array, blocks: _Blocks) -> Array:
    """Each block divided by its sum; blocks of one column stay as they are."""
    positive = np.maximum(rows, 0.0)
    total = np.add.reduceat(positive, blocks.starts, axis=1)[:, blocks.of_column]
    divided = np.divide(positive, total, out=np.tile(blocks.alike, (len(rows), 1)), where=total > 0)
    divided[:, blocks.single] = rows[:, blocks.single]
    return np.asarray(divided)


@dataclass(frozen=True)
class Query:
    """A score, as dot products with a frame's numbers in a form.

    Attributes:
        form: Of the frame's numbers.
        blocks: First and last shape number of each factor with its weights; a frame's factor is their dot
            product, times the frame's scale.
        color: Weights of the colour factor, if there is one.
        product: Whether factors are multiplied, or summed.
        offset: Added to a sum.
    """

    form: Form
    blocks: tuple[tuple[int, int, Array], ...]
    color: Array | None
    product: bool
    offset: float = 0.0


@dataclass(frozen=True)
class Table:
    """Some frames in one form.

    Attributes:
        combos: (30, combinations); features that vary from frame to frame are 0 here.
        combo: (frames,) each frame's combination.
        varying: Numbers of those features, ascending.
        values: (varying, frames) their values.
        scale: (frames,) what a shape factor is multiplied by.
        colors: (15, colours) the colourings that occur.
        color: (frames,) each frame's colouring.
    """

    combos: Array
    combo: NDArray[np.int32]
    varying: tuple[int, ...]
    values: Array
    scale: Array
    colors: Array
    color: NDArray[np.int32]

    @classmethod
    def of(cls, shape: Array, color: Array, form: Form) -> "Table":
        """The table of frames with these numbers, (frames, 31) and (frames, 15)."""
        shapes, tones, scale = ready(shape, color, form)
        few = np.array([_has_few_values(column) for column in shapes.T])
        combos, combo = distinct(np.where(few, shapes, 0.0))
        colors, tone = distinct(tones)
        return cls(
            combos=np.ascontiguousarray(combos.T),
            combo=combo,
            varying=tuple(np.flatnonzero(~few).tolist()),
            values=np.ascontiguousarray(shapes[:, ~few].T),
            scale=scale,
            colors=np.ascontiguousarray(colors.T),
            color=tone,
        )

    @cached_property
    def plain(self) -> bool:
        """Whether every scale is 1."""
        return bool((self.scale == 1).all())

    @cached_property
    def _powers(self) -> dict[int, Array]:
        return {}

    def _power(self, exponent: int) -> Array:
        if exponent not in self._powers:
            self._powers[exponent] = self.scale**exponent
        return self._powers[exponent]

    def score(self, query: Query) -> Array:
        """(frames,) scores; larger is better."""
        return self._product(query) if query.product else self._sum(query)

    def _product(self, query: Query) -> Array:
        common, factors = np.ones(self.combos.shape[1]), []
        for first, last, weights in query.blocks:
            head = dot(weights, self.combos[first:last])
            if own := self._varying_part(first, last, weights):
                factors.append(self._joined(head, own))
            else:
                common *= head
        result = common[self.combo]
        for factor in factors:
            result *= factor
        if query.blocks and not self.plain:
            result *= self._power(len(query.blocks))
        if query.color is not None:
            result *= dot(query.color, self.colors)[self.color]
        return result

    def _sum(self, query: Query) -> Array:
        head, own = np.zeros(self.combos.shape[1]), []
        for first, last, weights in query.blocks:
            head += dot(weights, self.combos[first:last])
            own += self._varying_part(first, last, weights)
        result = self._joined(head, own)
        if not self.plain:
            result *= self.scale
        if query.color is not None:
            result += (dot(query.color, self.colors) + query.offset)[self.color]
        elif query.offset:
            result += query.offset
        return result

    def _varying_part(self, first: int, last: int, weights: Array) -> list[tuple[float, int]]:
        """By varying feature of a block: its weight and its place among the varying ones."""
        return [
            (float(weights[feature - first]), place)
            for place, feature in enumerate(self.varying)
            if first <= feature < last and weights[feature - first]
        ]

    def _joined(self, head: Array, own: list[tuple[float, int]]) -> Array:
        result = head[self.combo] if head.any() else np.zeros(len(self.combo))
        for weight, place in own:
            result += weight * self.values[place]
        return result


def dot(weights: Array, columns: Array) -> Array:
    """(columns,) dot products with each column."""
    if len(weights) == 1:
        return np.asarray(weights[0] * columns[0])
    # Not `@`: BLAS wakes threads for a product this small and waits for them, long on a busy machine.
    return np.asarray(np.einsum("f,fn->n", weights, columns))


def distinct(rows: Array) -> tuple[Array, NDArray[np.int32]]:
    """The different rows, and which of them each row is."""
    bits = np.ascontiguousarray(rows + 0.0).view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))
    _, first, inverse = np.unique(bits.ravel(), return_index=True, return_inverse=True)
    return rows[first], inverse.astype(np.int32)


def _has_few_values(column: Array) -> bool:
    seen = np.unique(column[:: max(1, len(column) // 256)])  # a quick look rules most out
    return len(seen) <= _FEW and len(np.unique(column)) <= _FEW
