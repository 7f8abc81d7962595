"""Writes catalogue snapshots (the format is told in `shared/catalogues/snapshot.py`), whole or not at all.

Frames come in batches of any order and are spilled to disk; only their ids stay in memory. So a million rows take
hardly more memory than ten thousand.
"""

import hashlib
import json
import math
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from shared.catalogues import LARGE
from shared.catalogues.facets import RECORD
from shared.catalogues.snapshot import FILES, SCHEMA, activate, digest, folder_of, verify
from shared.errors import CatalogueDamagedError, CatalogueInvalidError
from shared.scoring.coded import write_index
from workers.search.importing.facets import facets_of

_BATCH = 16_384  # frames written at once
_BUCKET = 32_768  # frames sorted at once: some 20 MB
_COLUMNS = ("shape", "color", "row", "popularity", "facets")
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_SPILLED = np.dtype(
    [
        ("shape", np.float64, (31,)),
        ("color", np.float64, (15,)),
        ("row", np.int64),
        ("popularity", np.float64),
        ("facets", RECORD),
        ("length", np.int64),  # of the frame's line, in bytes
    ]
)


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
        details: Whatever else the catalogue tells; `shared/catalogues/facets.py` says which of it filters.
        image_url: The shop's picture.
        popularity: How well it sells: larger is more, e.g. pieces sold; NaN where nobody said.
        spec: How to draw it, a `FrameSpec` as JSON, where the catalogue knows.
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
    spec: dict[str, Any] | None = None


def write(data_dir: Path, name: str, frames: Sequence[FrameRow], source: str) -> str:
    """Write a snapshot of frames at hand and put it in force.

    Returns:
        Its version.

    Raises:
        CatalogueInvalidError: There are no frames, or an id is given twice.
    """
    with SnapshotWriter(data_dir, name, source) as writer:
        for first in range(0, len(frames), _BATCH):
            writer.add(frames[first : first + _BATCH])
        return writer.finish()


