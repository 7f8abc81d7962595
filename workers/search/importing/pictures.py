"""Pictures of a shop's frames: from a folder, a zip or their addresses, none of which is trusted."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from http import HTTPStatus
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from shared.errors import CatalogueInvalidError, ExpertGlassesError
from shared.outbound import Outbound
from shared.settings import settings

BY_URL = "urls"
_MOST_BYTES = 20_000_000  # of one picture
_MOST_PIXELS = 50_000_000
_LEAST_SIDE = 24
_LOOKED_AT = 960  # pixels: the tagger needs no more
_MOST_FILES = 2_000_000
_MOST_UNPACKED = 200_000_000_000
_MOST_RATIO = 100  # pictures are packed already; what shrinks more is a bomb
_SECONDS = 15.0
_AT_ONCE = 8
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")

Pixels = NDArray[np.uint8]


class PictureError(Exception):
    """A picture that cannot be used; the message is for the report.

    Args:
        reason: A clause.
        hostile: Whether its row is refused with it; a picture that is merely missing leaves a frame.
    """

    def __init__(self, reason: str, *, hostile: bool = False) -> None:
        super().__init__(reason)
        self.hostile = hostile


class Pictures(Protocol):
    """Where pictures are."""

    def load(self, wanted: Sequence[str]) -> Iterator[bytes | PictureError]:
        """The files of some pictures, by path or address, in this order; few are held at a time."""
        ...

    def named(self, name: str) -> str | None:
        """The path of a picture called like a frame, where there is one."""
        ...


def open_pictures(images: Path | str | None) -> AbstractContextManager[Pictures | None]:
    """Pictures of a table.

    Args:
        images: A folder, a zip file, `urls` for the addresses in the table, or nothing.

    Raises:
        CatalogueInvalidError: There is no such folder, or the zip is damaged or a bomb.
    """
    if images is None:
        return nullcontext(None)
    if images == BY_URL:
        return nullcontext(_ByUrl(Outbound.from_settings(settings())))
    path = Path(images)
    if path.is_dir():
        return nullcontext(_Folder(path))
    if not path.is_file():
        raise CatalogueInvalidError(f"There are no pictures at {path.name}.")
    return _open_zip(path)


class _Index:
    """Files found by their path, and by their name where only one is called so; whatever the case of letters."""

    def __init__(self, paths: Sequence[str]) -> None:
        if len(paths) > _MOST_FILES:
            raise CatalogueInvalidError(f"There are more than {_MOST_FILES:,} pictures.")
        self._paths = {path.casefold(): path for path in paths}
        self._names: dict[str, str | None] = {}
        for path in paths:
            for name in {PurePosixPath(path).name.casefold(), PurePosixPath(path).stem.casefold()}:
                self._names[name] = None if name in self._names else path

    def find(self, wanted: str) -> str:
        """The path of what a cell names, given as a path, a name or an address.

        Raises:
            PictureError: It leads outside, or there is no such file.
        """
        address = "://" in wanted
        text = unquote(urlsplit(wanted).path).lstrip("/") if address else wanted.replace("\\", "/")
        path = PurePosixPath(text)
        if path.is_absolute() or ".." in path.parts or ":" in text or "\0" in text:
            raise PictureError("the picture's path leads outside of the pictures", hostile=True)
        found = self._paths.get(str(path).casefold()) or self.named(path.name)
        if found is None:
            raise PictureError(f"there is no picture {path.name[:80]!r}")
        return found

    def named(self, name: str) -> str | None:
        """The one file of this name."""
        return self._names.get(name.casefold())


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        files = (path for path in root.rglob("*") if path.suffix.lower() in _ENDINGS)
        self._index = _Index(sorted(path.relative_to(root).as_posix() for path in files))

    def load(self, wanted: Sequence[str]) -> Iterator[bytes | PictureError]:
        return (_caught(self._find, one) for one in wanted)

    def _find(self, wanted: str) -> bytes:
        return self._read(self._index.find(wanted))

    def named(self, name: str) -> str | None:
        return self._index.named(name)

    def _read(self, path: str) -> bytes:
        file = (self._root / path).resolve()
        if not file.is_relative_to(self._root):  # by a link
            raise PictureError("the picture's path leads outside of the pictures", hostile=True)
        try:
            with file.open("rb") as opened:
                return _bounded(opened.read(_MOST_BYTES + 1))
        except OSError as error:
            raise PictureError(f"the picture cannot be read: {error.strerror}") from None


@contextmanager
def _open_zip(path: Path) -> Iterator[Pictures]:
    try:
        with zipfile.ZipFile(path) as opened:
            yield _Zip(opened)
    except zipfile.BadZipFile:
        raise CatalogueInvalidError(f"{path.name} is neither a folder nor a zip of pictures.") from None


class _Zip:
    """Nothing is ever unpacked to disk, and no entry further than a picture may be large."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * max(packed, _MOST_BYTES):
            raise CatalogueInvalidError(
                f"The zip would unpack to {unpacked:,} bytes from {packed:,}: refused."
            )
        inside = [entry.filename for entry in entries if _stays_inside(entry.filename)]
        self._index = _Index([name for name in inside if name.lower().endswith(_ENDINGS)])

    def load(self, wanted: Sequence[str]) -> Iterator[bytes | PictureError]:
        return (_caught(self._find, one) for one in wanted)

    def _find(self, wanted: str) -> bytes:
        return self._read(self._index.find(wanted))

    def named(self, name: str) -> str | None:
        return self._index.named(name)

    def _read(self, path: str) -> bytes:
        entry = self._zip.getinfo(path)
        if (
            entry.file_size > _MOST_RATIO * max(entry.compress_size, 1)
            and entry.file_size > _MOST_BYTES // 10
        ):
            raise PictureError("the picture is a zip bomb", hostile=True)
        try:
            with self._zip.open(entry) as opened:
                return _bounded(opened.read(_MOST_BYTES + 1))  # what the entry says of its size may be a lie
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
            raise PictureError("the picture cannot be unpacked", hostile=True) from None


