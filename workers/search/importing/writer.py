"""Writes catalogue snapshots (the format is told in `shared/catalogues/snapshot.py`), whole or not at all."""

import hashlib
import json
import math
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from shared.catalogues.snapshot import FILES, SCHEMA, activate, folder_of, verify
from shared.errors import CatalogueDamagedError, CatalogueInvalidError


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
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
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
