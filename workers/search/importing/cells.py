"""One cell of a table, read as what its field is."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from workers.search.importing.fields import FIELDS, Field, Kind
from workers.search.importing.words import known, plain

_BLANK = frozenset(("", "n a", "na", "nan", "null", "none", "unknown", "tbd", "tba", "нет данных"))
_EMPTY = frozenset(("", "-", "–", "—", "?", "n/a", "na", "nan", "null", "none", "unknown"))
_LONGEST_EMPTY = 7
FREE = frozenset((Kind.TEXT, Kind.URL, Kind.FILE))  # cells of which hardly two are alike
_LONGEST_TEXT = 300
_LONGEST_URL = 2_000
_FEW_WORDS = 4  # a longer cell is prose, not a word of a kind
_UNITS = frozenset(
    (
        *(
            "mm",
            "cm",
            "eur",
            "euro",
            "usd",
            "gbp",
            "inr",
            "rub",
            "rur",
            "rs",
            "руб",
            "р",
            "мм",
            "pcs",
            "шт",
            "stück",
        ),
        *("from", "ab", "à", "partir", "de", "от", "ca"),
    )
)
_NUMBER = re.compile(r"[-−]?\s?\d(?:[\d\s.,'’]*\d)?")
_MANGLED = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
# Lens width, bridge and perhaps temple as printed on a temple: 52□18-145, 52-18-145, 52/18.
_SIZE = re.compile(r"(\d{2})(?:\.\d)?\s*[^\d\s.]?\s*(\d{2})(?:\.\d)?(?:\s*[^\d\s.]?\s*(\d{3}))?(?:\s*mm)?")


class Reading(NamedTuple):
    """What a cell says.

    Attributes:
        value: Text, words, a number, a flag, (lens, bridge, temple) or nothing.
        fault: Why it could not be read; empty when it could, or is empty.
    """

    value: Any = None
    fault: str = ""


_NOTHING = Reading()


def read(name: str, cell: str, own: Mapping[str, str] | None = None) -> Reading:
    """Read a cell.

    Args:
        name: Of a field in `FIELDS`.
        cell: As it stands in the table.
        own: The shop's words, plain, and what they mean.
    """
    field, text = FIELDS[name], cell.strip()
    if field.kind in FREE:
        blank = len(text) <= _LONGEST_EMPTY and text.casefold() in _EMPTY
        return _NOTHING if blank else _READERS[field.kind](name, field, text)
    bare = plain(text)
    if own and bare in own:
        return _worded(field, own[bare])
    if bare in _BLANK and bare not in (field.words or ()):
        return _NOTHING
    return _READERS[field.kind](name, field, text)


def fits(name: str, cell: str, own: Mapping[str, str] | None = None) -> bool:
    """Whether a cell reads as a field does, in a few words; a price below zero is a price, if a wrong one."""
    if FIELDS[name].strict:
        return _parsed(cell) is not None
    found = read(name, cell, {plain(theirs): ours for theirs, ours in (own or {}).items()})
    short = FIELDS[name].kind is not Kind.WORDS or len(plain(cell).split()) <= _FEW_WORDS
    return short and found.value is not None and not found.fault


def is_mangled(cell: str) -> bool:
    """Whether a spreadsheet made a rounded number of an id: 7.14634E+12."""
    return bool(_MANGLED.fullmatch(cell.strip()))


def _worded(field: Field, word: str) -> Reading:
    if field.kind is Kind.WORDS:
        return Reading((word,))
    return Reading(word == "yes" if field.kind is Kind.FLAG else word)


def _text(_name: str, _field: Field, text: str) -> Reading:
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    if "  " in text:
        text = " ".join(text.split())
    return Reading(text[:_LONGEST_TEXT])


def _words(name: str, field: Field, text: str) -> Reading:
    assert field.words is not None
    found = tuple(known(text, field.words))
    return (
        Reading(found) if found else Reading(fault=f"the {name.replace('_', ' ')} {_shown(text)} is unknown")
    )


def _number(name: str, field: Field, text: str) -> Reading:
    value = _parsed(text)
    spoken = name.replace("_", " ")
    if value is None:
        return Reading(fault=f"the {spoken} {_shown(text)} is no number")
    low, high = field.bounds
    if value < 0 <= low:
        return Reading(fault=f"the {spoken} {value:g} is negative")
    if not low <= value <= high:
        unit = f" {field.unit}" if field.unit else ""
        return Reading(fault=f"the {spoken} is {value:g}{unit}; frames have {low:g} to {high:g}")
    return Reading(int(value) if value.is_integer() else value)


def _parsed(text: str) -> float | None:
    """A number as people write it: `€ 1.299,00`, `1,299.00`, `52 mm`; a single comma before three digits groups."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    rest = plain(text[: found.start()] + " " + text[found.end() :])
    if any(word not in _UNITS for word in rest.split()):
        return None
    digits = re.sub(r"[\s'’]", "", found.group()).replace("−", "-")
    if "," in digits and "." in digits:
        grouping = "." if digits.rfind(",") > digits.rfind(".") else ","
        digits = digits.replace(grouping, "")
    elif digits.count(",") > 1 or re.search(r",\d{3}$", digits):
        digits = digits.replace(",", "")
    elif digits.count(".") > 1:
        digits = digits.replace(".", "")
    try:
        return float(digits.replace(",", "."))
    except ValueError:
        return None


def _flag(name: str, field: Field, text: str) -> Reading:
    found = known(text, field.words or {})
    if found:
        return Reading(found[0] == "yes")
    value = _parsed(text)
    if value is not None and value >= 0:
        return Reading(value > 0)
    return Reading(fault=f"{name.replace('_', ' ')} {_shown(text)} is neither yes nor no")


def _size(name: str, _field: Field, text: str) -> Reading:
    found = _SIZE.fullmatch(text)
    if found is None:
        return Reading(fault=f"the {name} {_shown(text)} is not lens-bridge-temple in mm")
    return Reading(tuple(float(part) if part else None for part in found.groups()))


def _url(name: str, _field: Field, text: str) -> Reading:
    spoken = name.replace("_", " ")
    if len(text) > _LONGEST_URL or " " in text or not text.isprintable():
        return Reading(fault=f"the {spoken} is no address")
    if not text.lower().startswith("https://"):
        return Reading(fault=f"the {spoken} {_shown(text)} does not start with https://")
    return Reading(text)


def _file(_name: str, _field: Field, text: str) -> Reading:
    return Reading(text)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _FEW_LETTERS else text[: _FEW_LETTERS - 1] + "…")


_FEW_LETTERS = 40
_READERS = {
    Kind.TEXT: _text,
    Kind.WORDS: _words,
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.SIZE: _size,
    Kind.URL: _url,
    Kind.FILE: _file,
}
