"""The stack as an operator runs it: built, brought up, scaled, each service restarted under it, taken down.

Needs a Docker engine; skips where none answers. Everything carries a project name of its own, so that a stack of the
same machine is left alone.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from stack import portrait

from shared.settings import ROOT

MB = 1_000_000
BARS = {
    "expert": 150,
    "search": 300,
    "perception": 450,
    "gan": 450,
    "catalogue": 520,  # it reads pictures and Parquet; no bar was asked of it
    "gateway": 300,
}  # on top of the base
BASE = os.environ.get("PYTHON_IMAGE", "python:3.12-slim-bookworm")
SCALE = ("--scale", "perception=3", "--scale", "gan=2")
SECRETS = ROOT / "deploy" / "secrets"


def run(*command: str, **more: Any) -> str:
    """What a command prints; its error ends the test."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def compose(*arguments: str) -> str:
    """Compose on our own project."""
    tool = shutil.which("docker-compose", path=str(Path(sys.executable).parent))
    assert tool, "docker-compose is not installed: `make setup`"
    given = os.environ | {"PUBLISH": "127.0.0.1:18080", "TAG": "tested"}
    return run(tool, "--project-name", "expertglasses-tested", *arguments, env=given)


@pytest.fixture(scope="module")
def images() -> dict[str, int]:
    """Each image, built, with its bytes on top of the base."""
    engine = shutil.which("docker")
    if engine is None or subprocess.run([engine, "info"], capture_output=True, check=False).returncode:
        pytest.skip("no Docker engine answers; this test builds and runs the images")
    run(sys.executable, "tools/make_secrets.py")
    compose("build", "--quiet")

    def size(name: str) -> int:
        return int(run(engine, "image", "inspect", name, "--format", "{{.Size}}"))

    return {name: size(f"expertglasses-{name}:tested") - size(BASE) for name in BARS}


@pytest.fixture(scope="module")
def url(images: dict[str, int]) -> Iterator[str]:
    """The stack, up and scaled."""
    try:
        compose("up", "--wait", *SCALE)
        yield "http://127.0.0.1:18080"
    finally:
        compose("down", "--volumes", "--timeout", "60")


def headers() -> dict[str, str]:
    """The first key."""
    return {"Authorization": f"Bearer {(SECRETS / 'expertglasses_bootstrap_key').read_text()}"}


def end_of_a_job(url: str) -> dict[str, Any]:
    """A real photo's job, once it has ended."""
    answer = requests.post(
        f"{url}/v1/jobs", files={"photo": ("me.jpg", portrait())}, headers=headers(), timeout=60
    )
    assert answer.status_code == 202, answer.text
    limit = time.monotonic() + 120
    while True:
        job: dict[str, Any] = requests.get(
            f"{url}/v1/jobs/{answer.json()['id']}", headers=headers(), timeout=60
        ).json()
        if job["state"] not in {"queued", "running"}:
            return job
        assert time.monotonic() < limit, job["stages"]
        time.sleep(0.2)


def test_images_hold_what_they_need_and_little_more(images: dict[str, int]) -> None:
    """Each image is within its bar on top of the base image; the sizes are printed."""
    for name, size in images.items():
        print(f"{name}: {size / MB:.0f} MB of {BARS[name]}")  # noqa: T201  whoever builds wants to read it
    assert {name for name, size in images.items() if size > BARS[name] * MB} == set()


def test_a_photo_goes_through_the_scaled_stack(url: str) -> None:
    """Given three workers of perception and two of gan / Then a photo becomes frames and a drawing."""
    job = end_of_a_job(url)

    assert job["state"] == "succeeded", job
    assert len(job["matches"]["matches"]) == 6
    assert job["design"]["status"] == "drawn"
    assert job["images"]


@pytest.mark.parametrize(
    "service", ["redis", "perception", "expert", "search", "gan", "catalogue", "webhooks", "gateway"]
)
def test_a_service_is_restarted_under_the_others(url: str, service: str) -> None:
    """If a service is restarted / Then all are healthy again, and the next photo goes through."""
    compose("restart", service)
    compose("up", "--wait", "--no-recreate", *SCALE)

    assert end_of_a_job(url)["state"] == "succeeded"


def test_an_operator_is_answered_inside(url: str) -> None:
    """The gateway's image carries the commands of operators: doctor finds nothing wrong, jobs lists what went through."""
    assert "FAULT" not in compose("exec", "-T", "gateway", "python", "-m", "cli", "doctor")
    listed = compose("exec", "-T", "gateway", "python", "-m", "cli", "jobs", "list", "--json").splitlines()
    assert {json.loads(line)["state"] for line in listed} == {"succeeded"}


def test_nothing_answers_without_a_key(url: str) -> None:
    """Given no key / Then no job is made."""
    answer = requests.post(f"{url}/v1/jobs", files={"photo": ("me.jpg", portrait())}, timeout=60)

    assert answer.status_code == 401


def test_no_container_may_write_to_its_own_root(url: str) -> None:
    """Given any of our containers / Then writing beside its mounts fails, and it is not root."""
    for service in ("gateway", "perception", "expert", "search", "gan"):
        probe = "import os, pathlib; print(os.getuid()); pathlib.Path('/app/probe').write_text('x')"
        with pytest.raises(AssertionError, match="Read-only file system"):
            compose("exec", "-T", service, "python", "-c", probe)
        assert compose("exec", "-T", service, "id", "-u").strip() == "10001"
