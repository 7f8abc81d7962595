"""The examples of the documentation, run as their readers run them."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from stack import RunningStack, portrait
from standardwebhooks import Webhook

from shared.records.hooks import new_secret
from shared.settings import ROOT

EXAMPLES = ROOT / "examples"
COMMANDS = {"recommend.sh": "sh", "recommend.py": sys.executable, "recommend.mjs": "node"}


def test_every_example_is_run() -> None:
    """None lies there untested."""
    files = {path.name for path in EXAMPLES.iterdir() if path.is_file()}
    assert files == {*COMMANDS, "receive_webhook.py", "README.md"}
    told = (EXAMPLES / "README.md").read_text()
    assert all(name in told for name in files - {"README.md"})


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_recommends_and_deletes(stack: RunningStack, tmp_path: Path, name: str) -> None:
    """Given a photo / Then three frames worn, and nothing of it is left."""
    program = shutil.which(COMMANDS[name])
    if program is None:
        pytest.skip(f"{COMMANDS[name]} is not installed")
    photo = tmp_path / "me.jpg"
    photo.write_bytes(portrait())
    done = subprocess.run(
        [program, str(EXAMPLES / name), str(photo)],
        env={**os.environ, "EXPERTGLASSES_URL": stack.url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("worn") == 3, done.stdout
    assert done.stdout.rstrip().endswith("deleted")
    assert "succeeded" in done.stdout
    jobs = requests.get(f"{stack.url}/v1/jobs", timeout=10).json()["jobs"]
    left = {path.parent.name for path in (stack.folder / "data" / "blobs" / "jobs").glob("*/photo")}
    assert left <= {job["id"] for job in jobs}


def test_an_example_tells_what_is_wrong(stack: RunningStack, tmp_path: Path) -> None:
    """Given no photo / Then the code of the problem, and an exit status that a script can see."""
    text = tmp_path / "me.jpg"
    text.write_text("no photo")
    for name, command in COMMANDS.items():
        program = shutil.which(command)
        if program is None:
            continue
        done = subprocess.run(
            [program, str(EXAMPLES / name), str(text)],
            env={**os.environ, "EXPERTGLASSES_URL": stack.url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode != 0, name
        assert "The requested" in done.stderr or "unsupported_media" in done.stdout + done.stderr, name


def test_the_receiver_takes_signed_messages_once() -> None:
    """A signed message is told, its repetition is not, a forged one is 401."""
    secret = new_secret()
    process = subprocess.Popen(
        [sys.executable, str(EXAMPLES / "receive_webhook.py"), "0"],
        env={**os.environ, "WEBHOOK_SECRET": secret},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = process.stdout.readline().split()[-1]
        body = '{"type":"job.succeeded","timestamp":"2026-01-01T00:00:00Z","data":{"id":"job_1"}}'
        now = datetime.now(UTC)
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign("msg_1", now, body),
        }
        address = f"http://127.0.0.1:{port}/"
        for _ in range(2):
            assert requests.post(address, body, headers=headers, timeout=10).status_code == 204
        assert requests.post(address, body + " ", headers=headers, timeout=10).status_code == 401
        assert process.stdout.readline() == "job.succeeded job_1\n"
    finally:
        process.terminate()
        rest = process.communicate(timeout=10)[0]
    assert rest == ""
