"""What came of an import, for people and for machines."""

import json
import os
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, NamedTuple, Self

from pydantic import Field

from shared.contracts.base import Contract

SHOWN = 1_000  # problems in the report itself; the file has them all
_WORDS = 1_000  # different unknown words that are counted

Severity = Literal["rejected", "warning"]


class Problem(Contract):
    """Something about one row.

    Attributes:
        row: Its position in the table, from 0, as matches tell it.
        line: Where it ends in the file, from 1.
        severity: `rejected` rows are not in the catalogue; `warning` rows are, less the value.
        field: What it is about, where it is about one.
        reason: A sentence.
    """

    row: int
    line: int
    severity: Severity
    field: str | None = None
    reason: str


class Report(Contract):
    """How an import went.

    Attributes:
        catalogue: Its name.
        source: Name of the file.
        version: Of the snapshot written; nothing when the table was only validated.
        in_force: Whether searches use it now.
        held: Why it is not in force, where it was written and is not.
        rows: Rows read.
        accepted: Rows that are frames now.
        rejected: Rows that are not.
        repeated: Those of them that only repeat another row, as a whole or by its picture.
        warnings: Rows of which a value was left out; counted once for each value.
        encoding: Of the table; empty for Parquet.
        separator: Of the table; empty for Parquet.
        columns: By field, the columns it was taken from.
        told_by: By field, why: `header`, `cells`, `mapping` or `default`.
        unused: Columns nothing was taken from.
        remarks: What a person should know.
        from_columns: By field, in how many rows a column tells it.
        from_words: The same from words in names and descriptions, where the column is missing or empty.
        from_photos: The same from photos.
        photos: Photos read.
        genders: Frames for women and for men; unisex frames count for both.
        unknown: Words that were not understood, most frequent first, with how often.
        problems: The first thousand; `problems.jsonl` has all.
        seconds: How long it took.
    """

    catalogue: str
    source: str
    version: str | None = None
    in_force: bool = False
    held: str | None = None
    rows: int
    accepted: int
    rejected: int
    repeated: int = 0
    warnings: int
    encoding: str = ""
    separator: str = ""
    columns: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    told_by: dict[str, str] = Field(default_factory=dict)
    unused: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    from_columns: dict[str, int] = Field(default_factory=dict)
    from_words: dict[str, int] = Field(default_factory=dict)
    from_photos: dict[str, int] = Field(default_factory=dict)
    photos: int = 0
    genders: dict[str, int] = Field(default_factory=dict)
    unknown: dict[str, int] = Field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0


class Fault(NamedTuple):
    """A problem on its way into the report."""

    row: int
    line: int
    severity: Severity
    field: str | None
    reason: str


class Problems:
    """Gathers problems: all in a file, the first in memory.

    Args:
        file: JSON lines; replaced as a whole when the import ends. Nothing is written when not given.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._part = file.with_name(f".{file.name}.{os.getpid()}.part") if file else None
        self._open: IO[str] | None = None
        self.counts: Counter[Severity] = Counter()
        self.first: list[Problem] = []
        self.unknown: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """Ready to take problems."""
        if self._part:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            self._open = self._part.open("w", encoding="utf-8", errors="backslashreplace")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The file is complete, whether the import succeeded or not: it tells why."""
        if self._open and self._part and self._file:
            self._open.close()
            self._part.replace(self._file)

    def add(self, fault: Fault) -> None:
        """Take one."""
        self.counts[fault.severity] += 1
        if len(self.first) < SHOWN:
            self.first.append(Problem(**fault._asdict()))
        if self._open:
            self._open.write(json.dumps(fault._asdict(), ensure_ascii=False) + "\n")

    def not_understood(self, field: str, cell: str) -> None:
        """Count a word that is none of ours."""
        word = f"{field}: {cell[:60]}"
        if word in self.unknown or len(self.unknown) < _WORDS:
            self.unknown[word] += 1
