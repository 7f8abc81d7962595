"""A shop's table in, a snapshot in force out: all of it, or what was in force stays."""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from shared.catalogues import snapshot
from shared.catalogues.facets import GENDERS
from shared.errors import CatalogueInvalidError, ExpertGlassesError
from shared.settings import settings
from workers.search.importing.columns import Hints, Plan, plan, read_hints
from workers.search.importing.drafts import Draft, Reader
from workers.search.importing.fields import plain_header
from workers.search.importing.frames import Maker, id_of, key_of, marked
from workers.search.importing.photos import Photos
from workers.search.importing.pictures import PictureError, open_pictures
from workers.search.importing.pruning import prune
from workers.search.importing.published import published_frames, published_source
from workers.search.importing.report import Fault, Problem, Problems, Report, Severity
from workers.search.importing.seen import Seen
from workers.search.importing.sheet import CHUNK, Chunk, Sheet, open_sheet
from workers.search.importing.writer import FrameRow, SnapshotWriter, write

if TYPE_CHECKING:
    from shared.eyewear.tagger import Tags

Progress = Callable[[int, float], None]
_SAMPLE = 1_000  # rows that the columns are guessed from
_CHUNK_WITH_PHOTOS = 256
_CURRENCIES = {"eur": "EUR", "usd": "USD", "gbp": "GBP", "inr": "INR", "rub": "RUB", "руб": "RUB"}
_HALF = 0.5
_HUNDRED = 100  # unknown words and problems in a report


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
    """
    started = time.perf_counter()
    data_dir = data_dir or settings().data_dir
    snapshot.folder_of(data_dir, name)
    if path.is_dir():
        return _published(path, name, None if validate_only else data_dir, started)
    hints = read_hints(mapping)
    sheet = open_sheet(path, encoding=hints.encoding, separator=hints.separator)
    with ExitStack() as stack:
        stack.enter_context(_no_collections())
        problems = stack.enter_context(Problems(problems_file))
        pictures = stack.enter_context(open_pictures(images))
        work = _Import(sheet, hints, problems, Photos(pictures, images) if pictures else None)
        writer = None if validate_only else stack.enter_context(SnapshotWriter(data_dir, name, path.name))
        for frames in work.frames(progress):
            if writer:
                writer.add(frames)
        held, version = None, None
        if not work.accepted:
            raise CatalogueInvalidError(_nothing(work))
        if writer:
            version = writer.finish(in_force=False)
            held = None if force else _held(data_dir, name, version, work)
            held = held if activate else "it was only to be written"
            if held is None:
                snapshot.activate(data_dir, name, version)
                prune(data_dir, name)
        return work.report(name, version, held, time.perf_counter() - started)


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


class _Import:
    """One table on its way."""

    def __init__(self, sheet: Sheet, hints: Hints, problems: Problems, photos: Photos | None) -> None:
        self._sheet = sheet
        self._problems = problems
        self._photos = photos
        self._chunks = sheet.chunks(_CHUNK_WITH_PHOTOS if photos else CHUNK)
        head = next(self._chunks, Chunk(0, [], [], 1.0))
        self._chunks = chain([head], self._chunks)
        sample = [row for row in head.rows[:_SAMPLE] if not isinstance(row, str)]
        self._plan = plan(sheet.header, sample, hints)
        self._hints = hints
        self._reader = Reader(self._plan, hints, problems)
        keep = [(sheet.header[place], place) for place in self._plan.keep]
        self._maker = Maker(_currency(sheet, self._plan), keep)
        self._seen = Seen()
        self._tagged = self._repeated = 0
        self.rows = self.accepted = 0

    def frames(self, progress: Progress | None) -> Iterator[list[FrameRow]]:
        """Frames, chunk by chunk."""
        for chunk in self._chunks:
            self.rows += len(chunk.rows)
            named = self._named(list(self._reader.drafts(chunk)))
            frames = self._made(named)
            self.accepted += len(frames)
            if frames:
                yield frames
            if progress:
                progress(self.rows, chunk.share)

    def _named(self, drafts: Sequence[Draft]) -> list[tuple[str, Draft]]:
        """Drafts under ids of their own; what stood in the table before is left out."""
        keys = [key_of(draft) for draft in drafts]
        firsts = self._seen.first(keys, [draft.row for draft in drafts]).tolist()
        fresh = []
        for key, first, draft in zip(keys, firsts, drafts, strict=True):
            if first == draft.row:
                fresh.append((key, draft))
            else:
                self._twice(draft, key, first)
        made = [(key, id_of(draft), draft) for key, draft in fresh if "id" not in draft.values]
        taken = self._seen.first(
            [f"id {one}" for _, one, _ in made], [draft.row for *_, draft in made]
        ).tolist()
        own = {
            draft.row: one if first == draft.row else marked(one, key)
            for (key, one, draft), first in zip(made, taken, strict=True)
        }
        return [(own.get(draft.row) or id_of(draft), draft) for _, draft in fresh]

    def _twice(self, draft: Draft, key: str, first: int) -> None:
        kind = key.partition(" ")[0]
        self._repeated += kind != "id"
        told = {"id": f"the id {draft.values.get('id')!r} was given", "picture": "the picture was shown"}
        reason = f"{told.get(kind, 'the whole row stood')} in row {first} already"
        self._problems.add(Fault(draft.row, draft.line, "rejected", "id" if kind == "id" else None, reason))

    def _made(self, named: Sequence[tuple[str, Draft]]) -> list[FrameRow]:
        if self._photos is None:
            return [self._maker.frame(frame_id, draft, None) for frame_id, draft in named]
        wanted = [
            (
                self._photos.wanted(draft.values.get("image"), draft.values.get("image_url"), frame_id),
                draft.values.get("total_width"),
            )
            for frame_id, draft in named
        ]
        found = []
        for (frame_id, draft), tags in zip(named, self._photos.read(wanted), strict=True):
            if self._usable(draft, tags):
                self._tagged += tags is not None and not isinstance(tags, PictureError)
                usable = None if isinstance(tags, PictureError) else tags
                found.append(self._maker.frame(frame_id, draft, usable))
        return found

    def _usable(self, draft: Draft, tags: "Tags | PictureError | None") -> bool:
        if not isinstance(tags, PictureError):
            return True
        severity: Severity = "rejected" if tags.hostile else "warning"
        self._problems.add(Fault(draft.row, draft.line, severity, "image", str(tags)))
        return not tags.hostile

    @property
    def genders(self) -> Mapping[str, int]:
        """Frames for each gender."""
        return self._maker.genders

    @property
    def rejected(self) -> int:
        """Rows that are no frames."""
        return self._problems.counts["rejected"]

    @property
    def faulty(self) -> int:
        """Rejected rows that do not merely repeat another."""
        return self.rejected - self._repeated

    @property
    def first_reason(self) -> str:
        """Why the first rejected row was."""
        return next((p.reason for p in self._problems.first if p.severity == "rejected"), "")

    def report(self, name: str, version: str | None, held: str | None, seconds: float) -> Report:
        """What came of it."""
        return Report(
            catalogue=name,
            source=self._sheet.path.name,
            version=version,
            in_force=version is not None and held is None,
            held=held,
            rows=self.rows,
            accepted=self.accepted,
            rejected=self.rejected,
            repeated=self._repeated,
            warnings=self._problems.counts["warning"],
            encoding=self._sheet.encoding,
            separator=self._sheet.separator,
            columns={
                field: tuple(self._sheet.header[place] for place in places)
                for field, places in self._plan.columns.items()
            },
            told_by={**dict.fromkeys(self._hints.defaults, "default"), **self._plan.told_by},
            unused=self._plan.unused,
            remarks=(*self._plan.remarks, *self._remarks()),
            from_columns=dict(self._reader.told),
            from_words=dict(self._maker.from_words),
            from_photos=dict(self._maker.from_photos),
            photos=self._tagged,
            genders=dict(self._maker.genders),
            unknown=dict(self._problems.unknown.most_common(_HUNDRED)),
            problems=tuple(self._problems.first),
            seconds=round(seconds, 3),
        )

    def _remarks(self) -> Iterator[str]:
        for gender, whose in (("female", "women"), ("male", "men")):
            if not self.genders[gender]:
                yield f"There are no frames for {whose}: searches for them will say so."
        if "gender" not in self._plan.told_by and "gender" not in self._hints.defaults:
            yield "No column tells whose the frames are: those without a word for it are shown to everybody."


def _published(folder: Path, name: str, data_dir: Path | None, started: float) -> Report:
    """The published tables, which hold the numbers themselves."""
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
            for row, reason in rejected[:_HUNDRED]
        ),
        seconds=round(time.perf_counter() - started, 3),
    )


def _nothing(work: _Import) -> str:
    if not work.rows:
        return "The table has no rows."
    return f"None of the {work.rows} rows is a frame; the first: {work.first_reason}."


def _held(data_dir: Path, name: str, version: str, work: _Import) -> str | None:
    """Why a snapshot should not replace the one in force; nothing when it may."""
    try:
        in_force = snapshot.current(data_dir, name)
        if in_force == version:
            return None
        folder = snapshot.folder_of(data_dir, name) / in_force
        before = set(np.unique(snapshot.map_array(folder, "facets.npy")["gender"]).tolist())
    except ExpertGlassesError:  # nothing in force, or nothing that could be searched
        return None
    for gender in ("female", "male"):
        if {GENDERS.index(gender), GENDERS.index("unisex")} & before and not work.genders[gender]:
            return f"it has no frames for a gender ({gender}) that the one in force has"
    if work.faulty > _HALF * work.rows:
        return f"{work.faulty} of {work.rows} rows are faulty"
    return None


def _currency(sheet: Sheet, columns: Plan) -> str | None:
    """The currency, where the header of the price names it."""
    words = [plain_header(sheet.header[place]) for place in columns.columns.get("price", ())]
    return next((code for word, code in _CURRENCIES.items() for told in words if word in told.split()), None)
