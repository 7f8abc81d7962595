"""Catalogue snapshots: immutable folders, written whole or not at all, mapped into memory by who reads.

    catalogues/<name>/current            names the version in force
    catalogues/<name>/previous           names the one in force before, to go back to
    catalogues/<name>/<version>/         one snapshot
        manifest.json                    schema, count, hashes, source, brands
        shape.npy  color.npy             (frames, 31) and (frames, 15) float64, in order of frame id
        row.npy                          position of each frame in the imported table
        popularity.npy                   how well each sells, NaN where nobody said
        facets.npy                       what each can be filtered by, see facets.py
        frames.jsonl  offsets.npy        what a shopper reads, one JSON object a frame, found by offset

Gateway and search worker read these with NumPy alone. A snapshot's version is the hash of its content.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from shared.catalogues.mapping import mapped
from shared.errors import CatalogueDamagedError, CatalogueNotInstalledError

SCHEMA = 3
FILES = ("shape.npy", "color.npy", "row.npy", "popularity.npy", "facets.npy", "offsets.npy", "frames.jsonl")
_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")


def folder_of(data_dir: Path, name: str) -> Path:
    """The folder of a catalogue.

    Raises:
        CatalogueNotInstalledError: No catalogue can have this name.
    """
    if not _NAME.match(name):
        raise CatalogueNotInstalledError(f"{name!r} is no catalogue name: small letters, digits, - and _.")
    return data_dir / "catalogues" / name


def activate(data_dir: Path, name: str, version: str) -> None:
    """Put a version in force, at once and for every reader.

    Raises:
        CatalogueNotInstalledError: There is no such version.
        CatalogueDamagedError: Its files are not those of its manifest; what was in force stays so.
    """
    home = folder_of(data_dir, name)
    verify(home / version)
    before = _named(home / "current")
    if before not in {None, version}:
        _point(home / "previous", str(before))
    _point(home / "current", version)


def _point(pointer: Path, version: str) -> None:
    part = pointer.with_name(f".{pointer.name}-{uuid4().hex}")
    part.write_text(version)
    part.replace(pointer)


def _named(pointer: Path) -> str | None:
    try:
        return pointer.read_text()
    except FileNotFoundError:
        return None


def current(data_dir: Path, name: str) -> str:
    """The version in force.

    Raises:
        CatalogueNotInstalledError: The catalogue has none.
    """
    if (version := _named(folder_of(data_dir, name) / "current")) is None:
        raise CatalogueNotInstalledError(f"There is no catalogue {name!r}.")
    return version


def previous(data_dir: Path, name: str) -> str:
    """The version that was in force before this one.

    Raises:
        CatalogueNotInstalledError: There was none, or the catalogue is not installed.
    """
    current(data_dir, name)
    if (version := _named(folder_of(data_dir, name) / "previous")) is None:
        raise CatalogueNotInstalledError(f"The catalogue {name!r} had no other version in force before.")
    return version


def versions(data_dir: Path) -> dict[str, list[str]]:
    """Every catalogue with its versions, the one in force first."""
    found = {}
    for pointer in sorted((data_dir / "catalogues").glob("*/current")):
        name, active = pointer.parent.name, pointer.read_text()
        rest = sorted(path.parent.name for path in pointer.parent.glob("*/manifest.json"))
        found[name] = [active, *(version for version in rest if version != active)]
    return found


def manifest_of(folder: Path) -> dict[str, Any]:
    """A snapshot's manifest.

    Raises:
        CatalogueNotInstalledError: There is no such snapshot.
        CatalogueDamagedError: The manifest cannot be read, or is of another schema.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise CatalogueNotInstalledError(
            f"There is no snapshot {folder.name!r} of {folder.parent.name!r}."
        ) from None
    except ValueError:
        raise CatalogueDamagedError(f"The manifest of {folder.name} is not JSON.") from None
    if manifest.get("schema") != SCHEMA:
        raise CatalogueDamagedError(
            f"The snapshot {folder.name} was written by another release "
            f"(schema {manifest.get('schema')}, not {SCHEMA}): import the catalogue again."
        )
    return manifest


def verify(folder: Path) -> None:
    """Compare every file with the manifest.

    Raises:
        CatalogueDamagedError: A file is missing or differs.
    """
    for name, expected in manifest_of(folder)["sha256"].items():
        path = folder / name
        if not path.is_file() or digest(path) != expected:
            raise CatalogueDamagedError(
                f"{name} of the snapshot {folder.name} is not the file that was imported."
            )


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def map_array(folder: Path, name: str) -> NDArray[Any]:
    """One array of a snapshot, mapped, not read.

    Raises:
        CatalogueDamagedError: The file is missing or no array.
    """
    try:
        # As a plain array: np.memmap's own bookkeeping costs microseconds at every step.
        array: NDArray[Any] = mapped(folder / name).view(np.ndarray)
    except (OSError, ValueError):
        raise CatalogueDamagedError(f"{name} of the snapshot {folder.name} cannot be read.") from None
    return array
