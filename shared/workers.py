"""The register of living workers: each says every second that it lives, and is forgotten when it falls silent."""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import redis

from shared.broker import connect
from shared.contracts import Stage
from shared.contracts.base import Contract
from shared.records import keys
from shared.settings import Settings, settings
from shared.telemetry import logger

log = logger(__name__)

# One id a worker process tree: made in the parent, inherited by the children it forks.
WORKER_ID = f"{os.uname().nodename}-{os.getpid()}-{uuid4().hex[:8]}"
# What its children declared, as the parent last read it.
_declared: dict[str, str] = {}


class WorkerInfo(Contract):
    """What a living worker says of itself.

    Attributes:
        id: Unique to one start of one worker.
        stage: The stage it serves.
        pid: Its main process.
        ready: Whether a child has loaded everything it needs.
        problem: What is missing, where something is.
        resident: Memory of its main process and its children in bytes.
        versions: Of models, rules or catalogue.
    """

    id: str
    stage: str
    pid: int
    ready: bool
    problem: str | None = None
    resident: int = 0
    versions: dict[str, str] = {}  # noqa: RUF012  pydantic copies defaults


def _silent_ms(config: Settings) -> int:
    return int(config.heartbeat_seconds * 5000)


def beat(client: redis.Redis, stage: Stage, config: Settings) -> None:
    """Say that this worker lives; what its children declared is said again where Redis forgot it in an outage."""
    key = keys.worker(WORKER_ID)
    pipe = client.pipeline()
    pipe.hset(key, mapping={"stage": str(stage), "pid": os.getpid(), "resident": resident_bytes()})
    pipe.pexpire(key, _silent_ms(config))
    pipe.zadd(keys.WORKERS, {WORKER_ID: time.time()})
    pipe.expire(keys.WORKERS, 3600)
    pipe.hgetall(key)
    told: dict[str, str] = pipe.execute()[-1]
    if "ready" in told:
        _declared.clear()
        _declared.update({name: told[name] for name in told if name not in {"stage", "pid", "resident"}})
    elif _declared:
        client.hset(key, mapping=cast("dict[Any, Any]", _declared))
    if config.heart_file:
        facts = {"ready": _declared.get("ready") == "1", "problem": _declared.get("problem", "")}
        _show_heart(config.heart_file, facts)


def resident_bytes() -> int:
    """Memory of this process and its children that lies in RAM; pages they share count in each."""
    try:
        pids = ["self", *Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # a child ended meanwhile, or the system tells no such thing
        return 0


def _show_heart(file: Path, facts: Mapping[str, Any]) -> None:
    """Let the container's health check see this heartbeat; it reads all of it or the one before."""
    part = file.with_suffix(".part")
    part.write_text(json.dumps(facts), encoding="utf-8")
    part.replace(file)


def beat_alone(client: redis.Redis) -> None:
    """The heartbeat of a worker that serves no stage: the broker answers it, and its container sees that."""
    client.ping()
    if file := settings().heart_file:
        _show_heart(file, {"ready": True, "problem": ""})


def declare(client: redis.Redis, config: Settings, versions: Mapping[str, str], problem: str | None) -> None:
    """Say, from a child, what it has loaded or what stands in the way."""
    key = keys.worker(WORKER_ID)
    facts: dict[Any, Any] = {f"version.{name}": version for name, version in versions.items()}
    client.hset(key, mapping={**facts, "ready": "0" if problem else "1", "problem": problem or ""})
    client.pexpire(key, _silent_ms(config))


def leave(client: redis.Redis) -> None:
    """Say goodbye, so that nobody waits for the silence."""
    client.delete(keys.worker(WORKER_ID))
    client.zrem(keys.WORKERS, WORKER_ID)


def alive(client: redis.Redis, worker_id: str) -> bool:
    """Whether a worker was heard of lately."""
    return bool(client.exists(keys.worker(worker_id)))


def living(client: redis.Redis) -> list[WorkerInfo]:
    """All workers heard of lately, by stage."""
    found = []
    for worker_id in cast("list[str]", client.zrange(keys.WORKERS, 0, -1)):
        fields = cast("dict[str, str]", client.hgetall(keys.worker(worker_id)))
        if "stage" not in fields:
            client.zrem(keys.WORKERS, worker_id)
            continue
        versions = {k.removeprefix("version."): v for k, v in fields.items() if k.startswith("version.")}
        found.append(
            WorkerInfo(
                id=worker_id,
                stage=fields["stage"],
                pid=int(fields["pid"]),
                ready=fields.get("ready") == "1",
                problem=fields.get("problem") or None,
                resident=int(fields.get("resident", 0)),
                versions=versions,
            )
        )
    return sorted(found, key=lambda info: (info.stage, info.id))


class Repeating(threading.Thread):
    """Calls a function again and again until stopped; an error is logged, never fatal.

    Args:
        name: Of the thread, for logs.
        seconds: Between calls.
        function: Given a patient Redis client of its own.
    """

    def __init__(self, name: str, seconds: float, function: Callable[[redis.Redis], Any]) -> None:
        super().__init__(name=name, daemon=True)
        self._seconds = seconds
        self._function = function
        self._stopped = threading.Event()

    def run(self) -> None:
        """Until `stop`."""
        client = connect()
        while not self._stopped.wait(self._seconds):
            try:
                self._function(client)
            except (redis.RedisError, OSError) as error:
                log.warning("background_call_failed", thread=self.name, error=type(error).__name__)

    def stop(self) -> None:
        """End after the call under way."""
        self._stopped.set()
