"""A shop's table, read chunk by chunk whatever its encoding and separator: CSV (gzip too) and Parquet."""

import csv
import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from shared.errors import CatalogueInvalidError, NotInstalledError
from workers.search.importing.encodings import encoding_of

CHUNK = 8_192  # rows read at once
_SEPARATORS = ",;\t|"
_LOOKED_AT = 60  # lines that tell the separator
_LONGEST_LINE = 1_000_000  # characters
_MOST_TEXT = 16_000_000_000  # characters unpacked: a gzip of more is a bomb
_MOST_COLUMNS = 2_000
_STRAY = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of bytes that are none of the encoding


class Chunk(NamedTuple):
    """Some rows.

    Attributes:
        first: Position of the first in the table, from 0.
        rows: Each is its cells, or why it cannot be read.
        lines: Where each ends in the file, from 1; its position in a Parquet file.
        share: How much of the file is read, 0 to 1.
    """

    first: int
    rows: list[list[str] | str]
    lines: list[int]
    share: float


@dataclass(frozen=True)
class Sheet:
    """A table.

    Attributes:
        path: Its file.
        header: Names of the columns, each once.
        encoding: Of a CSV file; empty for Parquet.
        separator: Of a CSV file; empty for Parquet.
    """

    path: Path
    header: tuple[str, ...]
    encoding: str = ""
    separator: str = ""
    _skip: int = 1

    def chunks(self, size: int = CHUNK) -> Iterator[Chunk]:
        """The rows, in their order; empty ones are passed over and have no position.

        Raises:
            CatalogueInvalidError: The file is damaged.
        """
        try:
            yield from self._from_csv(size) if self.separator else self._from_parquet(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise CatalogueInvalidError(f"{self.path.name} is damaged: {error}") from None

    def _from_csv(self, size: int) -> Iterator[Chunk]:
        whole = max(1, self.path.stat().st_size)
        with self.path.open("rb") as file, _text(file, self.encoding) as text:
            reader = csv.reader(_lines(text, self.path.name), delimiter=self.separator)
            for _ in range(self._skip):
                next(reader)
            first, rows, lines = 0, list[list[str] | str](), list[int]()
            while (row := self._next(reader)) is not None:
                if not row:
                    continue
                rows.append(row)
                lines.append(reader.line_num)
                if len(rows) == size:
                    yield Chunk(first, rows, lines, min(1.0, file.tell() / whole))
                    first, rows, lines = first + size, [], []
            if rows:
                yield Chunk(first, rows, lines, 1.0)

    def _next(self, reader: Any) -> list[str] | str | None:
        """Cells, what is wrong with them, or none at the end."""
        try:
            cells: list[str] = next(reader)
        except StopIteration:
            return None
        except csv.Error as error:
            return f"the row cannot be read: {error}; is a quotation mark not closed?"
        joined = "".join(cells)
        if not joined or joined.isspace():
            return []
        if not joined.isascii() and _STRAY.search(joined):
            return f"the row holds bytes that are no {self.encoding}"
        wide = len(self.header)
        if len(cells) < wide or any(cells[wide:]):
            return f"the row has {len(cells)} cells, the header {wide}"
        return cells[:wide]

    def _from_parquet(self, size: int) -> Iterator[Chunk]:
        arrow = _parquet()
        first = 0
        with arrow.ParquetFile(self.path) as file:
            whole = max(1, file.metadata.num_rows)
            for batch in file.iter_batches(batch_size=size):
                columns = [[_as_text(value) for value in column.to_pylist()] for column in batch.columns]
                rows = cast("list[list[str] | str]", [list(cells) for cells in zip(*columns, strict=True)])
                lines = list(range(first, first + len(rows)))
                yield Chunk(first, rows, lines, min(1.0, (first + len(rows)) / whole))
                first += len(rows)


def open_sheet(path: Path, *, encoding: str | None = None, separator: str | None = None) -> Sheet:
    """Look at a table; what it is shows its content, not its name.

    Args:
        path: Its file.
        encoding: Of a CSV file; told by its bytes when not given.
        separator: Of a CSV file; told by its first lines when not given.

    Raises:
        CatalogueInvalidError: The file is missing, empty, no table, or of a kind we do not read.
        NotInstalledError: Parquet needs pyarrow.
    """
    try:
        start = path.open("rb").read(4)
    except OSError as error:
        raise CatalogueInvalidError(f"{path.name} cannot be read: {error.strerror}.") from None
    if start == b"PAR1":
        return Sheet(path, _named(_parquet_header(path)))
    if start.startswith((b"PK", b"\xd0\xcf")):
        raise CatalogueInvalidError(f"{path.name} is a zip or spreadsheet file: save the sheet as CSV.")
    try:
        return _open_csv(path, encoding, separator)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise CatalogueInvalidError(f"{path.name} is damaged: {error}") from None
    except LookupError:
        raise CatalogueInvalidError(f"There is no encoding {encoding!r}.") from None


def _open_csv(path: Path, encoding: str | None, separator: str | None) -> Sheet:
    with path.open("rb") as file:
        encoding = encoding or encoding_of(_unpacked(file))
    with path.open("rb") as file, _text(file, encoding) as text:
        lines = list(islice(_lines(text, path.name), _LOOKED_AT))
    skip = 0
    if lines and (told := re.fullmatch(r'"?sep=(.)"?\s*', lines[0])):  # a line for Excel
        separator, skip = separator or told.group(1), 1
    separator = separator or _separator(lines)
    reader = csv.reader(lines[skip:], delimiter=separator)
    try:
        header: list[str] = next((cells for cells in reader if "".join(cells).strip()), [])
    except csv.Error as error:
        raise CatalogueInvalidError(f"The header of {path.name} cannot be read: {error}") from None
    if not header:
        raise CatalogueInvalidError(f"{path.name} is empty.")
    if _STRAY.search("".join(header)) or "\0" in "".join(header):
        raise CatalogueInvalidError(f"{path.name} is no text of the encoding {encoding}.")
    return Sheet(
        path, _named(header), encoding, separator, skip + _rows_until_header(lines[skip:], separator)
    )


def _rows_until_header(lines: list[str], separator: str) -> int:
    rows = csv.reader(lines, delimiter=separator)
    return next(number for number, cells in enumerate(rows, 1) if "".join(cells).strip())


def _named(header: list[str]) -> tuple[str, ...]:
    """Every column under a name of its own."""
    if len(header) > _MOST_COLUMNS:
        raise CatalogueInvalidError(f"The table has {len(header)} columns; at most {_MOST_COLUMNS} are read.")
    while len(header) > 1 and not header[-1].strip():  # lines that end with a separator
        header = header[:-1]
    names: list[str] = []
    for place, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"column {place}"
        again = sum(name == other.partition(" #")[0] for other in names)
        names.append(f"{name} #{again + 1}" if again else name)
    return tuple(names)


def _separator(lines: list[str]) -> str:
    """The sign that cuts most lines into the same number of cells, the more the better."""

    def regular(sign: str) -> tuple[float, int]:
        try:
            widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=sign) if cells)
        except csv.Error:
            return 0.0, 0
        width, times = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        return (round(times / widths.total(), 1), width) if width > 1 else (0.0, 0)

    return max(_SEPARATORS, key=regular)


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if packed else file


