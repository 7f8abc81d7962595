"""Which column tells what: guessed from headers and cells, or as a mapping file says."""

import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field as Bound
from pydantic import ValidationError

from shared.contracts.base import Contract
from shared.errors import CatalogueInvalidError
from workers.search.importing.cells import fits, is_mangled, read
from workers.search.importing.fields import FIELDS, Kind, called, plain_header

_ENOUGH = 0.3  # of the cells that tell something must be readable, or the header was misleading
_CONVINCING = 0.8  # … for a column whose header tells nothing
_DISTINCT = 0.5  # ids may repeat, but not this much
_BY_CELLS = ("shape", "rim", "material", "gender", "color", "size", "image_url")
_NOT_THE_FRAME = frozenset(("face", "skin", "hair", "eye", "lens", "temple", "package", "case"))

Text = Annotated[str, Bound(min_length=1, max_length=200)]


class Hints(Contract):
    """What a person tells about a table: a mapping file.

    Attributes:
        columns: By field, the column that tells it; several are joined by spaces; `false` is nobody.
        values: By field, what the shop's own words mean: `{"gender": {"D": "female"}}`.
        defaults: By field, what holds for rows that do not tell it.
        keep: Columns that shoppers read as they are.
        encoding: Of the table, as Python calls it.
        separator: One sign.
    """

    columns: dict[str, Text | tuple[Text, ...] | Literal[False]] = Bound(default_factory=dict)
    values: dict[str, dict[str, str]] = Bound(default_factory=dict)
    defaults: dict[str, str] = Bound(default_factory=dict)
    keep: tuple[Text, ...] = Bound(default=(), max_length=20)
    encoding: str | None = None
    separator: Annotated[str, Bound(min_length=1, max_length=1)] | None = None


class Plan(NamedTuple):
    """Where each field stands.

    Attributes:
        columns: By field, positions of its columns.
        told_by: By field, why: `header`, `cells` or `mapping`.
        keep: Positions of columns that shoppers read as they are.
        unused: Names of columns that nothing is taken from.
        remarks: What a person should know about the guess.
    """

    columns: Mapping[str, tuple[int, ...]]
    told_by: Mapping[str, str]
    keep: tuple[int, ...]
    unused: tuple[str, ...]
    remarks: tuple[str, ...]


