"""What perception costs: CPU milliseconds a photo of one megapixel, readiness, resident memory.

    python benchmarks/perception.py

The published system of 2020 took 553 ms on two such cores; it stands beside ours as a figure, it cannot be run here.
"""

import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from skimage import data

from workers.perception import Perceiver
from workers.perception.photo import decode

REPEATS = 20
PUBLISHED_MS = 553


def main() -> None:
    """Print the table."""
    began = time.perf_counter()
    perceiver = Perceiver()
    ready = time.perf_counter() - began
    photo = _portrait(1000)
    whole = _cpu_ms(lambda: perceiver.perceive(photo))
    reading = _cpu_ms(lambda: decode(photo, max_pixels=10**8, min_side=1))
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print("| what | measured | bar |\n|---|---|---|")
    print(f"| a photo of one megapixel, CPU | {whole:.0f} ms | 150 ms |")
    print(f"| of it decoding | {reading:.1f} ms | |")
    print(f"| published system of 2020 | {PUBLISHED_MS} ms, {PUBLISHED_MS / whole:.0f} times ours | |")
    print(f"| models loaded in | {ready:.2f} s | 3 s |\n| resident | {pages * 4096 / 1e6:.0f} MB | 350 MB |")


def _portrait(side: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(data.astronaut()).resize((side, side)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _cpu_ms(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
