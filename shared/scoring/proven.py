"""The exact best frames of a large catalogue, from candidates that an index promises and a proof that no other can be.

A sum is one inner product: when the last candidate's promise, with all doubt in its favour, is below what the count-th
candidate has with all doubt against it, no frame outside the candidates can be among the best.

A product of factors f is no inner product, but bounded by one: for any weights λ > 0 the mean of the λf is at least
their geometric mean (AM-GM), so ∏ f ≤ (Σ λf / n)ⁿ / ∏ λ. The bound is tight where all λf are alike: λ is taken from the
best frames found so far. Two negative factors multiply to a positive score, so each even pattern of signs that could
still beat what was found is searched in turn.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.scoring.coded import Coded, numbers_of
from shared.scoring.exact import DECIMALS, best, exact
from shared.scoring.tables import Array, Query

# (frames, 31) and (frames, 15) numbers of some positions of the catalogue, as imported.
Numbers = Callable[[NDArray[np.int64]], tuple[Array, Array]]

_FIRST = 512  # candidates asked for at first
_MORE = 8  # times as many each time the proof fails
_MOST = 200_000  # candidates; where so many frames score alike, a scan in batches holds less in memory
_PATTERNS = 6  # of signs; when more could matter, a scan of all frames costs less
_TIE = 10.0**-DECIMALS


class Candidates(NamedTuple):
    """Frames an index promises, best first, and what any other frame's promise is at most."""

    promised: Array
    places: NDArray[np.int64]
    others: float


def candidates(
    parts: list[Coded], weights: Array, count: int, passed: NDArray[np.bool_] | None
) -> Candidates:
    """The frames of several indexes that promise most, `count` of each; arguments as of `Coded.nearest`."""
    found = [part.nearest(weights, count, passed) for part in parts]
    promised, places = (np.concatenate(column) for column in zip(*found, strict=True))
    cut = [
        promises[-1]
        for (promises, _), part in zip(found, parts, strict=True)
        if count <= len(promises) < len(part.places)
    ]
    order = np.argsort(-promised, kind="stable")
    return Candidates(promised[order], places[order], max(cut, default=-np.inf))


def best_sums(
    parts: list[Coded], numbers: Numbers, query: Query, count: int, passed: NDArray[np.bool_] | None
) -> tuple[NDArray[np.int64], Array] | None:
    """The best frames by a sum: positions and scores, as `exact.best` ranks them; None where too many score alike."""
    weights = weights_of(query)
    doubt = max(part.doubt(weights) for part in parts)
    asked = max(_FIRST, 4 * count)
    while asked <= _MOST:
        found = candidates(parts, weights, asked, passed)
        enough = len(found.promised) >= count
        least = found.promised[count - 1] - doubt if enough else -np.inf
        if found.others + doubt < least - _TIE or found.others == -np.inf:
            places = np.sort(found.places[found.promised + doubt >= least - _TIE])
            chosen, scores = best(exact(query, *numbers(places)), count)
            return places[chosen], scores
        asked *= _MORE
    return None


def weights_of(query: Query) -> Array:
    """(45,) what a sum multiplies the numbers of a frame by."""
    weights = np.zeros(45)
    for first, last, block in query.blocks:
        weights[first:last] += block
    if query.color is not None:
        weights[30:] = query.color
    return weights


def best_products(
    parts: list[Coded], numbers: Numbers, query: Query, count: int, passed: NDArray[np.bool_] | None
) -> tuple[NDArray[np.int64], Array] | None:
    """The best frames by a product; None where too few scores are positive, or too many patterns of signs count."""
    search = _Products(parts, numbers, query, count, passed)
    for number, (signs, most) in enumerate(search.patterns()):
        if most <= max(search.least, _TIE):
            break
        if number == _PATTERNS or not search.look(signs):
            return None
    if search.least <= _TIE:
        return None
    places = search.places[search.scores >= search.least - _TIE]
    chosen, scores = best(exact(query, *numbers(places)), count)
    return places[chosen], scores


class _Products:
    """The search for the best products, pattern of signs by pattern."""

    def __init__(
        self,
        parts: list[Coded],
        numbers: Numbers,
        query: Query,
        count: int,
        passed: NDArray[np.bool_] | None,
    ) -> None:
        self._parts, self._numbers, self._query = parts, numbers, query
        self._count, self._passed = count, passed
        blocks = list(query.blocks) + ([(30, 45, query.color)] if query.color is not None else [])
        self._factors = np.zeros((len(blocks), 45))
        for row, (first, last, weights) in enumerate(blocks):
            self._factors[row, first:last] = weights
        low = np.min([part.low for part in parts], axis=0)
        high = np.max([part.low + 255 * part.step for part in parts], axis=0)
        self._up, self._down = self._reach(low, high), self._reach(-high, -low)
        self.places, self.scores = np.zeros(0, np.int64), np.zeros(0)  # found so far, ascending positions
        self.least = 0.0  # score of the count-th best of them

    def _reach(self, low: Array, high: Array) -> Array:
        """(factors,) the most each can be of a block of norm 1 (Cauchy-Schwarz, by the numbers that help)."""
        helps = np.where(self._factors > 0, high > 0, low < 0)
        return np.asarray(np.linalg.norm(self._factors * helps, axis=1))

    def patterns(self) -> Iterator[tuple[Array, float]]:
        """Signs of the factors whose product is positive, and the most a score of such signs can be, best first."""
        shapes = len(self._query.blocks)
        apart = shapes ** (-shapes / 2) if shapes else 1.0  # the blocks of a frame share one norm of 1
        told = []
        for signs in product((1.0, -1.0), repeat=len(self._up)):
            if signs.count(-1.0) % 2 == 0:
                row = np.array(signs)
                told.append((row, float(np.prod(np.where(row > 0, self._up, self._down))) * apart))
        yield from sorted(told, key=lambda pair: -pair[1])

    def look(self, signs: Array) -> bool:
        """Find every frame of these signs that belongs among the best; False where that cannot be proven."""
        signed = self._factors * signs[:, None]
        scale = 1 / np.where(signs > 0, self._up, self._down)
        asked, tuned = max(_FIRST, 2 * self._count), False
        while asked <= _MOST:
            weights = scale @ signed
            found = candidates(self._parts, weights, asked, self._passed)
            factors = numbers_of(*self._numbers(found.places), self._query.form) @ signed.T
            better = self._take(found.places, factors)
            doubt = max(part.doubt(weights) for part in self._parts)
            mean = max(found.others + doubt, 0.0) / len(signs)
            if mean == 0 or len(signs) * np.log(mean) - np.log(scale).sum() < self._log_least():
                return True
            if better is None or tuned:
                asked *= _MORE
            else:
                scale, tuned = better, True
        return False

    def _log_least(self) -> float:
        return float(np.log(max(self.least - _TIE, 1e-300)))

    def _take(self, places: NDArray[np.int64], factors: Array) -> Array | None:
        """Remember candidates; tell the scale that makes the factors of the best of them alike."""
        positive = (factors > 0).all(axis=1)
        places, factors = places[positive], factors[positive]
        scores = np.prod(factors, axis=1)
        self.places, first = np.unique(np.concatenate([self.places, places]), return_index=True)
        self.scores = np.concatenate([self.scores, scores])[first]
        if len(self.scores) >= self._count:
            self.least = float(np.partition(self.scores, -self._count)[-self._count])
        if not len(scores):
            return None
        leading = factors[np.argsort(-scores)[: self._count]]
        return np.asarray(np.exp(-np.log(leading).mean(axis=0)))
