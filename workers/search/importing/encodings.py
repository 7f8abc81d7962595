"""The encoding of a text, told by its bytes: Unicode where it can be, else Cyrillic or Western Windows."""

import codecs
import re
from typing import IO

_PIECE = 1 << 20  # bytes read at once
_SAMPLE = 1 << 18  # bytes of lines with letters beyond ASCII that are enough to judge
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STRAYS = 0.05  # of all letters beyond ASCII: a few spoilt ones in a text of UTF-8
_CYRILLIC_RUN = 2.0  # Russian words are runs of high bytes; in Western ones these stand alone


def encoding_of(file: IO[bytes]) -> str:
    """`utf-8`, `utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be`, `cp1251` or `cp1252`.

    Args:
        file: Read from where it stands to its end, or until enough was seen.
    """
    piece = file.read(_PIECE)
    for mark, name in _MARKS:
        if piece.startswith(mark):
            return name
    return _without_mark(piece) or _by_letters(_beyond_ascii(file, piece))


def _without_mark(piece: bytes) -> str | None:
    """UTF-16 without its mark: ends of lines with a zero, and zeros in every second byte alone."""
    first, second = piece[0::2].count(0), piece[1::2].count(0)
    if b"\n\0" in piece and first * 10 < second:
        return "utf-16-le"
    if b"\0\n" in piece and second * 10 < first:
        return "utf-16-be"
    return None


def _beyond_ascii(file: IO[bytes], piece: bytes) -> bytes:
    """Lines that are not ASCII, as many as are needed; whole ones, so that no letter is cut."""
    found, rest = bytearray(), b""
    while piece and len(found) < _SAMPLE:
        if rest.isascii() and piece.isascii():
            rest = b""
        else:
            whole, _, rest = (rest + piece).rpartition(b"\n")
            found += b"\n".join(line for line in whole.split(b"\n") if not line.isascii())
        piece = file.read(_PIECE)
    return bytes(found[: 2 * _SAMPLE]) if rest.isascii() else bytes(found[: 2 * _SAMPLE]) + rest[:_SAMPLE]


def _by_letters(sample: bytes) -> str:
    text = sample.decode("utf-8", "surrogateescape")
    beyond = [letter for letter in text if letter > "\x7f"]
    strays = sum("\udc80" <= letter <= "\udcff" for letter in beyond)
    if strays <= _STRAYS * len(beyond):
        return "utf-8"
    runs = re.findall(rb"[\xc0-\xff]+", sample)
    return "cp1251" if sum(map(len, runs)) >= _CYRILLIC_RUN * len(runs) else "cp1252"
