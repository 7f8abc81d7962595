"""A table's rows on their way to frames, chunk by chunk, and what is told of it at the end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from workers.search.importing.columns import Hints, Plan, plan
from workers.search.importing.drafts import Draft, Reader
from workers.search.importing.fields import plain_header
from workers.search.importing.frames import Maker
from workers.search.importing.naming import Naming
from workers.search.importing.photos import Photos
from workers.search.importing.pictures import PictureError
from workers.search.importing.report import SHOWN, Fault, Problems, Report, Severity
from workers.search.importing.sheet import CHUNK, Chunk, Sheet
from workers.search.importing.writer import FrameRow

if TYPE_CHECKING:
    from shared.eyewear.tagger import Tags

Progress = Callable[[int, float], None]
_SAMPLE = 1_000  # rows that the columns are guessed from
_CHUNK_WITH_PHOTOS = 256
_CURRENCIES = {"eur": "EUR", "usd": "USD", "gbp": "GBP", "inr": "INR", "rub": "RUB", "руб": "RUB"}


class Passage:
    """One table on its way to frames.

    Args:
        sheet: The table.
        hints: What a person told about it.
        problems: Where faults go.
        photos: Reads pictures, where there are any.

    Raises:
        CatalogueInvalidError: No column was understood, or the hints name one there is not.
    """

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
        self._naming = Naming(problems)
        self._tagged = 0
        self.rows = self.accepted = 0

    def frames(self, progress: Progress | None) -> Iterator[list[FrameRow]]:
        """Frames, chunk by chunk."""
        for chunk in self._chunks:
            self.rows += len(chunk.rows)
            named = self._naming.named(list(self._reader.drafts(chunk)))
            frames = self._made(named)
            self.accepted += len(frames)
            if frames:
                yield frames
            if progress:
                progress(self.rows, chunk.share)

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
    def faulty(self) -> float:
        """Share of the rows that were rejected and do not merely repeat another."""
        return (self.rejected - self._naming.repeated) / max(1, self.rows)

    def nothing(self) -> str:
        """Why no row is a frame."""
        if not self.rows:
            return "The table has no rows."
        first = next((found.reason for found in self._problems.first if found.severity == "rejected"), "")
        return f"None of the {self.rows} rows is a frame; the first: {first}."

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
            repeated=self._naming.repeated,
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
            unknown=dict(self._problems.unknown.most_common(SHOWN)),
            problems=tuple(self._problems.first),
            seconds=round(seconds, 3),
        )

    def _remarks(self) -> Iterator[str]:
        for gender, whose in (("female", "women"), ("male", "men")):
            if not self.genders[gender]:
                yield f"There are no frames for {whose}: searches for them will say so."
        if "gender" not in self._plan.told_by and "gender" not in self._hints.defaults:
            yield "No column tells whose the frames are: those without a word for it are shown to everybody."


def _currency(sheet: Sheet, columns: Plan) -> str | None:
    """The currency, where the header of the price names it."""
    words = [plain_header(sheet.header[place]) for place in columns.columns.get("price", ())]
    return next((code for word, code in _CURRENCIES.items() for told in words if word in told.split()), None)