class _ByUrl:
    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def load(self, wanted: Sequence[str]) -> Iterator[bytes | PictureError]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for first in range(0, len(wanted), _AT_ONCE):
                yield from pool.map(partial(_caught, self._fetch), wanted[first : first + _AT_ONCE])

    def named(self, name: str) -> str | None:  # noqa: ARG002  addresses are not guessed
        return None

    def _fetch(self, url: str) -> bytes:
        try:
            answer = self._outbound.get(url, max_bytes=_MOST_BYTES, seconds=_SECONDS)
        except ExpertGlassesError as error:
            raise PictureError(f"the picture was not fetched: {error}") from None
        if answer.status != HTTPStatus.OK:  # a redirect too: its goal was not checked
            raise PictureError(f"the picture was not fetched: the shop answered {answer.status}")
        return answer.body


def _caught(get: Callable[[str], bytes], wanted: str) -> bytes | PictureError:
    try:
        return get(wanted)
    except PictureError as error:
        return error


def _bounded(data: bytes) -> bytes:
    if len(data) > _MOST_BYTES:
        raise PictureError(f"the picture has more than {_MOST_BYTES:,} bytes", hostile=True)
    return data


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in name


def pixels_of(data: bytes) -> Pixels:
    """A picture decoded, RGB or RGBA, at most 960 pixels wide.

    Raises:
        PictureError: It is no JPEG, PNG or WebP, damaged, or has too many pixels or too few.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415  a table without pictures needs no decoder

    from shared.photos import MEDIA_TYPES, inspect  # noqa: PLC0415  likewise

    try:
        inspect(data, max_pixels=_MOST_PIXELS, min_side=_LEAST_SIDE)
        with Image.open(BytesIO(data), formats=tuple(MEDIA_TYPES)) as image:
            image.draft("RGB", (_LOOKED_AT, _LOOKED_AT))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((_LOOKED_AT, _LOOKED_AT))
            return np.array(upright.convert("RGBA" if upright.has_transparency_data else "RGB"))
    except ExpertGlassesError as error:
        raise PictureError(f"the picture cannot be used: {error}", hostile=True) from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise PictureError("the picture is damaged", hostile=True) from None