class SnapshotWriter:
    """Writes one snapshot, batch by batch; nothing is left of it unless it was finished.

    Args:
        data_dir: Where the catalogues are.
        name: The catalogue.
        source: Where the frames come from, for the manifest.

    Raises:
        CatalogueNotInstalledError: No catalogue can have this name.
    """

    def __init__(self, data_dir: Path, name: str, source: str) -> None:
        self._data_dir, self._name, self._source = data_dir, name, source
        home = folder_of(data_dir, name)
        home.mkdir(parents=True, exist_ok=True)
        self._part = Path(tempfile.mkdtemp(prefix=".part-", dir=home))
        self._records = (self._part / "records").open("w+b")
        self._lines = (self._part / "lines").open("w+b")
        self._ids: list[NDArray[np.bytes_]] = []
        self._brands: dict[str, int] = {}

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing half written."""
        self._records.close()
        self._lines.close()
        shutil.rmtree(self._part, ignore_errors=True)
        with suppress(OSError):  # a catalogue that has no version yet leaves no folder
            self._part.parent.rmdir()

    def add(self, frames: Sequence[FrameRow]) -> None:
        """Take a batch of frames; some ten thousand at once are a good measure.

        Raises:
            ValueError: A frame's vectors are not of 31 and 15 numbers.
        """
        if not frames:
            return
        shape = np.array([frame.shape for frame in frames], dtype=np.float64)
        color = np.array([frame.color for frame in frames], dtype=np.float64)
        if shape.shape[1:] != (31,) or color.shape[1:] != (15,):
            raise ValueError("a frame has 31 shape and 15 colour numbers")
        lines = [_line(frame) for frame in frames]
        records = np.zeros(len(frames), _SPILLED)
        records["shape"], records["color"] = shape, color
        records["row"] = [frame.row for frame in frames]
        records["popularity"] = [frame.popularity for frame in frames]
        records["facets"] = facets_of(
            frames, shape, color, lambda brand: self._brands.setdefault(brand, len(self._brands) + 1)
        )
        records["length"] = [len(line) for line in lines]
        self._records.write(records.tobytes())
        self._lines.writelines(lines)
        self._ids.append(np.array([frame.id.encode() for frame in frames]))

    def finish(self, *, in_force: bool = True) -> str:
        """Sort the frames by id, write the snapshot, and put it in force.

        Args:
            in_force: False leaves the version that is in force as it is.

        Returns:
            The snapshot's version.

        Raises:
            CatalogueInvalidError: There are no frames, or an id is given twice.
        """
        rank = self._rank()
        with tempfile.TemporaryDirectory(prefix=".done-", dir=self._part.parent) as done:
            folder = Path(done)
            self._write_files(folder, self._sorted(rank), len(rank))
            version = self._write_manifest(folder, len(rank))
            final = folder_of(self._data_dir, self._name) / version
            _settle(folder, final)
            folder.mkdir(exist_ok=True)  # for the temporary directory to remove
        if in_force:
            activate(self._data_dir, self._name, version)
        return version

    def _rank(self) -> NDArray[np.intp]:
        """The place of each frame, in the order they came, among all in order of id."""
        if not self._ids:
            raise CatalogueInvalidError("There are no frames to import.")
        ids = np.concatenate(self._ids)  # bytes of UTF-8 sort as their code points do
        order = np.argsort(ids, kind="stable")
        again = np.flatnonzero(ids[order[1:]] == ids[order[:-1]])
        if len(again):
            raise CatalogueInvalidError(f"A frame id is given twice: {ids[order[again[0]]].decode()!r}.")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return rank

    def _sorted(self, rank: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.void], list[bytes]]]:
        """Records and lines in order of id, by way of one file a bucket, each small enough to sort in memory."""
        bucket = rank // _BUCKET
        self._records.seek(0)
        self._lines.seek(0)
        for first in range(0, len(rank), _BATCH):
            records, lines = _read(self._records, self._lines, min(_BATCH, len(rank) - first))
            into = bucket[first : first + _BATCH]
            for number in np.unique(into):
                chosen = np.flatnonzero(into == number)
                with (self._part / f"records-{number}").open("ab") as file:
                    file.write(records[chosen].tobytes())
                with (self._part / f"lines-{number}").open("ab") as file:
                    file.writelines(lines[place] for place in chosen.tolist())
        for number in range(bucket.max() + 1):
            places = rank[bucket == number]
            paths = self._part / f"records-{number}", self._part / f"lines-{number}"
            with paths[0].open("rb") as kept, paths[1].open("rb") as said:
                records, lines = _read(kept, said, len(places))
            order = np.argsort(places)
            yield records[order], [lines[place] for place in order.tolist()]
            for path in paths:
                path.unlink()

    def _write_files(
        self, folder: Path, batches: Iterator[tuple[NDArray[np.void], list[bytes]]], count: int
    ) -> None:
        lengths = []
        with ExitStack() as open_files:
            files = {name: open_files.enter_context((folder / f"{name}.npy").open("wb")) for name in _COLUMNS}
            told = open_files.enter_context((folder / "frames.jsonl").open("wb"))
            for name, file in files.items():
                _header(file, _SPILLED[name], count)
            for records, lines in batches:
                for name, file in files.items():
                    file.write(records[name].tobytes())
                told.writelines(lines)
                lengths.append(records["length"].copy())  # a view would keep the records
        np.save(folder / "offsets.npy", np.cumsum(np.concatenate([[0], *lengths])))

    def _write_manifest(self, folder: Path, count: int) -> str:
        hashes = {name: digest(folder / name) for name in FILES}
        brands = list(self._brands)
        named = json.dumps({"sha256": hashes, "brands": brands}, sort_keys=True)
        version = hashlib.sha256(named.encode()).hexdigest()[:12]
        if count >= LARGE:  # made of the rest, so no part of the version
            hashes |= {name: digest(folder / name) for name in write_index(folder)}
        manifest = {
            "schema": SCHEMA,
            "version": version,
            "count": count,
            "source": self._source,
            "brands": brands,
            "sha256": hashes,
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False), "utf-8")
        return version


def _header(file: IO[bytes], kind: np.dtype[Any], count: int) -> None:
    """The head of a .npy file, so that its body can follow in chunks."""
    base, inner = kind.subdtype or (kind, ())
    described = {
        "descr": np.lib.format.dtype_to_descr(base),
        "fortran_order": False,
        "shape": (count, *inner),
    }
    np.lib.format.write_array_header_1_0(file, described)


def _read(records: IO[bytes], lines: IO[bytes], count: int) -> tuple[NDArray[np.void], list[bytes]]:
    """The next frames of two spilled files."""
    read = np.frombuffer(records.read(count * _SPILLED.itemsize), _SPILLED)
    return read, [lines.read(length) for length in read["length"].tolist()]


def _settle(part: Path, final: Path) -> None:
    """Give a finished snapshot its name. One of that name has the same content, unless it was damaged since."""
    part.chmod(0o755)  # workers may run as other users than who imports
    try:
        part.rename(final)
    except OSError:
        try:
            verify(final)
        except CatalogueDamagedError:
            shutil.rmtree(final)
            part.rename(final)


def _line(frame: FrameRow) -> bytes:
    told: dict[str, Any] = {
        "id": frame.id,
        "name": frame.name,
        "gender": frame.gender,
        "details": frame.details,
        "image_url": frame.image_url,
    }
    if frame.spec is not None:
        told["spec"] = frame.spec
    return (_ENCODE(told) + "\n").encode()