def _text(file: IO[bytes], encoding: str) -> TextIOWrapper:
    return TextIOWrapper(_unpacked(file), encoding, errors="surrogateescape", newline="")


def _lines(text: TextIOWrapper, name: str) -> Iterator[str]:
    seen = 0
    while line := _line(text, name):
        seen += len(line)
        if seen > _MOST_TEXT:
            raise CatalogueInvalidError(f"{name} unpacks to more than {_MOST_TEXT:,} characters.")
        yield line


def _line(text: TextIOWrapper, name: str) -> str:
    try:
        return text.readline(_LONGEST_LINE)
    except UnicodeDecodeError as error:  # UTF-16 leaves no stray bytes to go on with
        raise CatalogueInvalidError(
            f"{name} is no text of the encoding {error.encoding}: {error.reason}."
        ) from None


def _parquet() -> Any:
    try:
        from pyarrow import parquet  # noqa: PLC0415  CSV needs none of it
    except ImportError:
        raise NotInstalledError("Reading Parquet needs pyarrow (the extra `catalogue`).") from None
    return parquet


def _parquet_header(path: Path) -> list[str]:
    arrow = _parquet()
    try:
        return list(arrow.read_schema(path).names)
    except (ValueError, OSError) as error:
        raise CatalogueInvalidError(f"{path.name} is no Parquet file: {error}") from None


def _as_text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124  not a number
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | dict):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)
