"""Search of large catalogues: p50 of a query, memory, recall, from ten thousand frames to ten million.

Run: `python benchmarks/search_scale.py [--all] [--queries N] [--kind mixed|graded] [--folder FOLDER]`; `--all` goes to
ten million frames, which need 6 GB of disk and some minutes. Each size
is written as a whole snapshot of synthetic frames, in batches, then opened and searched in a process of its own, so
that memory is its own. Wishes are those of the rules for random faces.

    mixed     frames recombined from the default catalogue: shape of one, sizes of another, colours of a third; nose
              pads, angularity, thickness and upper line are graded, as photos tell them
    graded    45 numbers at random, every frame unlike every other: the hardest case

Recall is the share of the exact top six, found by scoring every frame in float64, that the index finds.
"""

import argparse
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from search_quality import some_faces

from shared.catalogues.catalogue import LARGE, Catalogue
from shared.catalogues.facets import RECORD
from shared.catalogues.snapshot import SCHEMA
from shared.contracts import Strategy, Wish
from shared.scoring.coded import write_index
from shared.scoring.query import query_of
from shared.scoring.ranking import ranked, scanned
from shared.settings import settings
from workers.expert.engine import infer
from workers.expert.rules import load
from workers.search import search
from workers.search.generated import generate

Numbers = tuple[NDArray[np.float64], NDArray[np.float64]]

SIZES = (10_000, 100_000, 1_000_000)
LARGEST = 10_000_000
_BATCH = 100_000
_VARIANTS = 3
_RECALL_QUERIES = 5  # each is a scan of every frame
_GRADED = (19, 21, 22, 23, 24, 25, 26, 27)
_LINE = (
    '{"details": {"price": 99}, "gender": "", "id": "f00000000", "image_url": null, "name": "f00000000"}\n'
)


def mixed(rng: np.random.Generator) -> Callable[[int], Numbers]:
    """Makes frames recombined from the default catalogue's."""
    frames = generate()
    shapes, colors = np.array([f.shape for f in frames]), np.array([f.color for f in frames])
    sizes = [13, 14, 15, 16, 17, 18, 20, 28, 29]

    def make(count: int) -> Numbers:
        one, other, third = rng.integers(0, len(frames), (3, count))
        shape = shapes[one]
        shape[:, sizes] = shapes[other][:, sizes]
        shape[:, _GRADED] *= rng.random((count, len(_GRADED)))
        shape[:, 22] = rng.normal(size=count)
        return shape, colors[third]

    return make


def graded(rng: np.random.Generator) -> Callable[[int], Numbers]:
    """Makes frames of random numbers."""

    def make(count: int) -> Numbers:
        shape = rng.random((count, 31))
        shape[:, 22], shape[:, 30] = rng.normal(size=count), rng.random(count) < 0.44
        return shape, rng.random((count, 15))

    return make


KINDS = {"mixed": mixed, "graded": graded}


