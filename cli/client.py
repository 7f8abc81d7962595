"""A small client of the job API: submit a photo, follow its events, read the result."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import requests

from shared.errors import ExpertGlassesError

_TERMINAL = {"succeeded", "failed", "cancelled", "expired"}


class RemoteError(ExpertGlassesError):
    """The service refused the request."""

    code = "remote"


class Client:
    """Talks to one gateway.

    Args:
        url: Its address, e.g. `http://127.0.0.1:8080`.
        key: An access key; needed unless the gateway listens on this machine alone.
    """

    def __init__(self, url: str, key: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"

    def submit(self, photos: Sequence[Path], options: str) -> dict[str, Any]:
        """Create a job from photos of one person; `options` is JSON text."""
        # The files' own names stay here: they may tell who is on them.
        files = [("photo", ("photo", photo.read_bytes(), "application/octet-stream")) for photo in photos]
        return self._read(
            self._session.post(f"{self._url}/v1/jobs", files=files, data={"options": options}, timeout=30)
        )

    def follow(self, job_id: str, patience_seconds: float = 300.0) -> Iterator[dict[str, Any]]:
        """The job again and again until it has ended, each time after something happened."""
        deadline = time.monotonic() + patience_seconds
        address = f"{self._url}/v1/jobs/{job_id}"
        seen = None
        while time.monotonic() < deadline:
            try:
                job = self._read(self._session.get(address, timeout=10))
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.5)  # the gateway restarts; the job does not notice
                continue
            if job["stages"] != seen:
                seen = job["stages"]
                yield job
            if job["state"] in _TERMINAL:
                return
            time.sleep(0.05)
        raise RemoteError(f"The job had not ended after {patience_seconds:.0f} s.")

    def fetch(self, path: str) -> bytes:
        """The bytes of an image.

        Args:
            path: As the service names it, from the root.
        """
        answer = self._session.get(self._url + path, timeout=30)
        if not answer.ok:
            self._read(answer)
        return answer.content

    @staticmethod
    def _read(answer: requests.Response) -> dict[str, Any]:
        body: dict[str, Any] = answer.json()
        if not answer.ok:
            raise RemoteError(f"{body.get('title')}: {body.get('detail', '')} [{body.get('code')}]")
        return body
