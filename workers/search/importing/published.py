"""Imports the published catalogue: three tables joined by row position. Needs pandas (extra `catalogue`)."""

import time
from collections import Counter
from collections.abc import Sized
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from shared.contracts import SHAPE_FEATURES
from shared.errors import CatalogueInvalidError
from workers.search.importing.report import SHOWN, Problem, Report
from workers.search.importing.writer import FrameRow, write

if TYPE_CHECKING:
    import pandas as pd

_TABLES = ("database", "shape_vectors", "color_vectors")
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
    if not len(database) == len(shapes) == len(colors):
        raise CatalogueInvalidError(
            f"The three tables join by row but have {len(database)}, {len(shapes)} and {len(colors)} rows."
        )
    shape, color = _numbers(shapes, 31), _numbers(colors, 15)
    frames: list[FrameRow] = []
    rejected: list[tuple[int, str]] = []
    seen: set[str] = set()
    for row, record in enumerate(database.to_dict("records")):
        if reason := _fault(record, shape[row], color[row]):
            rejected.append((row, reason))
            continue
        frame = _frame(row, record, shape[row], color[row], seen)
        seen.add(frame.id)
        frames.append(frame)
    return frames, rejected


def _read(folder: Path, table: str) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415  only an import needs pandas; the search worker's image has none

    for path in (folder / f"{table}.csv.gz", folder / f"{table}.csv"):
        if path.is_file():
            try:
                return pd.read_csv(path)
            except (ValueError, OSError, EOFError) as error:
                raise CatalogueInvalidError(f"{path.name} cannot be read: {error}") from None
    raise CatalogueInvalidError(f"{table}.csv.gz is missing.")


def _numbers(table: "pd.DataFrame", count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Columns index0, index1, … as float64; what is no number becomes NaN, and its row is rejected."""
    import pandas as pd  # noqa: PLC0415  as above

    columns = [f"index{i}" for i in range(count)]
    if missing := [column for column in columns if column not in table]:
        raise CatalogueInvalidError(f"The column {missing[0]} is missing.")
    flags = {"True": 1.0, "False": 0.0, True: 1.0, False: 0.0}
    cleaned = [pd.to_numeric(table[column].replace(flags), errors="coerce") for column in columns]
    return np.column_stack([column.to_numpy(dtype=np.float64) for column in cleaned])


def _fault(record: dict[Any, Any], shape: Any, color: Any) -> str:
    """Why a row cannot be a frame; empty when it can."""
    if not np.isfinite(shape).all():
        return "a shape number is missing or not finite"
    if not np.isfinite(color).all():
        return "a colour number is missing or not finite"
    if record.get("gender") not in _GENDERS:
        return f"the gender {record.get('gender')!r} is neither women nor men"
    return ""


def _frame(row: int, record: dict[Any, Any], shape: Any, color: Any, seen: set[str]) -> FrameRow:
    base = Path(str(record.get("image_path", row))).stem
    link = str(record.get("name", ""))
    return FrameRow(
        id=base if base not in seen else f"{base}-{row}",  # image_path is not unique
        row=row,
        shape=shape.tolist(),
        color=color.tolist(),
        name=base.partition("_")[2].replace("_", " ") or base,
        gender=_GENDERS[record["gender"]],
        details={
            "shape": str(record.get("shape")),
            "rim": SHAPE_FEATURES[10 + int(np.argmax(shape[10:13]))],
            "material": str(record.get("material")),
            "color": str(record.get("maincolor")),
            "second_color": str(record.get("anothercolor")),
            "link": link if link.startswith("https://") else None,
        },
        image_url=str(record["image_link"])
        if str(record.get("image_link", "")).startswith("https://")
        else None,
    )
