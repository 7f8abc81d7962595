"""Tables as shops save them: any encoding, any separator, rows that do not fit."""

import gzip
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from shared.errors import CatalogueInvalidError
from workers.search.importing.sheet import Sheet, open_sheet

RUSSIAN = "артикул;название;цвет\n1;Оправа «Нева»;чёрный\n2;Оправа Ладога;синий\n"
FRENCH = "réf,modèle,couleur\n1,Forêt d’été,doré\n2,Éclat,bleu\n"


def table(folder: Path, content: bytes) -> Path:
    """A file of these bytes."""
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


def rows(sheet: Sheet) -> list[list[str] | str]:
    """All rows of a table."""
    return [row for chunk in sheet.chunks(2) for row in chunk.rows]


@pytest.mark.parametrize(
    ("text", "saved_as", "told"),
    [
        (RUSSIAN, "utf-8", "utf-8"),
        (RUSSIAN, "utf-8-sig", "utf-8-sig"),
        (RUSSIAN, "utf-16", "utf-16"),
        (RUSSIAN, "utf-16-le", "utf-16-le"),
        (RUSSIAN, "utf-16-be", "utf-16-be"),
        (RUSSIAN, "cp1251", "cp1251"),
        (FRENCH, "utf-8", "utf-8"),
        (FRENCH, "cp1252", "cp1252"),
        ("id,color\n1,black\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_told_by_the_bytes(tmp_path: Path, text: str, saved_as: str, told: str) -> None:
    """Given a table saved in some encoding / If opened / Then every letter is as it was typed."""
    sheet = open_sheet(table(tmp_path, text.encode(saved_as)))
    separator = ";" if ";" in text else ","
    assert (sheet.encoding, sheet.separator) == (told, separator)
    header, *body = [line.split(separator) for line in text.splitlines()]
    assert list(sheet.header) == header
    assert rows(sheet) == body


def test_an_encoding_that_is_named_is_used(tmp_path: Path) -> None:
    """Given an encoding that cannot be told / If it is named / Then it is read; a name there is not is refused."""
    path = table(tmp_path, RUSSIAN.replace("«", '"').replace("»", '"').encode("koi8-r"))
    assert rows(open_sheet(path, encoding="koi8-r"))[1] == ["2", "Оправа Ладога", "синий"]
    with pytest.raises(CatalogueInvalidError, match="klingon"):
        open_sheet(path, encoding="klingon")


def test_a_spoilt_row_among_good_ones_is_named(tmp_path: Path) -> None:
    """Given UTF-8 with one row of another encoding / If read / Then that row alone is unreadable."""
    good = "".join(f"{number};Оправа;чёрный\n" for number in range(20))
    content = b"id;name;color\n" + good.encode() + "20;Оправа;чёрный\n".encode("cp1251") + good.encode()
    read = rows(open_sheet(table(tmp_path, content)))
    assert [place for place, row in enumerate(read) if isinstance(row, str)] == [20]
    assert "utf-8" in read[20]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_cuts_evenly(tmp_path: Path, separator: str) -> None:
    """Given commas inside of texts and prices / If opened / Then columns are cut where the shop meant."""
    lines = [
        separator.join(("id", "name", "price")),
        separator.join(("1", '"Oval, thin, gold"', '"129,90"')),
        separator.join(("2", "Plain", '"89,00"')),
        separator.join(("3", '"He said ""round"""', "75")),
    ]
    sheet = open_sheet(table(tmp_path, "\r\n".join(lines).encode()))
    assert sheet.separator == separator
    assert rows(sheet) == [
        ["1", "Oval, thin, gold", "129,90"],
        ["2", "Plain", "89,00"],
        ["3", 'He said "round"', "75"],
    ]


def test_a_line_for_excel_is_not_the_header(tmp_path: Path) -> None:
    """Given `sep=;` on the first line / If opened / Then the second line is the header."""
    sheet = open_sheet(table(tmp_path, b"sep=;\nid;color\n1;red\n"))
    assert sheet.header == ("id", "color")
    assert rows(sheet) == [["1", "red"]]


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Given headers twice, empty, or missing at the end / If opened / Then each column has a name of its own."""
    sheet = open_sheet(table(tmp_path, b"\nid,color,color,,note,\n1,red,blue,x,y,\n"))
    assert sheet.header == ("id", "color", "color #2", "column 4", "note")
    assert rows(sheet) == [["1", "red", "blue", "x", "y"]]


def test_rows_that_do_not_fit_are_named(tmp_path: Path) -> None:
    """Given rows too short, too long, empty, or longer by empty cells / If read / Then only misfits are refused."""
    content = b"a,b,c\n1,2,3\n1,2\n\n,,\n1,2,3,4\n1,2,3,,\n"
    sheet = open_sheet(table(tmp_path, content))
    read = rows(sheet)
    assert read == [
        ["1", "2", "3"],
        "the row has 2 cells, the header 3",
        "the row has 4 cells, the header 3",
        ["1", "2", "3"],
    ]
    (chunk,) = sheet.chunks()
    assert chunk.lines == [2, 3, 6, 7]


def test_a_quotation_mark_that_is_never_closed_costs_its_row(tmp_path: Path) -> None:
    """Given an open quotation mark before much text / If read / Then a row is refused and memory stays small."""
    content = b'a,b\n1,2\n1,"open\n' + b"1,2\n" * 50_000
    read = rows(open_sheet(table(tmp_path, content)))
    assert read[0] == ["1", "2"]
    assert "quotation mark" in read[1]


def test_gzip_is_read_and_a_torn_one_refused(tmp_path: Path) -> None:
    """Given a packed table / If whole / Then read; if torn / Then the import ends with a clear error."""
    packed = gzip.compress(b"id,color\n" + b"1,red\n" * 1000)
    sheet = open_sheet(table(tmp_path, packed))
    assert len(rows(sheet)) == 1000
    torn = table(tmp_path, gzip.compress(bytes(range(256)) * 400)[:200])
    with pytest.raises(CatalogueInvalidError):
        rows(open_sheet(torn))


def test_parquet_is_read_as_a_table_of_words(tmp_path: Path) -> None:
    """Given typed columns / If read / Then numbers, flags and gaps are what a CSV would say."""
    path = tmp_path / "table.parquet"
    columns = {
        "id": [1, 2, 3],
        "price": [99.5, None, 120.0],
        "stock": [True, False, None],
        "name": ["a", "", None],
    }
    parquet.write_table(pa.table(columns), path)
    sheet = open_sheet(path)
    assert sheet.header == ("id", "price", "stock", "name")
    assert rows(sheet) == [["1", "99.5", "yes", "a"], ["2", "", "no", ""], ["3", "120", "", ""]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"PK\x03\x04rest", "save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "save the sheet as CSV"),
        (b"PAR1 but nothing else", "no Parquet"),
        (bytes(range(256)) * 8, "no text"),
        ("id,color\n1,red\n".encode("utf-16") + b"\0", "no text"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """Given another kind of file / If opened / Then refused with what to do."""
    with pytest.raises(CatalogueInvalidError, match=reason):
        open_sheet(table(tmp_path, content))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """Given no file / If opened / Then said, without a path of this machine."""
    with pytest.raises(CatalogueInvalidError, match=r"none\.csv cannot be read") as caught:
        open_sheet(tmp_path / "none.csv")
    assert str(tmp_path) not in str(caught.value)
