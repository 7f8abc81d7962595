"""What a design costs: CPU milliseconds by step, readiness, resident memory, and that it stays flat over a thousand.

    python benchmarks/design.py

The published system's stage took 4.8 s a design and kept 34 MB of each; it stands beside as a figure, it cannot be
run here.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from shared.contracts import Generate, Wish
from shared.eyewear.describe import describe
from shared.eyewear.sampling import random_spec
from workers.gan import picture
from workers.gan.condition import condition
from workers.gan.design import design, designer

REPEATS = 20


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--designs", type=int, default=1_000, help="how many for the memory")
    given = parser.parse_args()
    began = time.perf_counter()
    designer()
    ready = time.perf_counter() - began
    rng = np.random.default_rng(1)
    wishes = [
        Wish(shape=shape, color=color) for shape, color in (describe(random_spec(rng)) for _ in range(16))
    ]
    whole = cpu_ms(lambda: design(wishes[0], Generate(seed=1)))
    print("| what | measured | bar |\n|---|---|---|")
    print(f"| a design of 640 × 256, best of 8, CPU | {whole:.0f} ms | 150 ms |")
    for name, milliseconds in _steps(wishes[0]).items():
        print(f"| – {name} | {milliseconds:.1f} ms | |")
    print("| published system of 2020 | 4,800 ms | |")
    print(f"| networks loaded and warm in | {ready:.2f} s | 2 s |")
    early = _resident_after(wishes, given.designs // 10)
    late = _resident_after(wishes, given.designs - given.designs // 10)
    print(f"| resident after {given.designs // 10} designs | {early:.1f} MB | 300 MB |")
    print(f"| resident after {given.designs} designs | {late:.1f} MB | 300 MB |")
    print(f"| grown by, each | {1000 * (late - early) / (0.9 * given.designs):.1f} kB | 0 kB |")


def _steps(wish: Wish) -> dict[str, float]:
    """Each step alone, on what the step before it made."""
    artist = designer()
    asked = condition(wish.shape, wish.color)
    halves = artist.candidates(asked, 1, 0)
    pixels = artist.finished(halves[0])
    return {
        "wish to condition": cpu_ms(lambda: condition(wish.shape, wish.color)),
        "eight candidates": cpu_ms(lambda: artist.candidates(asked, 1, 0)),
        "the best of them, read by the tagger": cpu_ms(lambda: artist.best(halves, asked)),
        "enlarged and cleaned": cpu_ms(lambda: artist.finished(halves[0])),
        "written as PNG": cpu_ms(lambda: picture.encode(pixels)),
    }


def _resident_after(wishes: list[Wish], count: int) -> float:
    """Megabytes this process holds after so many more designs."""
    for number in range(count):
        design(wishes[number % len(wishes)], Generate(seed=number))
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def cpu_ms(work: Callable[[], object]) -> float:
    """Median CPU time of some repeats, in ms."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return 1000 * float(np.median(times))


if __name__ == "__main__":
    main()
