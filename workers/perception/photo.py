"""Bytes in, upright RGB pixels out; every refusal is a named error."""

from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.errors import PhotoUnreadableError
from shared.photos import MEDIA_TYPES, inspect

Pixels = NDArray[np.uint8]
Depth = TypeVar("Depth", np.uint8, np.uint16)

_EXIF_ORIENTATION = 0x0112

# A face that fills a fifth of the picture still has 320 pixels; more cost time and tell nothing.
WORKING_SIDE = 1600


@dataclass(frozen=True, slots=True)
class Photo:
    """A decoded photo.

    Attributes:
        rgb: Height × width × 3, uint8, sRGB, upright; the longest side is at most `WORKING_SIDE`.
        width: Width of the upright photo before it was reduced.
        height: Height of the upright photo before it was reduced.
    """

    rgb: Pixels
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels of the original per pixel of `rgb`."""
        return self.width / int(self.rgb.shape[1])


def decode(data: bytes, *, max_pixels: int, min_side: int) -> Photo:
    """Decode a photo, apply its orientation and reduce it.

    Grey, palette, transparent (laid on white), CMYK and 16-bit pictures become RGB.

    Raises:
        PhotoError: The photo is damaged, animated, or has too many or too few pixels.
        UnsupportedMediaError: Not a JPEG, PNG or WebP.
    """
    info = inspect(data, max_pixels=max_pixels, min_side=min_side)
    try:
        image = Image.open(BytesIO(data), formats=tuple(MEDIA_TYPES))
        # A JPEG decoder can skip what will be thrown away: a 50-megapixel photo costs as much as a small one.
        image.draft(None, (WORKING_SIDE, WORKING_SIDE))
        image.load()
        orientation = _orientation(image)
        rgb = _upright(_to_rgb(_reduced(image)), orientation)
    except Exception:  # noqa: BLE001  hostile data may raise anything inside a codec
        raise PhotoUnreadableError("The photo's data is damaged; save or upload it again.") from None
    lying = orientation in {5, 6, 7, 8}
    width, height = (info.height, info.width) if lying else (info.width, info.height)
    return Photo(np.ascontiguousarray(rgb), width, height)


def _orientation(image: Image.Image) -> int:
    return int(image.getexif().get(_EXIF_ORIENTATION, 1))


def _upright(rgb: Pixels, orientation: int) -> Pixels:
    """Undo the way the camera was held (EXIF 2.3, tag `Orientation`, 1 to 8)."""
    if orientation in {5, 6, 7, 8}:
        rgb = rgb.transpose(1, 0, 2)
    if orientation in {3, 4, 7, 8}:
        rgb = rgb[::-1]
    return rgb[:, ::-1] if orientation in {2, 3, 6, 7} else rgb


def _reduced(image: Image.Image) -> Image.Image:
    """Reduce by a whole factor first: far cheaper than a free resize, and before any conversion copies it."""
    factor = max(image.size) // WORKING_SIDE
    if factor > 1 and image.mode in {"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"}:
        return image.reduce(factor)
    return image


def _to_rgb(image: Image.Image) -> Pixels:
    if image.mode.startswith("I"):  # 16-bit grey, which Pillow's own conversion would clip
        grey = (_fitted(np.asarray(image).astype(np.uint16)) >> 8).astype(np.uint8)
        return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return _fitted(np.asarray(Image.alpha_composite(ground, clear).convert("RGB")))
    return _fitted(np.asarray(image.convert("RGB")))


def _fitted(pixels: NDArray[Depth]) -> NDArray[Depth]:
    height, width = pixels.shape[:2]
    longest = max(height, width)
    if longest <= WORKING_SIDE:
        return pixels
    size = (round(width * WORKING_SIDE / longest), round(height * WORKING_SIDE / longest))
    # A strip one pixel high must not vanish.
    size = (max(size[0], 1), max(size[1], 1))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(pixels.dtype, copy=False)
