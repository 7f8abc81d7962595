"""What a photo is, told from its header and its last bytes: nothing is decoded here.

Used at the door, where a bad photo is refused before it costs anything, and again by perception, which
trusts nobody.
"""

import struct
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from shared.errors import (
    PhotoAnimatedError,
    PhotoTooFewPixelsError,
    PhotoTooManyPixelsError,
    PhotoUnreadableError,
    UnsupportedMediaError,
)

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# Formats Pillow may open at all: the accepted ones, and those we want to name in the refusal. MPO is opened
# by Pillow's JPEG reader; asking for it by name is a KeyError.
_NAMED = (*MEDIA_TYPES, "GIF", "BMP", "TIFF")
# Of one person in one job: more of them change little.
MOST_PHOTOS = 5
_JPEG_TAIL = 64 * 1024  # phones append previews and metadata after the end-of-image marker


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """Format (`JPEG`, `PNG`, `WEBP`), width and height in pixels as stored, before orientation is applied."""

    format: str
    width: int
    height: int

    @property
    def media_type(self) -> str:
        """The MIME type."""
        return MEDIA_TYPES[self.format]


def inspect(data: bytes, *, max_pixels: int, min_side: int) -> PhotoInfo:
    """Tell what `data` is without decoding it.

    Args:
        data: The bytes of a file.
        max_pixels: More than this is refused.
        min_side: A shorter side is refused.

    Raises:
        UnsupportedMediaError: Not a JPEG, PNG or WebP.
        PhotoAnimatedError: More than one frame.
        PhotoTooManyPixelsError: Too many pixels.
        PhotoTooFewPixelsError: A side is too short.
        PhotoUnreadableError: The end of the file is missing.
    """
    image = _open(data)
    # MPO is a JPEG with more pictures behind it (phones' portrait mode); the first is the photo.
    name = "JPEG" if image.format == "MPO" else str(image.format)
    if name not in MEDIA_TYPES and not getattr(image, "is_animated", False):
        raise UnsupportedMediaError(f"This is a {name} image; send a JPEG, PNG or WebP.")
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise PhotoAnimatedError("The photo has several frames; send a single picture.")
    width, height = image.size
    if width * height > max_pixels:
        raise PhotoTooManyPixelsError(f"{width} × {height} pixels; at most {max_pixels:,} are accepted.")
    if min(width, height) < min_side:
        raise PhotoTooFewPixelsError(f"{width} × {height} pixels; each side needs at least {min_side}.")
    if not _complete(name, data):
        raise PhotoUnreadableError("The end of the file is missing; upload it again.")
    return PhotoInfo(name, width, height)


def _open(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # Pillow's own bomb warning: our pixel limit decides.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(BytesIO(data), formats=_NAMED)
        except UnidentifiedImageError:
            raise UnsupportedMediaError("This is no photo we can read; send a JPEG, PNG or WebP.") from None
        except Image.DecompressionBombError:
            raise PhotoTooManyPixelsError("The photo has far too many pixels.") from None
        except Exception:  # noqa: BLE001  a hostile header may raise anything inside a codec
            raise PhotoUnreadableError("The photo's header is damaged.") from None


def _complete(name: str, data: bytes) -> bool:
    """Whether the format's own end marker is there."""
    if name == "JPEG":
        return b"\xff\xd9" in data[-_JPEG_TAIL:]
    if name == "PNG":
        return b"IEND" in data[-64 * 1024 :]
    size: int = struct.unpack_from("<I", data, 4)[0]
    return len(data) >= size + 8
