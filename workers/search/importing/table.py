"""A shop's table in, a snapshot in force out: all of it, or what was in force stays."""

import gc
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from shared.catalogues import snapshot
from shared.errors import CatalogueInvalidError, StoreUnavailableError
from shared.settings import settings
from workers.search.importing.columns import read_hints
from workers.search.importing.holding import held_back
from workers.search.importing.passage import Passage, Progress
from workers.search.importing.photos import Photos
from workers.search.importing.pictures import open_pictures
from workers.search.importing.pruning import prune
from workers.search.importing.published import published_report
from workers.search.importing.report import Problems, Report
from workers.search.importing.sheet import open_sheet
from workers.search.importing.writer import SnapshotWriter


def import_table(
    path: Path,
    name: str,
    *,
    mapping: Path | Mapping[str, Any] | None = None,
    images: Path | str | None = None,
    validate_only: bool = False,
    activate: bool = True,
    force: bool = False,
    progress: Progress | None = None,
    data_dir: Path | None = None,
    problems_file: Path | None = None,
) -> Report:
    """Import a table and put it in force.

    It is written but not put in force, and the report says why (`held`), when a catalogue is in force already and the
    new one has no frames for a gender that it has frames for, or more than half of the rows are faulty.

    Args:
        path: CSV (any encoding and separator, gzip too) or Parquet; or the folder of the three published tables.
        name: Of the catalogue: small letters, digits, `-` and `_`.
        mapping: Which column tells what, where the guess is wrong: a TOML, YAML or JSON file, or its content.
        images: Pictures for the tagger: a folder, a zip, or `urls` to fetch the addresses in the table.
        validate_only: Look at every row and picture, and write no snapshot.
        activate: Put the snapshot in force; else it is only written.
        force: Put it in force in any case.
        progress: Called with the rows read so far and the share of the file, 0 to 1.
        data_dir: Where the catalogues are; the setting when not given.
        problems_file: Where every problem goes, as JSON lines.

    Raises:
        CatalogueInvalidError: The table, the mapping or the pictures cannot be read at all, or no row is a frame.
        CatalogueNotInstalledError: No catalogue can have this name.
        NotInstalledError: Parquet needs pyarrow, pictures need the tagger.
        StoreUnavailableError: The disk is full, or may not be written to.
    """
    started = time.perf_counter()
    data_dir = data_dir or settings().data_dir
    snapshot.folder_of(data_dir, name)
    if path.is_dir():
        return published_report(path, name, None if validate_only else data_dir)
    hints = read_hints(mapping)
    sheet = open_sheet(path, encoding=hints.encoding, separator=hints.separator)
    with ExitStack() as stack:
        stack.enter_context(_no_collections())
        problems = stack.enter_context(Problems(problems_file))
        pictures = stack.enter_context(open_pictures(images))
        work = Passage(sheet, hints, problems, Photos(pictures, images) if pictures else None)
        with _storing():
            writer = None if validate_only else stack.enter_context(SnapshotWriter(data_dir, name, path.name))
        for frames in work.frames(progress):
            if writer:
                with _storing():
                    writer.add(frames)
        held, version = None, None
        if not work.accepted:
            raise CatalogueInvalidError(work.nothing())
        if writer:
            with _storing():
                version = writer.finish(in_force=False)
                held = None if force else held_back(data_dir, name, version, work.genders, work.faulty)
                held = held if activate else "it was only to be written"
                if held is None:
                    snapshot.activate(data_dir, name, version)
                    prune(data_dir, name)
        return work.report(name, version, held, time.perf_counter() - started)


@contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailableError(f"The catalogue cannot be written: {error.strerror}.") from error


@contextmanager
def _no_collections() -> Iterator[None]:
    """Rows leave no cycles behind, and looking for them takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
