"""Docker and Compose as these tests use them, on a project of their own: a stack of the same machine is left alone."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from stack import portrait

from shared.settings import ROOT

SECRETS = ROOT / "deploy" / "secrets"
URL = "http://127.0.0.1:18080"
BASE = os.environ.get("PYTHON_IMAGE", "python:3.12-slim-bookworm")
_GIVEN = {"PUBLISH": "127.0.0.1:18080", "TAG": "tested", "COMPOSE_PROJECT_NAME": "expertglasses-tested"}
_SECONDS = 120


def engine() -> str:
    """The client of an engine that answers; skips where there is none, and fails where there must be one."""
    client = shutil.which("docker")
    if client and subprocess.run([client, "info"], capture_output=True, check=False).returncode == 0:
        return client
    if os.environ.get("EXPERTGLASSES_TESTS_NEED_ENGINE"):
        pytest.fail("no Docker engine answers")
    pytest.skip("no Docker engine answers; this test builds and runs the images")


def run(*command: str, **more: Any) -> str:
    """What a command prints; its error ends the test."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def compose(*arguments: str, **settings: str) -> str:
    """Compose on our own project.

    Args:
        arguments: Its command line.
        settings: Variables that the Compose file reads.
    """
    tool = shutil.which("docker-compose", path=str(Path(sys.executable).parent))
    assert tool, "docker-compose is not installed: `make setup`"
    return run(tool, *arguments, env=os.environ | _GIVEN | settings)


def until(true: Callable[[], bool], what: str, seconds: float = _SECONDS) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, f"{what}: not so after {seconds} s"
        time.sleep(0.2)


def headers() -> dict[str, str]:
    """The first key."""
    return {"Authorization": f"Bearer {(SECRETS / 'expertglasses_bootstrap_key').read_text()}"}


def end_of_a_job() -> dict[str, Any]:
    """A real photo's job, once it has ended."""
    answer = requests.post(
        f"{URL}/v1/jobs", files={"photo": ("me.jpg", portrait())}, headers=headers(), timeout=60
    )
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()

    def ended() -> bool:
        job.update(requests.get(f"{URL}/v1/jobs/{job['id']}", headers=headers(), timeout=60).json())
        return job["state"] not in {"queued", "running"}

    until(ended, "the job has ended")
    return job
