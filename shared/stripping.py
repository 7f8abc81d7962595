"""A photo's file without what it tells of place, time, device and owner; its pixels are not touched.

Each format is copied part by part, and only the parts that make the picture go along: an unknown one is left out,
whatever it holds. Formats: ITU T.81 (JPEG), W3C PNG 3rd edition, RFC 9649 (WebP); Exif 2.32 for the orientation.
"""

import re
import struct
import zlib
from collections.abc import Iterator

from shared.errors import PhotoUnreadableError

_ORIENTATION = 0x0112
_UPRIGHT = 1
_TURNED = range(2, 9)
_XMP = re.compile(rb'tiff:Orientation(?:="|>)([1-8])')

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_SOS, _COMMENT = 0xDA, 0xFE
_APPS = range(0xE0, 0xF0)
# Of the application segments: pixel density, colour profile, colour transform.
_KEPT_APPS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}
)
_KEPT_WEBP = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"})
_HAS_EXIF, _HAS_XMP = 0x08, 0x04


def stripped(data: bytes) -> bytes:
    """The same picture, with its colours and the way it is held, and nothing else.

    Args:
        data: A JPEG, PNG or WebP that `shared.photos.inspect` has accepted.

    Raises:
        PhotoUnreadableError: The file is not built as its format asks.
    """
    try:
        if data.startswith(_SOI):
            return _jpeg(data)
        return _png(data) if data.startswith(_PNG_HEAD) else _webp(data)
    except (struct.error, IndexError):
        raise PhotoUnreadableError("The photo's file is damaged.") from None


# JPEG -------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> bytes:
    kept: list[bytes] = []
    turned = _UPRIGHT
    for marker, part in _segments(data):
        body = part[4:]
        if marker in _APPS or marker == _COMMENT:
            turned = _turned(body) if turned == _UPRIGHT else turned
            if not body.startswith(_KEPT_APPS.get(marker, b"\0none")):
                continue
        kept.append(part)
    told = _exif(turned)
    exif = b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told if told else b""
    return b"".join((_SOI, exif, *kept, _EOI))


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment up to the end of the picture, a scan with its pixels; anything in between is left out."""
    at = len(_SOI)
    while True:
        found = _NEXT_MARKER.search(data, at)
        if found is None:
            raise PhotoUnreadableError("The photo has no end.")
        start, marker = found.start(), data[found.end() - 1]
        if marker == _EOI[1]:
            return
        end = start + 2 + struct.unpack_from(">H", data, start + 2)[0]
        if end > len(data):
            raise PhotoUnreadableError("The photo has no end.")
        if marker == _SOS:
            after = _NEXT_MARKER.search(data, end)
            end = after.start() if after else len(data)
        yield marker, data[start:end]
        at = end


# PNG --------------------------------------------------------------------------------------------------


def _png(data: bytes) -> bytes:
    kept: list[bytes] = []
    turned, at = _UPRIGHT, len(_PNG_HEAD)
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + 12 + length]
        if kind in _KEPT_CHUNKS:
            kept.append(chunk)
        elif turned == _UPRIGHT and kind in {b"eXIf", b"iTXt"}:
            turned = _turned(chunk[8:-4])
        at += 12 + length
        if kind == b"IEND":
            break
    if exif := _exif(turned)[6:]:
        body = b"eXIf" + exif
        kept.insert(1, struct.pack(">I", len(exif)) + body + struct.pack(">I", zlib.crc32(body)))
    return b"".join((_PNG_HEAD, *kept))


# WebP -------------------------------------------------------------------------------------------------


def _webp(data: bytes) -> bytes:
    kept: list[tuple[bytes, bytes]] = []
    turned, at, end = _UPRIGHT, 12, 8 + struct.unpack_from("<I", data, 4)[0]
    while at + 8 <= min(end, len(data)):
        kind, length = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + length]
        if kind in _KEPT_WEBP:
            kept.append((kind, body))
        elif turned == _UPRIGHT and kind in {b"EXIF", b"XMP "}:
            turned = _turned(body)
        at += 8 + length + length % 2
    exif = _exif(turned)[6:]
    if kept and kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & ~(_HAS_EXIF | _HAS_XMP)
        kept[0] = (b"VP8X", bytes([flags | (_HAS_EXIF if exif else 0)]) + kept[0][1][1:])
        if exif:
            kept.append((b"EXIF", exif))
    chunks = b"".join(_riff(kind, body) for kind, body in kept)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


# Orientation ------------------------------------------------------------------------------------------


def _exif(turned: int) -> bytes:
    """An Exif block that tells the orientation and nothing else; empty for an upright picture."""
    if turned == _UPRIGHT:
        return b""
    return b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)


def _turned(block: bytes) -> int:
    """The orientation that a block of metadata tells, 1 to 8; 1 where it tells none."""
    tiff = block.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        found = _XMP.search(block)
        return int(found[1]) if found else _UPRIGHT
    try:
        at = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for entry in range(struct.unpack_from(f"{order}H", tiff, at)[0]):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * entry)
            if tag == _ORIENTATION:
                return int(value) if value in _TURNED else _UPRIGHT
    except struct.error:
        pass
    return _UPRIGHT
