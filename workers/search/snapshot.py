"""Catalogue snapshots: immutable folders, written whole or not at all, mapped into memory by who searches.

    catalogues/<name>/current            names the version in force
    catalogues/<name>/<version>/         one snapshot
        manifest.json                    schema, count, hashes, source
        shape.npy  color.npy             (frames, 31) and (frames, 15) float64, in order of frame id
        row.npy                          position of each frame in the imported table
        popularity.npy                   how well each sells, NaN where nobody said
        frames.jsonl  offsets.npy        what a shopper reads, one JSON object a frame, found by offset

The search worker reads these with NumPy alone. A snapshot's version is the hash of its content.
"""

import hashlib
import json
import math
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from shared.errors import CatalogueDamagedError, CatalogueInvalidError, CatalogueNotInstalledError

SCHEMA = 2
_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")
_FILES = ("shape.npy", "color.npy", "row.npy", "popularity.npy", "offsets.npy", "frames.jsonl")


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame on its way into a snapshot.

    Attributes:
        id: Unique in its catalogue.
        row: Position in the imported table, from 0.
        shape: 31 numbers in the order of `SHAPE_FEATURES`.
        color: 15 numbers in the order of `COLOR_FEATURES`.
        name: What a shopper reads.
        gender: `female`, `male` or `unisex`.
        details: Whatever else the catalogue tells.
        image_url: The shop's picture.
        popularity: How well it sells: larger is more, e.g. pieces sold; NaN where nobody said.
    """

    id: str
    row: int
    shape: Sequence[float]
    color: Sequence[float]
    name: str = ""
    gender: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    image_url: str | None = None
    popularity: float = math.nan


def folder_of(data_dir: Path, name: str) -> Path:
    """The folder of a catalogue.

    Raises:
        CatalogueNotInstalledError: No catalogue can have this name.
    """
    if not _NAME.match(name):
        raise CatalogueNotInstalledError(f"{name!r} is no catalogue name: small letters, digits, - and _.")
    return data_dir / "catalogues" / name


def write(data_dir: Path, name: str, frames: Sequence[FrameRow], source: str) -> str:
    """Write a snapshot and put it in force.

    Returns:
        Its version.

    Raises:
        CatalogueInvalidError: There are no frames, or an id is given twice.
    """
    if not frames:
        raise CatalogueInvalidError("There are no frames to import.")
    ordered = sorted(frames, key=lambda frame: frame.id)
    if len({frame.id for frame in ordered}) < len(ordered):
        raise CatalogueInvalidError("A frame id is given twice.")
    home = folder_of(data_dir, name)
    home.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=home))
    try:
        manifest = _write_files(part, ordered, source)
        version: str = manifest["version"]
        _settle(part, home / version)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    activate(data_dir, name, version)
    return version


def _settle(part: Path, final: Path) -> None:
    """Give a finished snapshot its name. One of that name has the same content, unless it was damaged since."""
    part.chmod(0o755)  # workers may run as other users than who imports
    try:
        part.rename(final)
    except OSError:
        try:
            verify(final)
            shutil.rmtree(part)
        except CatalogueDamagedError:
            shutil.rmtree(final)
            part.rename(final)


def _write_files(folder: Path, frames: Sequence[FrameRow], source: str) -> dict[str, Any]:
    np.save(folder / "shape.npy", np.array([frame.shape for frame in frames], dtype=np.float64))
    np.save(folder / "color.npy", np.array([frame.color for frame in frames], dtype=np.float64))
    np.save(folder / "row.npy", np.array([frame.row for frame in frames], dtype=np.int64))
    np.save(folder / "popularity.npy", np.array([frame.popularity for frame in frames], dtype=np.float64))
    lines = [_line(frame) for frame in frames]
    np.save(folder / "offsets.npy", np.cumsum([0, *(len(line) for line in lines)], dtype=np.int64))
    (folder / "frames.jsonl").write_bytes(b"".join(lines))
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in _FILES}
    version = hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()[:12]
    manifest = {
        "schema": SCHEMA,
        "version": version,
        "count": len(frames),
        "source": source,
        "sha256": hashes,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2))
    return manifest


def _line(frame: FrameRow) -> bytes:
    told = {
        "id": frame.id,
        "name": frame.name,
        "gender": frame.gender,
        "details": frame.details,
        "image_url": frame.image_url,
    }
    return (json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n").encode()


def activate(data_dir: Path, name: str, version: str) -> None:
    """Put a version in force, at once and for every reader.

    Raises:
        CatalogueNotInstalledError: There is no such version.
        CatalogueDamagedError: Its files are not those of its manifest; what was in force stays so.
    """
    home = folder_of(data_dir, name)
    verify(home / version)
    part = home / f".current-{uuid4().hex}"
    part.write_text(version)
    part.replace(home / "current")


def current(data_dir: Path, name: str) -> str:
    """The version in force.

    Raises:
        CatalogueNotInstalledError: The catalogue has none.
    """
    try:
        return (folder_of(data_dir, name) / "current").read_text()
    except FileNotFoundError:
        raise CatalogueNotInstalledError(f"There is no catalogue {name!r}.") from None


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
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
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
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise CatalogueDamagedError(
                f"{name} of the snapshot {folder.name} is not the file that was imported."
            )


def map_array(folder: Path, name: str) -> NDArray[Any]:
    """One array of a snapshot, mapped, not read.

    Raises:
        CatalogueDamagedError: The file is missing or no array.
    """
    try:
        array: NDArray[Any] = np.load(folder / name, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError):
        raise CatalogueDamagedError(f"{name} of the snapshot {folder.name} cannot be read.") from None
    return array
