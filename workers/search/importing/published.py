"""Imports the published catalogue: three tables joined by row position."""

import csv
import gzip
import math
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.contracts import SHAPE_FEATURES
from shared.errors import CatalogueInvalidError
from workers.search.importing.report import SHOWN, Problem, Report
from workers.search.importing.writer import FrameRow, write

_TABLES = ("database", "shape_vectors", "color_vectors")
_TOLD = ("image_path", "image_link", "name", "gender", "shape", "material", "maincolor", "anothercolor")
_FLAGS = {"True": 1.0, "False": 0.0}
_GENDERS = {"women": "female", "men": "male"}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How an import went: the version now in force, rows taken, and each rejected row with its reason."""

    version: str
    taken: int
    rejected: tuple[tuple[int, str], ...]


def import_published(folder: Path, name: str, data_dir: Path) -> ImportReport:
    """Import `database`, `shape_vectors` and `color_vectors` (.csv or .csv.gz) and put the result in force.

    Raises:
        CatalogueInvalidError: A table is missing, cannot be read, or they differ in length.
    """
    frames, rejected = published_frames(folder)
    version = write(data_dir, name, frames, published_source(frames, rejected))
    return ImportReport(version, len(frames), tuple(rejected))


def published_report(folder: Path, name: str, data_dir: Path | None) -> Report:
    """Import them as any table; only look at them when there is nowhere to write to.

    Raises:
        CatalogueInvalidError: As `import_published`.
    """
    started = time.perf_counter()
    frames, rejected = published_frames(folder)
    version = write(data_dir, name, frames, published_source(frames, rejected)) if data_dir else None
    return Report(
        catalogue=name,
        source=folder.name,
        version=version,
        in_force=version is not None,
        rows=len(frames) + len(rejected),
        accepted=len(frames),
        rejected=len(rejected),
        warnings=0,
        genders=dict(Counter(frame.gender for frame in frames)),
        remarks=("The three published tables: their numbers are taken as they are.",),
        problems=tuple(
            Problem(row=row, line=row + 2, severity="rejected", reason=reason)
            for row, reason in rejected[:SHOWN]
        ),
        seconds=round(time.perf_counter() - started, 3),
    )


def published_source(frames: Sized, rejected: Sized) -> str:
    """What a manifest says of where the frames come from."""
    return f"published tables, {len(frames) + len(rejected)} rows"


def published_frames(folder: Path) -> tuple[list[FrameRow], list[tuple[int, str]]]:
    """The frames, and the rows that are none with the reason.

    Raises:
        CatalogueInvalidError: A table is missing, cannot be read, or they differ in length.
    """
    database, shapes, colors = (_read(folder, table) for table in _TABLES)
    lengths = [len(table.rows) for table in (database, shapes, colors)]
    if len(set(lengths)) > 1:
        raise CatalogueInvalidError(
            f"The three tables join by row but have {lengths[0]}, {lengths[1]} and {lengths[2]} rows."
        )
    shape, color = _numbers(shapes, 31), _numbers(colors, 15)
    frames: list[FrameRow] = []
    rejected: list[tuple[int, str]] = []
    seen: set[str] = set()
    for row, record in enumerate(database.records(_TOLD)):
        if reason := _fault(record, shape[row], color[row]):
            rejected.append((row, reason))
            continue
        frame = _frame(row, record, shape[row], color[row], seen)
        seen.add(frame.id)
        frames.append(frame)
    return frames, rejected


class _Table(NamedTuple):
    """One table as it stands in its file: columns by name, and rows of cells."""

    columns: dict[str, int]
    rows: list[list[str]]

    def records(self, names: Sequence[str]) -> Iterator[dict[str, str]]:
        """Some columns of each row; a column that is missing is empty."""
        places = [(name, self.columns.get(name)) for name in names]
        for row in self.rows:
            yield {name: "" if place is None else row[place] for name, place in places}


def _read(folder: Path, table: str) -> _Table:
    for path in (folder / f"{table}.csv.gz", folder / f"{table}.csv"):
        if path.is_file():
            try:
                way = gzip.open if path.suffix == ".gz" else open
                with way(path, "rt", encoding="utf-8", newline="") as file:
                    header, *rows = (row for row in csv.reader(file) if row)
            except (ValueError, OSError, EOFError, zlib.error, csv.Error) as error:
                raise CatalogueInvalidError(f"{path.name} cannot be read: {error}") from None
            if any(len(row) != len(header) for row in rows):
                raise CatalogueInvalidError(f"{path.name} cannot be read: a row is cut off.")
            return _Table({name: place for place, name in enumerate(header)}, rows)
    raise CatalogueInvalidError(f"{table}.csv.gz is missing.")


def _numbers(table: _Table, count: int) -> NDArray[np.float64]:
    """Columns index0, index1, …; what is no number becomes NaN, and its row is rejected."""
    names = [f"index{number}" for number in range(count)]
    if missing := [name for name in names if name not in table.columns]:
        raise CatalogueInvalidError(f"The column {missing[0]} is missing.")
    places = [table.columns[name] for name in names]
    found = [[_number(row[place]) for place in places] for row in table.rows]
    return np.array(found, np.float64).reshape(len(found), count)


def _number(cell: str) -> float:
    try:
        return _FLAGS[cell] if cell in _FLAGS else float(cell)
    except ValueError:
        return math.nan


def _fault(record: dict[str, str], shape: Any, color: Any) -> str:
    """Why a row cannot be a frame; empty when it can."""
    if not np.isfinite(shape).all():
        return "a shape number is missing or not finite"
    if not np.isfinite(color).all():
        return "a colour number is missing or not finite"
    if record["gender"] not in _GENDERS:
        return f"the gender {record.get('gender')!r} is neither women nor men"
    return ""


def _frame(row: int, record: dict[str, str], shape: Any, color: Any, seen: set[str]) -> FrameRow:
    base = PurePosixPath(record["image_path"] or str(row)).stem
    link = record["name"]
    return FrameRow(
        id=base if base not in seen else f"{base}-{row}",  # image_path is not unique
        row=row,
        shape=shape.tolist(),
        color=color.tolist(),
        name=base.partition("_")[2].replace("_", " ") or base,
        gender=_GENDERS[record["gender"]],
        details={
            "shape": record["shape"],
            "rim": SHAPE_FEATURES[10 + int(np.argmax(shape[10:13]))],
            "material": record["material"],
            "color": record["maincolor"],
            "second_color": record["anothercolor"],
            "link": link if link.startswith("https://") else None,
        },
        image_url=record["image_link"] if record["image_link"].startswith("https://") else None,
    )
