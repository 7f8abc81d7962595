"""The whole system: seconds until ready, seconds of a job, resident memory of every process.

python benchmarks/stack.py
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from stack import RunningStack, portrait

JOBS = 20
BARS = {"perception": 350, "expert": 200, "search": 200, "gunicorn": 150}


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        stack = RunningStack(Path(folder))
        ready = time.perf_counter() - began
        try:
            photo = portrait()
            plain = [_one_job(stack, photo, '{"generate": {"count": 0}}') for _ in range(JOBS)]
            drawn = [_one_job(stack, photo, "{}") for _ in range(JOBS)]
            print(f"| what | measured | bar |\n|---|---|---|\n| ready after | {ready:.1f} s | 8 s |")
            print(f"| job p50, photo to frames | {statistics.median(plain):.3f} s | 0.7 s |")
            print(f"| with a drawing | {statistics.median(drawn):.3f} s | 1.2 s |")
            for name in ("perception", "expert", "search", "gan", "gunicorn"):
                words = name if name == "gunicorn" else f"workers.{name}.tasks"
                largest = max(_resident_mb(pid) for pid in stack.pids(words))
                bar = f"{BARS[name]} MB" if name in BARS else ""
                print(f"| {name}, largest process | {largest:.0f} MB | {bar} |")
        finally:
            stack.stop()


def _one_job(stack: RunningStack, photo: bytes, options: str) -> float:
    began = time.perf_counter()
    job_id = stack.create(photo, options).json()["id"]
    while stack.read(job_id)["state"] not in {"succeeded", "failed"}:
        time.sleep(0.005)
    return time.perf_counter() - began


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
