"""How long a search takes: microseconds of CPU a query, beside the definition computed anew for every query.

Run: `python benchmarks/search.py [--queries N] [--tables FOLDER]`. Both answer the same wishes on the same frames:
the published tables where FOLDER has them, else the generated default. The baseline does per query what the
published definition says (norms, cosines of blocks, product, full sort); both give the six best frames. The last
column is the whole search: models, variety, other colours, reasons, and the answer as a contract. The bar is 300 µs.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.catalogues.catalogue import Catalogue
from shared.catalogues.snapshot import folder_of, map_array
from shared.contracts import Strategy, Wish
from shared.scoring.exact import exact
from shared.scoring.published import BLOCKS
from shared.scoring.query import query_of
from shared.scoring.ranking import ranked
from shared.scoring.side import side_of
from shared.scoring.tables import Form
from workers.search import search
from workers.search.generated import DEFAULT, build_default

TABLES = Path(__file__).resolve().parents[2] / "shared" / "data" / "expertglasses"
REPEATS = 5


def opened(tables: Path, home: Path) -> tuple[Catalogue, dict[str, float]]:
    """The catalogue to search, and how many seconds making and opening it took."""
    began = time.perf_counter()
    name = "published" if tables.is_dir() else DEFAULT
    if name == DEFAULT:
        version = build_default(home)
    else:
        from workers.search.importing.published import import_published  # noqa: PLC0415  only where there is such a folder

        version = import_published(tables, name, home).version
    made = time.perf_counter()
    catalogue = Catalogue(name, folder_of(home, name) / version)
    for gender in ("female", "male"):
        for form in Form:
            side_of(catalogue, gender).table(form)
        _ = side_of(catalogue, gender).looks
    _ = catalogue.models
    return catalogue, {"made": made - began, "opened": time.perf_counter() - made}


def some_wishes(count: int) -> list[Wish]:
    """Wishes of the expert's range, for women and men in turn."""
    chance = np.random.default_rng(5)
    return [
        Wish(shape=(*chance.uniform(-2, 8, 30), turn % 2 - 0.5), color=tuple(chance.uniform(-2, 9, 15)))
        for turn in range(count)
    ]


class Definition:
    """The baseline: the published definition as it is written, in float64."""

    def __init__(self, folder: Path) -> None:
        shape, self.color = (np.array(map_array(folder, name)) for name in ("shape.npy", "color.npy"))
        self.male, self.shape, self.whole = shape[:, 30] > 0, shape[:, :30], shape

    def __call__(self, wish: Wish, strategy: Strategy) -> NDArray[np.intp]:
        """Positions of the six best, best first."""
        chosen = self.male == (wish.shape[30] > 0)
        shape, color = self.shape[chosen], self.color[chosen]
        if strategy is Strategy.BALANCED:
            return np.argsort(-exact(query_of(wish, strategy), self.whole[chosen], color))[:6]
        unit, wanted = shape / np.linalg.norm(shape, axis=1, keepdims=True), np.array(wish.shape)
        blocks, with_color = BLOCKS[strategy]
        score = np.ones(len(shape))
        for first, last in blocks:
            score *= unit[:, first:last] @ (wanted[first:last] / np.linalg.norm(wanted[first:last]))
        if with_color:
            tone = np.array(wish.color)
            score *= color @ tone / (np.linalg.norm(color, axis=1) * np.linalg.norm(tone))
        return np.argsort(-score)[:6]


def best_six(catalogue: Catalogue, wish: Wish, strategy: Strategy) -> NDArray[np.int64]:
    """Positions of the six best by score alone, best first."""
    gender = "male" if wish.shape[30] > 0 else "female"
    return ranked(catalogue, gender, query_of(wish, strategy), 6).places


def p50(work: Callable[[Wish], object], wishes: list[Wish]) -> float:
    """Median over the wishes of the least CPU time of several repeats, in microseconds."""
    least = []
    for wish in wishes:
        times = []
        for _ in range(REPEATS):
            began = time.thread_time_ns()
            work(wish)
            times.append(time.thread_time_ns() - began)
        least.append(min(times) / 1000)
    return statistics.median(least)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Microseconds of CPU that a search takes.")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--tables", type=Path, default=TABLES)
    asked = parser.parse_args()
    wishes = some_wishes(asked.queries)
    with tempfile.TemporaryDirectory() as home:
        catalogue, seconds = opened(asked.tables, Path(home))
        print(f"{catalogue.size} frames ({catalogue.name}): made in {seconds['made']:.2f} s, ", end="")
        print(f"opened in {1000 * seconds['opened']:.0f} ms\n")
        definition = Definition(folder_of(Path(home), catalogue.name) / catalogue.version)
        print(
            "| per query | six best, CPU p50, µs | definition as written, µs | with models, variety, reasons, µs |\n"
            "|---|---:|---:|---:|"
        )
        for strategy in Strategy:
            whole = p50(lambda wish, s=strategy: search(catalogue, wish, strategy=s), wishes)
            if strategy is Strategy.MOST_POPULAR:
                print(f"| {strategy} | – | – | {whole:.0f} |")
                continue
            six = p50(lambda wish, s=strategy: best_six(catalogue, wish, s), wishes)
            plain = p50(lambda wish, s=strategy: definition(wish, s), wishes)
            print(f"| {strategy} | {six:.0f} | {plain:.0f} | {whole:.0f} |")


if __name__ == "__main__":
    main()
