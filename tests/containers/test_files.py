"""Dockerfile and Compose file: what the tools that read them say, and what an operator relies on."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import STAGES
from shared.settings import ROOT, Settings

OURS = {*map(str, STAGES), "gateway", "catalogue", "webhooks"}


def tool(name: str) -> str:
    """A tool that a locked package brings."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    assert found, f"{name} is not installed: `make setup`"
    return found


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """Every service of the Compose file, with every profile, as Compose reads it."""
    command = [tool("docker-compose"), "--profile", "*", "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["services"]
    return found


def test_hadolint_finds_nothing_to_say() -> None:
    """No rule of hadolint is broken, none is switched off."""
    done = subprocess.run(
        [tool("hadolint"), "--failure-threshold", "style", ROOT / "deploy" / "Dockerfile"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert "hadolint ignore" not in (ROOT / "deploy" / "Dockerfile").read_text()


def test_compose_reads_its_file_and_finds_all_of_us(services: dict[str, Any]) -> None:
    """Compose's own schema accepts the file with all profiles; each stage, the door, imports and webhooks are there."""
    assert set(services) >= OURS | {"redis", "prometheus", "grafana", "flower", "s3"}


def test_every_service_is_locked_down(services: dict[str, Any]) -> None:
    """Read-only root, no capability, no new privileges, limits of processor, memory and processes, restarts, bounded logs."""
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"]), name
        assert service["restart"] == "unless-stopped", name
        assert service["logging"]["options"]["max-size"], name


def test_only_the_gateway_is_published(services: dict[str, Any]) -> None:
    """No port but the gateway's leaves the stack, and that one on loopback unless told otherwise."""
    assert [name for name, service in services.items() if service.get("ports")] == ["gateway"]
    assert services["gateway"]["ports"][0]["host_ip"] == "127.0.0.1"


def test_a_stop_waits_for_the_work_in_hand(services: dict[str, Any]) -> None:
    """The engine kills only after the hard limit of a stage has passed."""
    limit = Settings.model_fields["stage_hard_seconds"].default
    for name in OURS:
        minutes, seconds = re.fullmatch(
            r"(?:(\d+)m)?(?:(\d+)s)?", services[name]["stop_grace_period"]
        ).groups("0")  # type: ignore[union-attr]
        assert int(minutes) * 60 + int(seconds) > limit


def test_no_secret_stands_in_the_environment(services: dict[str, Any]) -> None:
    """Passwords, keys and addresses with passwords come as files alone."""
    for name, service in services.items():
        for variable, value in (service.get("environment") or {}).items():
            secret = re.search(r"PASSWORD|TOKEN|KEY|REDIS_URL|SECRET", variable)
            assert not secret or str(value).startswith("/run/secrets/"), f"{name}: {variable}"


def test_secrets_that_are_settings_have_the_name_of_one(services: dict[str, Any]) -> None:
    """A file `expertglasses_<name>` is read as the setting `<name>`; a misspelt one would be ignored in silence."""
    named = {secret["source"] for service in services.values() for secret in service.get("secrets", [])}
    ours = {name.removeprefix("expertglasses_") for name in named if name.startswith("expertglasses_")}

    assert ours <= set(Settings.model_fields)
    assert {"redis_url", "bootstrap_key", "metrics_token"} <= ours


def test_every_secret_of_the_stack_is_made_by_the_tool(services: dict[str, Any], tmp_path: Path) -> None:
    """`make_secrets.py` writes each file that the stack mounts, and a second run changes none."""
    named = {secret["source"] for service in services.values() for secret in service.get("secrets", [])}
    command = [sys.executable, ROOT / "tools" / "make_secrets.py", "--folder", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    first = {file.name: file.read_text() for file in tmp_path.iterdir()}
    subprocess.run(command, check=True, capture_output=True)

    assert set(first) == named
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == first
