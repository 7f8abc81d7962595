"""The profiles of the Compose file, running: photos in an object store, Prometheus with our rules, Flower.

Two images are made here in the place of those that the file names, so that no registry of images is asked: moto's
server speaks S3 instead of SeaweedFS, and Debian's Prometheus stands for its own. Grafana's board is looked at in
`tests/unit/test_deploy_watching.py`.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import yaml
from engine import SECRETS, URL, compose, end_of_a_job, engine, headers, run, until

from shared.contracts import STAGES
from shared.settings import ROOT

_MOTO = """
FROM python:3.12-slim-bookworm
ARG PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CERT PIP_TRUSTED_HOST
RUN python -m pip install --quiet {packages}
ENTRYPOINT ["sh", "-c", "exec moto_server --host 0.0.0.0 --port 9000"]
"""
_PROMETHEUS = """
FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends prometheus && rm -rf /var/lib/apt/lists/* \\
 && install -d -o nobody /prometheus
USER nobody
VOLUME /prometheus
ENTRYPOINT ["prometheus"]
"""
_PROFILES = ("--profile", "s3", "--profile", "monitoring")
_SERVED = ("gateway", *map(str, STAGES), "redis", "s3", "prometheus", "flower")


@pytest.fixture(scope="module")
def stack() -> Iterator[None]:
    """Everything but imports, webhooks and Grafana, with photos in S3."""
    client = engine()
    _made(client, "moto", _MOTO.format(packages=" ".join(_locked("moto", "flask", "flask-cors", "werkzeug"))))
    _made(client, "prometheus", _PROMETHEUS)
    run(sys.executable, "tools/make_secrets.py")
    compose(*_PROFILES, "build", "--quiet", *_SERVED)
    try:
        _compose("up", "--wait", *_SERVED)
        yield
    finally:
        _compose("down", "--volumes", "--timeout", "60")


def _made(client: str, name: str, dockerfile: str) -> None:
    """Build an image of what packages ship."""
    given = [part for name in ("PIP_INDEX_URL", "PIP_CERT") for part in ("--build-arg", name)]
    command = [client, "build", "--quiet", *given, "--tag", f"expertglasses-{name}:tested", "-"]
    done = subprocess.run(command, input=dockerfile, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"the packages of {name} cannot be had inside a build: {done.stderr.strip()[-300:]}")


def _locked(*names: str) -> list[str]:
    """Requirements at the versions that the tests run with themselves."""
    lock = (ROOT / "locks" / "dev.txt").read_text()
    found = [re.search(rf"^{name}==[^\s;]+", lock, re.MULTILINE) for name in names]
    return [match[0].replace("moto==", "moto[s3]==") for match in found if match]


def _compose(*arguments: str) -> str:
    images = {
        "S3_IMAGE": "expertglasses-moto:tested",
        "PROMETHEUS_IMAGE": "expertglasses-prometheus:tested",
    }
    return compose(*_PROFILES, *arguments, EXPERTGLASSES_BLOB_URL="s3://photos", **images)


def _inside(code: str) -> str:
    """What a line of Python prints in the gateway's container."""
    return _compose("exec", "-T", "gateway", "python", "-c", code).strip()


def _prometheus(path: str) -> dict[str, Any]:
    """What Prometheus answers, asked from inside: nothing of it is published."""
    asked = f"import urllib.request as r; print(r.urlopen('http://prometheus:9090/api/v1/{path}').read().decode())"
    data: dict[str, Any] = json.loads(_inside(asked))["data"]
    return data


def _stored() -> list[str]:
    """Names of all objects in the store."""
    code = (
        "from shared.blobs import BlobStore; from shared.settings import settings;"
        "fs = BlobStore.from_settings(settings())._fs; fs.invalidate_cache(); print(*fs.find('photos'))"
    )
    return _inside(code).split()


@pytest.mark.usefixtures("stack")
def test_a_job_keeps_its_files_in_the_object_store() -> None:
    """Given no bucket / Then a photo goes through all containers over S3, its files lie there alone, and go with it."""
    job = end_of_a_job()

    assert job["state"] == "succeeded", job
    drawn = f"{URL}{job['images']['design-0.png']}" if isinstance(job["images"], dict) else None
    assert drawn is None or requests.get(drawn, headers=headers(), timeout=60).status_code == 200
    mine = [name for name in _stored() if name.startswith(f"photos/jobs/{job['id']}/")]
    assert f"photos/jobs/{job['id']}/photo" in mine
    assert len(mine) > 1
    assert _inside("import os; print(os.path.exists('/data/blobs'))") == "False"

    gone = requests.delete(f"{URL}/v1/jobs/{job['id']}", headers=headers(), timeout=60)

    assert gone.status_code == 204
    assert not [name for name in _stored() if job["id"] in name]


@pytest.mark.usefixtures("stack")
def test_prometheus_finds_the_gateway_and_its_rules() -> None:
    """Prometheus accepts configuration and rules, its one target is up, and each alert of the file is evaluated."""
    told = _compose(
        "exec", "-T", "prometheus", "promtool", "check", "config", "/etc/prometheus/prometheus.yml"
    )
    assert "SUCCESS" in told
    until(
        lambda: [target["health"] for target in _prometheus("targets")["activeTargets"]] == ["up"],
        "target up",
    )
    until(lambda: all(rule["health"] == "ok" for rule in _rules()), "every rule was evaluated")
    file = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text())
    assert [rule["name"] for rule in _rules()] == [rule["alert"] for rule in file["groups"][0]["rules"]]
    assert _prometheus("query?query=sum(expertglasses_workers)")["result"][0]["value"][1] == "4"


def _rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _prometheus("rules")["groups"][0]["rules"]
    return found


@pytest.mark.usefixtures("stack")
def test_flower_shows_names_and_ids_behind_its_password() -> None:
    """Given a job done / Then Flower lists its four tasks to who knows the password, and shows an id as all they were given."""
    job = end_of_a_job()
    password = (SECRETS / "flower_auth").read_text()
    asked = (
        "import base64, json, urllib.request as r;"
        "request = r.Request('http://flower:5555/api/tasks');"
        f"request.add_header('Authorization', 'Basic ' + base64.b64encode({password!r}.encode()).decode());"
        "print(r.urlopen(request).read().decode())"
    )

    def mine() -> list[dict[str, Any]]:
        return [task for task in json.loads(_inside(asked)).values() if job["id"] in task["args"]]

    until(lambda: len(mine()) == len(STAGES), "Flower has seen each stage")
    assert {task["name"] for task in mine()} == {"perceive", "advise", "search", "design"}
    assert {task["args"].strip("()[],") for task in mine()} == {f"'{job['id']}'"}
    assert {task["kwargs"] for task in mine()} == {"{}"}
    with pytest.raises(AssertionError, match="401"):
        _inside("import urllib.request as r; r.urlopen('http://flower:5555/')")


@pytest.mark.usefixtures("stack")
def test_a_stage_without_a_worker_raises_its_alert() -> None:
    """If the workers of a stage are stopped / Then its alert fires and no other stage's; with them back it ends."""

    def firing() -> list[tuple[str, str]]:
        alerts = _prometheus("alerts")["alerts"]
        return [
            (a["labels"]["alertname"], a["labels"].get("stage", "")) for a in alerts if a["state"] == "firing"
        ]

    until(lambda: firing() == [], "no alert fires")
    _compose("stop", "gan")
    until(lambda: firing() == [("StageWithoutWorker", "gan")], "the alert fires")
    _compose("start", "gan")
    until(lambda: firing() == [], "the alert has ended")
