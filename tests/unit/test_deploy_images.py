"""What goes into an image: a service's rooms and locked packages are enough for each of its modules."""

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from shared.settings import ROOT

# Each service: the rooms whose every module must load in its image.
SERVICES = {
    "gateway": ("gateway", "workers.webhooks", "cli.jobs", "cli.doctor", "cli.keys"),
    "perception": ("workers.perception",),
    "expert": ("workers.expert",),
    "search": ("workers.search",),
    "gan": ("workers.gan",),
    "catalogue": ("workers.search",),
    "flower": ("flower_app",),
}
NEURAL = {"ai-edge-litert", "tensorflow", "onnxruntime", "torch"}

# Loads a room out of a folder, with no package but those of the lock, and names what could not be loaded.
_LOADER = """
import importlib, importlib.metadata as metadata, json, pkgutil, re, sys
app, site, rooms, locked = sys.argv[1], sys.argv[2], sys.argv[3].split(), set(json.loads(sys.argv[4]))
sys.path[:0] = [app, site]
canonical = lambda name: re.sub(r"[-_.]+", "-", name).lower()
foreign = {top for top, owners in metadata.packages_distributions().items()
           if not {canonical(owner) for owner in owners} & locked}
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in foreign - {"shared", "workers", "gateway", "cli"}:
            raise ModuleNotFoundError(f"not in the image: {name}", name=name)
sys.meta_path.insert(0, Absent())
missing = {}
def load(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        missing[name] = str(error)
for room in rooms:
    found = load(room)
    for part in pkgutil.walk_packages(getattr(found, "__path__", []), f"{room}.", onerror=lambda name: None):
        if not part.name.endswith("__main__"):
            load(part.name)
print(json.dumps(missing))
"""


def locked(service: str) -> set[str]:
    """Names of the packages that the service's image installs."""
    lines = (ROOT / "locks" / f"{service}.txt").read_text().splitlines()
    return {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in lines if "==" in line}


def fill(service: str, app: Path) -> None:
    """Copy the service's rooms, as its image does."""
    subprocess.run(["sh", ROOT / "deploy" / "rooms.sh", service, ROOT, app], check=True)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_all_that_its_service_loads(service: str, tmp_path: Path) -> None:
    """Given its rooms and the packages of its lock alone / Then every module of its room can be loaded."""
    fill(service, tmp_path)
    site = sysconfig.get_path("purelib")
    command = [sys.executable, "-I", "-S", "-c", _LOADER, tmp_path, site, " ".join(SERVICES[service])]

    done = subprocess.run(
        [*command, json.dumps(sorted(locked(service)))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {}


@pytest.mark.parametrize("service", ["gateway", "expert", "search", "flower"])
def test_only_stages_that_look_or_draw_carry_a_neural_runtime(service: str) -> None:
    """The others answer in milliseconds and scale apart; a runtime would only make them heavy."""
    assert not locked(service) & NEURAL


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_no_room_of_another_service(service: str, tmp_path: Path) -> None:
    """Given an image / Then there is one worker's room at most, no test, no training, no secret."""
    fill(service, tmp_path)

    rooms = {path.name for path in (tmp_path / "workers").iterdir() if path.is_dir()}
    assert rooms <= {room.removeprefix("workers.") for room in SERVICES[service]} | {"__pycache__"}
    assert {path.name for path in tmp_path.iterdir()} <= {
        *("shared", "workers", "models", "gateway", "cli", "serve.sh", "flower_app.py"),
    }
