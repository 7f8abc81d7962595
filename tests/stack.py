"""The whole system as a process beside the tests: `expertglasses up`, spoken to over HTTP alone."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests
from PIL import Image
from skimage import data

TERMINAL = {"succeeded", "failed", "cancelled", "expired"}


def portrait(**options: Any) -> bytes:
    """A real photo of a face (Eileen Collins, NASA, public domain; scikit-image carries it) as JPEG."""
    return encode(Image.fromarray(data.astronaut()), **options)


def encode(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """An image as the bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


class RunningStack:
    """`expertglasses up` on a free port and in a folder of its own; `options` and `settings` are its own too."""

    def __init__(self, folder: Path, *options: str, **settings: Any) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self._log = (folder / "up.log").open("wb")
        command = [sys.executable, "-m", "cli", "up", "--port", str(port), "--data-dir", str(folder / "data")]
        given = {f"EXPERTGLASSES_{name.upper()}": str(value) for name, value in settings.items()}
        self.process = subprocess.Popen(
            [*command, *options], env=os.environ | given, stdout=self._log, stderr=subprocess.STDOUT
        )
        self._wait()

    def _wait(self, seconds: float = 180) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/readyz", timeout=2).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise AssertionError(f"not ready:\n{(self.folder / 'up.log').read_text()}")

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        self._log.close()
        return status

    def create(self, photo: bytes, options: str = "{}", name: str = "photo.jpg") -> requests.Response:
        """Post a photo."""
        return requests.post(
            f"{self.url}/v1/jobs", files={"photo": (name, photo)}, data={"options": options}, timeout=30
        )

    def read(self, job_id: str) -> dict[str, Any]:
        """One poll; a gateway that is being restarted is asked again."""
        for _ in range(100):
            try:
                answer = requests.get(f"{self.url}/v1/jobs/{job_id}", timeout=5)
                if answer.status_code == 200:
                    body: dict[str, Any] = answer.json()
                    return body
                assert answer.status_code == 503, answer.text
            except requests.RequestException:
                pass
            time.sleep(0.2)
        raise AssertionError("the gateway did not come back")

    def end_of(self, job_id: str, seconds: float = 90) -> dict[str, Any]:
        """The job once it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = self.read(job_id)
            if job["state"] in TERMINAL:
                return job
            time.sleep(0.1)
        raise AssertionError(f"the job did not end: {job['state']} {job['stages']}")

    def pids(self, words: str) -> list[int]:
        """Processes of this stack whose command line holds `words`; main processes before their children."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    environment = (folder / "environ").read_bytes().decode(errors="replace")
                    parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
                # The broker rewrites its command line and environment: it is known by its parent.
                if words in line and (str(self.folder) in environment or parent == self.process.pid):
                    found.append(int(folder.name))
        return sorted(found)

    def kill(self, words: str) -> None:
        """`kill -9` every process of this stack whose command line holds `words`."""
        pids = self.pids(words)
        assert pids, f"nothing runs with {words!r}"
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