def write_synthetic(folder: Path, count: int, kind: str) -> None:
    """A snapshot of synthetic frames, as the import would write it, without going through rows one by one."""
    make = KINDS[kind](np.random.default_rng(7))
    folder.mkdir(parents=True)
    kinds = {
        "shape": np.dtype((np.float64, (31,))),
        "color": np.dtype((np.float64, (15,))),
        "row": np.dtype(np.int64),
        "popularity": np.dtype(np.float64),
        "facets": RECORD,
    }
    files = {name: (folder / f"{name}.npy").open("wb") for name in kinds}
    with (folder / "frames.jsonl").open("wb") as told:
        for name, file in files.items():
            _header(file, kinds[name], count)
        for first in range(0, count, _BATCH):
            for name, column in _batch(make, first, min(_BATCH, count - first)).items():
                files[name].write(column.tobytes())
            told.write(_lines(first, min(_BATCH, count - first)))
    for file in files.values():
        file.close()
    np.save(folder / "offsets.npy", np.arange(count + 1) * len(_LINE))
    manifest = {"schema": SCHEMA, "version": folder.name, "count": count, "brands": [], "sha256": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _header(file: IO[bytes], kind: np.dtype[Any], count: int) -> None:
    """The head of a .npy file whose body follows in batches."""
    base, inner = kind.subdtype or (kind, ())
    described = {
        "descr": np.lib.format.dtype_to_descr(base),
        "fortran_order": False,
        "shape": (count, *inner),
    }
    np.lib.format.write_array_header_1_0(file, described)


def _batch(make: Callable[[int], Numbers], first: int, count: int) -> dict[str, NDArray[Any]]:
    shape, color = make(count)
    facets = np.zeros(count, RECORD)
    facets["gender"] = shape[:, 30] > 0
    facets["shape"], facets["color"] = shape[:, :10].argmax(axis=1), color[:, :10].argmax(axis=1)
    facets["price"] = 50 + np.arange(first, first + count) % 400
    facets["model"] = np.arange(first, first + count) // _VARIANTS
    row = np.arange(first, first + count)
    return {
        "shape": shape,
        "color": color,
        "row": row,
        "popularity": np.full(count, np.nan),
        "facets": facets,
    }


def _lines(first: int, count: int) -> bytes:
    lines = np.tile(np.frombuffer(_LINE.encode(), np.uint8), (count, 1))
    digits = (np.arange(first, first + count)[:, None] // 10 ** np.arange(7, -1, -1)) % 10 + ord("0")
    for place in (_LINE.index("f0") + 1, _LINE.rindex("f0") + 1):
        lines[:, place : place + 8] = digits
    return lines.tobytes()


def some_wishes(count: int) -> list[Wish]:
    """What the rules wish for random faces."""
    rules = load(settings().rules_dir)
    return [infer(face, rules)[0] for face in some_faces(count)]


def memory() -> dict[str, float]:
    """Megabytes of this process: all that is resident, and what of it is its own, not mapped from files."""
    lines = Path("/proc/self/status").read_text().splitlines()
    told = dict(line.split(":", 1) for line in lines)
    return {name: int(told[key].split()[0]) / 1024 for name, key in (("all", "VmRSS"), ("own", "RssAnon"))}


def measure(folder: Path, queries: int, pipe: Any) -> None:
    """Open and search a snapshot; send what was measured."""
    began = time.process_time()
    catalogue = Catalogue("synthetic", folder)
    wishes = some_wishes(queries)
    for wish in wishes[:10]:  # both genders are opened, pages are warm
        search(catalogue, wish)
        search(catalogue, wish, strategy=Strategy.FACTORIZED)
    told: dict[str, Any] = {"opened": time.process_time() - began}
    for strategy in (Strategy.BALANCED, Strategy.FACTORIZED, Strategy.STANDART):
        told[f"{strategy}"] = p50(lambda wish, s=strategy: search(catalogue, wish, strategy=s), wishes)
        told[f"{strategy} six"] = p50(lambda wish, s=strategy: six(catalogue, wish, s), wishes)
    told |= memory()
    found = total = 0
    for wish in wishes[:_RECALL_QUERIES]:
        for strategy in (Strategy.BALANCED, Strategy.FACTORIZED):
            exact = scanned(
                catalogue, catalogue.frames_for(_gender(wish)), query_of(wish, strategy), 6
            ).places
            found += len(set(six(catalogue, wish, strategy).tolist()) & set(exact.tolist()))
            total += 6
    pipe.send(told | {"recall": found / total})


def _gender(wish: Wish) -> str:
    return "male" if wish.shape[30] > 0 else "female"


def six(catalogue: Catalogue, wish: Wish, strategy: Strategy) -> NDArray[np.int64]:
    """The exact top six by score alone."""
    return ranked(catalogue, _gender(wish), query_of(wish, strategy), 6).places


def p50(work: Callable[[Wish], object], wishes: list[Wish]) -> float:
    """Median milliseconds of CPU, each wish taken once."""
    times = []
    for wish in wishes:
        began = time.thread_time_ns()
        work(wish)
        times.append((time.thread_time_ns() - began) / 1e6)
    return statistics.median(times)


def rows(sizes: list[int], queries: int, kind: str, home: Path) -> Iterator[str]:
    """The curve, as Markdown."""
    yield f"Frames: {kind}. CPU milliseconds, p50 of {queries} wishes.\n"
    yield (
        "| frames | top six, balanced | factorized | standart | search, balanced | factorized | standart | recall "
        "| resident, MB | own, MB | opened, s | index written, s |"
    )
    yield "|---:|" + "---:|" * 11
    for size in sizes:
        folder = home / f"{kind}-{size}"
        if not folder.exists():
            write_synthetic(folder, size, kind)
        began = time.process_time()
        if size >= LARGE and not any(folder.glob("*.faiss")):
            write_index(folder)
        indexed = time.process_time() - began
        here, there = multiprocessing.get_context("spawn").Pipe()
        child = multiprocessing.get_context("spawn").Process(target=measure, args=(folder, queries, there))
        child.start()
        told = here.recv()
        child.join()
        numbers = [
            told[f"{strategy}{what}"]
            for what in (" six", "")
            for strategy in ("balanced", "factorized", "standart")
        ]
        yield (
            f"| {size:,} | "
            + " | ".join(f"{number:.2f}" for number in numbers)
            + f" | {told['recall']:.4f} | {told['all']:.0f} | {told['own']:.0f} | {told['opened']:.1f} | {indexed:.0f} |"
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Search of large catalogues.")
    parser.add_argument("--frames", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--all", action="store_true", help="To ten million.")
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--kind", choices=sorted(KINDS), default="mixed")
    parser.add_argument("--folder", type=Path, default=None, help="Keep the snapshots here.")
    asked: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        sizes = [*asked.frames, LARGEST] if asked.all else asked.frames
        for line in rows(sizes, asked.queries, asked.kind, asked.folder or Path(scratch)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
