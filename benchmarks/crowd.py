"""What load and soak share: clients that do as the page does, and what the processes of a stack use meanwhile."""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from stack import RunningStack, portrait

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Visit:
    """What one client met.

    Attributes:
        status: Of the answer to its photo.
        answered: Seconds until that answer.
        ended: Seconds until its job had ended; 0 where there was none.
        state: What the job ended as.
    """

    status: int
    answered: float
    ended: float = 0.0
    state: str = ""


@dataclass
class Crowd:
    """Clients that come again and again, each as soon as its last job has ended.

    Attributes:
        stack: What they visit.
        options: Of their jobs.
        photo: What they send.
    """

    stack: RunningStack
    options: str = '{"generate": {"count": 0}}'
    photo: bytes = field(default_factory=portrait)

    def visit(self, _: int = 0) -> Visit:
        """Send a photo, listen to the events of the job until it ends, read the result: as the page does."""
        with requests.Session() as session:
            began = time.perf_counter()
            answer = session.post(
                f"{self.stack.url}/v1/jobs",
                files={"photo": ("me.jpg", self.photo)}, data={"options": self.options}, timeout=60,
            )  # fmt: skip
            visit = Visit(answer.status_code, time.perf_counter() - began)
            if answer.status_code != 202:
                return visit
            job = f"{self.stack.url}/v1/jobs/{answer.json()['id']}"
            self._listen(session, job)
            visit.state = self._state(session, job)
            while visit.state in {"queued", "running"}:
                time.sleep(1)  # as a client polls that found no place to listen
                visit.state = self._state(session, job)
            visit.ended = time.perf_counter() - began
        return visit

    @staticmethod
    def _state(session: requests.Session, job: str) -> str:
        answer = session.get(job, timeout=60)
        return str(answer.json()["state"]) if answer.ok else f"not told: {answer.status_code}"

    @staticmethod
    def _listen(session: requests.Session, job: str) -> None:
        with session.get(f"{job}/events", stream=True, timeout=60) as stream:
            if stream.status_code == 200:
                for _ in stream.iter_lines():
                    pass

    def come(self, clients: int, visits: int, watch: Callable[[], None] | None = None) -> list[Visit]:
        """So many visits by so many clients at once; `watch` is called every second meanwhile."""
        with ThreadPoolExecutor(clients) as pool:
            under_way = [pool.submit(self.visit, number) for number in range(visits)]
            while watch is not None and not all(future.done() for future in under_way):
                watch()
                time.sleep(1)
            return [future.result() for future in under_way]


def tree(root: int) -> list[int]:
    """A process and everything it has started."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that these have used so far; what ended meanwhile is not counted."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_mb(pid: int) -> float:
    """Memory of a process that lies in RAM."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def descriptors(pid: int) -> int:
    """Files and sockets that a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208  faster than making a path of each


def name_of(pid: int) -> str:
    """What a process of the stack is called in a table."""
    line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    for words, name in (
        ("valkey-server", "broker"), ("gunicorn", "gateway"), ("workers.webhooks", "webhooks"),
        ("workers.search.importing", "catalogue"), ("flower", "flower"), ("cli up", "supervisor"),
    ):  # fmt: skip
        if words in line:
            return name
    return next(
        (stage for stage in ("perception", "expert", "search", "gan") if f"workers.{stage}." in line), "?"
    )


def share(values: list[float], part: float) -> float:
    """The value that `part` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def told(visits: list[Visit]) -> str:
    """Statuses and states of visits, in words."""
    return json.dumps(Counter(f"{visit.status} {visit.state}".strip() for visit in visits))
