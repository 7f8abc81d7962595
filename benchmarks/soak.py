"""Thousands of jobs through the whole system: memory of each process, of Redis, and open descriptors must stay flat.

python benchmarks/soak.py [JOBS]
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import redis
from crowd import Crowd, RunningStack, cpu_seconds, descriptors, name_of, resident_mb, share, told, tree

JOBS = 5_000
CLIENTS = 12
# Jobs go after a minute, the shortest there is, so that what is kept of them levels off as well.
OPTIONS = {"retention_seconds": 60, "generate": {"count": 0}}
DRAWN = {"retention_seconds": 60, "generate": {"count": 1, "seed": 1}}
SETTINGS = {"create_limit": "0", "request_limit": "0", "log_level": "WARNING", "tombstone_seconds": 60}


def main(jobs: int) -> None:
    """Print each process as it was after a fifth of the jobs and at the end, and the slope between."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        stack = RunningStack(Path(folder), "--no-flower", **SETTINGS)
        try:
            _soak(stack, jobs)
        finally:
            stack.stop()


def _soak(stack: RunningStack, jobs: int) -> None:
    plain, drawing = Crowd(stack, json.dumps(OPTIONS)), Crowd(stack, json.dumps(DRAWN))
    drawing.come(2, 20)
    pids = tree(stack.process.pid)
    samples: list[dict[int, tuple[float, int]]] = []
    memory: list[float] = []
    client = redis.Redis(port=_broker_port(pids), decode_responses=True)

    def watch() -> None:
        samples.append(
            {pid: (resident_mb(pid), descriptors(pid)) for pid in pids if Path(f"/proc/{pid}").exists()}
        )
        memory.append(client.info("memory")["used_memory"] / 1e6)

    began, used = time.perf_counter(), cpu_seconds(pids)
    visits = plain.come(CLIENTS, jobs - jobs // 10, watch)
    visits += drawing.come(CLIENTS // 2, jobs // 10, watch)
    seconds, used = time.perf_counter() - began, cpu_seconds(pids) - used
    print(
        f"{len(visits)} jobs in {seconds:.0f} s: {told(visits)}; {1000 * used / len(visits):.0f} ms of CPU a job"
    )
    ends = [visit.ended for visit in visits]
    print(f"p50 {share(ends, 0.5):.2f} s, p95 {share(ends, 0.95):.2f} s, longest {max(ends):.2f} s\n")
    early, late = _means(samples, 0.2, 0.3), _means(samples, 0.9, 1.0)
    print(
        "| process | MB after a fifth | MB at the end | descriptors after a fifth | at the end |\n|---|---|---|---|---|"
    )
    for pid in pids:
        if pid in early and pid in late:
            (mb, files), (mb_end, files_end) = early[pid], late[pid]
            print(f"| {name_of(pid)} | {mb:.0f} | {mb_end:.0f} | {files:.0f} | {files_end:.0f} |")
    fifth = len(memory) // 5
    print(f"| Redis' own count | {memory[fifth]:.1f} | {memory[-1]:.1f} | | |")
    print(
        f"\nleft in Redis: {client.dbsize()} keys; files of jobs: {len(list(stack.folder.glob('data/blobs/jobs/*')))}"
    )


def _means(
    samples: list[dict[int, tuple[float, int]]], start: float, end: float
) -> dict[int, tuple[float, float]]:
    """Mean memory and descriptors of each process over a part of the run."""
    part = samples[int(len(samples) * start) : max(1, int(len(samples) * end))]
    always = set.intersection(*(set(sample) for sample in part))
    return {
        pid: (sum(s[pid][0] for s in part) / len(part), sum(s[pid][1] for s in part) / len(part))
        for pid in always
    }


def _broker_port(pids: list[int]) -> int:
    """The port of the embedded broker, which its command line tells."""
    line = next(Path(f"/proc/{pid}/cmdline").read_text() for pid in pids if name_of(pid) == "broker")
    return int(line.strip("\0 ").rpartition(":")[2])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else JOBS)
