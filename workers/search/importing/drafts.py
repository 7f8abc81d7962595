"""Rows of a table, cell by cell: what each says, and what is wrong with it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workers.search.importing.cells import FREE, Reading, read
from workers.search.importing.columns import Hints, Plan
from workers.search.importing.fields import FIELDS, Kind
from workers.search.importing.report import Fault, Problems
from workers.search.importing.sheet import Chunk
from workers.search.importing.words import CHILDREN, plain

_REMEMBERED = 50_000  # different cells of a column, read once


@dataclass(slots=True)
class Draft:
    """A row that may become a frame.

    Attributes:
        row: Its position in the table, from 0.
        line: Where it ends in the file.
        cells: As they stand there.
        values: By field, what it tells.
    """

    row: int
    line: int
    cells: list[str]
    values: dict[str, Any]


class Reader:
    """Reads rows by a plan.

    Args:
        plan: Where each field stands.
        hints: The shop's own words and defaults.
        problems: Where faults go.
    """

    def __init__(self, plan: Plan, hints: Hints, problems: Problems) -> None:
        self._columns = plan.columns
        self._own = {
            name: {plain(theirs): ours for theirs, ours in words.items()}
            for name, words in hints.values.items()
        }
        self._defaults = {name: read(name, cell).value for name, cell in hints.defaults.items()}
        self._memory: dict[str, dict[str, Reading]] = {name: {} for name in plan.columns}
        self._problems = problems
        self.told: Counter[str] = Counter()

    def drafts(self, chunk: Chunk) -> Iterator[Draft]:
        """The rows that can be read; the others are in the report."""
        rows: list[tuple[int, int, list[str]]] = []
        for place, (cells, line) in enumerate(zip(chunk.rows, chunk.lines, strict=True)):
            if isinstance(cells, str):
                self._problems.add(Fault(chunk.first + place, line, "rejected", None, cells))
            else:
                rows.append((chunk.first + place, line, cells))
        readings = [self._column(name, places, rows) for name, places in self._columns.items()]
        told: list[list[Any]] = [[reading.value for reading in column] for column in readings]
        faults: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        for name, column, found in zip(self._columns, readings, told, strict=True):
            missing = found.count(None)
            self.told[name] += len(found) - missing
            for place, reading in enumerate(column) if missing else ():
                if reading.fault:
                    faults[place].append((name, reading.fault))
        for place, (given, (row, line, cells)) in enumerate(zip(zip(*told, strict=True), rows, strict=True)):
            values = self._defaults | {
                name: value for name, value in zip(self._columns, given, strict=True) if value is not None
            }
            accepted = True
            for name, fault in faults.get(place, ()):
                accepted &= self._faulty(name, fault, (row, line, cells))
            if CHILDREN in values.get("gender", ()):
                self._reject(row, line, "gender", "it is a children's frame; the rules are about grown faces")
            elif accepted:
                yield Draft(row, line, cells, values)

    def _column(
        self, name: str, places: tuple[int, ...], rows: list[tuple[int, int, list[str]]]
    ) -> list[Reading]:
        cells = (
            [row[2][places[0]] for row in rows]
            if len(places) == 1
            else [" ".join(row[2][place] for place in places) for row in rows]
        )
        own = self._own.get(name)
        if FIELDS[name].kind in FREE:
            return [read(name, cell, own) for cell in cells]
        memory = self._memory[name]
        if len(memory) > _REMEMBERED:
            memory.clear()
        for cell in set(cells) - memory.keys():
            memory[cell] = read(name, cell, own)
        return [memory[cell] for cell in cells]

    def _faulty(self, name: str, fault: str, where: tuple[int, int, list[str]]) -> bool:
        """Report a cell that could not be read; whether its row may stay."""
        row, line, cells = where
        if FIELDS[name].strict:
            self._reject(row, line, name, fault)
            return False
        if FIELDS[name].kind is Kind.WORDS:
            self._problems.not_understood(name, " ".join(cells[place] for place in self._columns[name]))
        self._problems.add(Fault(row, line, "warning", name, fault))
        return True

    def _reject(self, row: int, line: int, field: str, reason: str) -> None:
        self._problems.add(Fault(row, line, "rejected", field, reason))
