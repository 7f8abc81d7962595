"""What a search costs: milliseconds a query by strategy, beside a straightforward NumPy search of the same run.

    python benchmarks/search.py

Searches the published catalogue where it is imported under the name `published`, else the generated one.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from shared.contracts import Strategy, Wish
from shared.errors import CatalogueNotInstalledError
from workers.search import open_catalogue, search
from workers.search.strategies import BLOCKS

QUERIES = 200


def main() -> None:
    """Print the table."""
    try:
        catalogue = open_catalogue("published")
    except CatalogueNotInstalledError:
        catalogue = open_catalogue()
    rng = np.random.default_rng(0)
    wishes = [
        Wish(shape=tuple(rng.normal(size=31)), color=tuple(rng.normal(size=15))) for _ in range(QUERIES)
    ]
    shape, color = catalogue.women.shape.T.copy(), catalogue.women.color.T.copy()
    print(
        f"{catalogue.size} frames\n| strategy | ms, p50 | plain NumPy | ratio | bar |\n|---|---|---|---|---|"
    )
    for strategy in BLOCKS:
        ours = _p50(lambda wish, s=strategy: search(catalogue, wish, strategy=s), wishes)
        plain = _p50(lambda wish, s=strategy: _plain(shape, color, wish, s), wishes)
        print(f"| {strategy} | {ours:.3f} | {plain:.3f} | {plain / ours:.1f} | 0.3 |")


def _plain(shape: np.ndarray, color: np.ndarray, wish: Wish, strategy: Strategy) -> np.ndarray:
    """The definition, written down: every block a dot product of slices, then a full sort."""
    blocks, with_color = BLOCKS[strategy]
    wanted, score = np.array(wish.shape), np.ones(len(shape))
    for first, last in blocks:
        part = wanted[first:last]
        score *= shape[:, first:last] @ (part / np.linalg.norm(part))
    if with_color:
        hue = np.array(wish.color)
        score *= color @ (hue / np.linalg.norm(hue))
    return np.argsort(-score, kind="stable")[:6]


def _p50(work: Callable[[Wish], object], wishes: list[Wish]) -> float:
    times = []
    for wish in wishes:
        began = time.perf_counter()
        work(wish)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