def read_hints(given: Path | Mapping[str, Any] | None) -> Hints:
    """A mapping from a file (.toml, .yaml, .json) or as it stands in a request.

    Raises:
        CatalogueInvalidError: It cannot be read, or names a field there is not.
    """
    if given is None:
        return Hints()
    try:
        told = _parsed(given) if isinstance(given, Path) else dict(given)
        found = Hints.model_validate(told)
    except OSError as error:
        raise CatalogueInvalidError(f"The mapping {given} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise CatalogueInvalidError(f"The mapping is not valid: {where}: {first['msg']}.") from None
    except ValueError as error:
        raise CatalogueInvalidError(f"The mapping is not valid: {error}") from None
    _check(found)
    return found


def _check(hints: Hints) -> None:
    """Fields there are, and words that are ours."""
    named = (*hints.columns, *hints.values, *hints.defaults)
    if strange := [name for name in named if name not in FIELDS]:
        raise CatalogueInvalidError(f"The mapping names {strange[0]!r}; there are {', '.join(FIELDS)}.")
    for name, words in hints.values.items():
        ours = sorted(set((FIELDS[name].words or {}).values()))
        if wrong := [word for word in words.values() if word not in ours]:
            raise CatalogueInvalidError(
                f"In the mapping {wrong[0]!r} is no {name}; there are {', '.join(ours) or 'no words for it'}."
            )
    for name, cell in hints.defaults.items():
        if (found := read(name, cell)).value is None:
            raise CatalogueInvalidError(
                f"The mapping's default of {name}: {found.fault or 'it says nothing'}."
            )


def _parsed(file: Path) -> dict[str, Any]:
    text = file.read_bytes().decode("utf-8-sig")
    if file.suffix in {".yaml", ".yml"}:
        import yaml  # noqa: PLC0415  TOML needs nothing installed

        try:
            told = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(str(error)) from None
    else:
        told = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    if not isinstance(told, dict):
        raise ValueError("it is not a table of names")  # noqa: TRY004  told to the writer of the file
    return told


def plan(header: Sequence[str], sample: Sequence[Sequence[str]], mapping: Hints) -> Plan:
    """Decide which column tells what.

    Args:
        header: Names of the columns.
        sample: Some rows.
        mapping: What is known already.

    Raises:
        CatalogueInvalidError: The mapping names a column there is not, or no column could be understood.
    """
    guess = _Guess(header, sample)
    for field, columns in mapping.columns.items():
        guess.set(field, columns)
    for name in mapping.keep:
        guess.keep(name)
    guess.by_header(mapping)
    guess.by_cells()
    if not guess.found:
        raise CatalogueInvalidError(
            f"No column was understood ({', '.join(header[:12])}): is the first line the header?"
        )
    return guess.plan()


class _Guess:
    def __init__(self, header: Sequence[str], sample: Sequence[Sequence[str]]) -> None:
        self._header = header
        self._cells = [[row[place] for row in sample if row[place].strip()] for place in range(len(header))]
        self._free = set(range(len(header)))
        self._none: set[str] = set()
        self._kept: list[int] = []
        self.found: dict[str, tuple[int, ...]] = {}
        self.told_by: dict[str, str] = {}
        self.remarks: list[str] = []

    def set(self, field: str, columns: str | tuple[str, ...] | Literal[False]) -> None:
        if columns is False:
            self._none.add(field)
            return
        names = (columns,) if isinstance(columns, str) else columns
        self._take(field, tuple(self._place(name) for name in names), "mapping")

    def keep(self, name: str) -> None:
        place = self._place(name)
        self._kept.append(place)
        self._free.discard(place)

    def _place(self, name: str) -> int:
        if name in self._header:
            return self._header.index(name)
        alike = [
            place for place, other in enumerate(self._header) if plain_header(other) == plain_header(name)
        ]
        if not alike:
            raise CatalogueInvalidError(
                f"The mapping names a column {name!r}; the table has {', '.join(self._header)}."
            )
        return alike[0]

    def _take(self, field: str, places: tuple[int, ...], why: str) -> None:
        self.found[field], self.told_by[field] = places, why
        self._free -= set(places)

    def by_header(self, mapping: Hints) -> None:
        """Best fitting headers first, so that `frame color` does not take what `color` says better."""
        ranked = sorted(
            (quality, place, name)
            for name, field in FIELDS.items()
            for place in self._free
            if (quality := called(self._header[place], field.headers)) is not None
        )
        for _, place, name in ranked:
            if place in self._free and name not in self.found and name not in self._none:
                self._take_if_it_reads(name, place, mapping.values.get(name, {}))

    def _take_if_it_reads(self, name: str, place: int, own: Mapping[str, str]) -> None:
        cells = self._cells[place]
        if name == "image" and cells and self._share("image_url", cells) > _ENOUGH:
            name = "image_url"
            if name in self.found:
                return
        if name == "id" and (fault := _no_ids(cells)):
            self.remarks.append(f"The column {self._header[place]!r} holds no ids: {fault}.")
            return
        if (
            cells
            and FIELDS[name].kind not in {Kind.TEXT, Kind.FILE}
            and self._share(name, cells, own) < _ENOUGH
        ):
            self.remarks.append(
                f"The column {self._header[place]!r} is called like {name} but does not read so, e.g. {cells[0][:40]!r}."
            )
            return
        self._take(name, (place,), "header")

    def by_cells(self) -> None:
        """What is still missing, from columns whose cells speak for themselves."""
        for place in sorted(self._free):
            if _NOT_THE_FRAME & set(plain_header(self._header[place]).split()) or not self._cells[place]:
                continue
            for name in _BY_CELLS:
                missing = name not in self.found and name not in self._none
                if missing and self._share(name, self._cells[place]) >= _CONVINCING:
                    self._take(name, (place,), "cells")
                    break

    @staticmethod
    def _share(name: str, cells: Sequence[str], own: Mapping[str, str] | None = None) -> float:
        return sum(fits(name, cell, own) for cell in cells) / len(cells)

    def plan(self) -> Plan:
        unused = tuple(self._header[place] for place in sorted(self._free))
        order = {name: self.found[name] for name in FIELDS if name in self.found}
        return Plan(order, self.told_by, tuple(self._kept), unused, tuple(self.remarks))


def _no_ids(cells: Sequence[str]) -> str:
    """Why a column called id is none; empty when it is one."""
    if cells and sum(map(is_mangled, cells)) > _ENOUGH * len(cells):
        return f"a spreadsheet has rounded them ({cells[0]})"
    most = Counter(cells).most_common(1)
    if most and most[0][1] > max(3, _DISTINCT * len(cells)):
        return f"{most[0][0][:40]!r} stands in most rows"
    return ""
