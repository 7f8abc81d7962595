"""A frame found in a product photo, brought to one size on white: what the tagger reads."""

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.errors import FrameInvalidError

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]

SIZE = (224, 96)  # width and height of what is read, in pixels
_ROOM = (208, 88)  # the frame fills this in the middle of it, as far as its proportions let it
_SEARCHED_AT = 480  # pixels: the width at which the frame is looked for
_SHARP = 16.0  # the least step of brightness that is an edge; a shadow's is softer
_NOISE = 2.5  # an edge stands this many times above what the border shows
_SEEN = 24  # alpha above which a pixel belongs to the frame
_LIGHT = 90.0  # a darker ground is left as it is
_NEIGHBOURS = 3  # pixels that a step is told by
_LEAST = 12  # pixels: a smaller find is dust
_RGBA = 4


class Located(NamedTuple):
    """A frame in its photo.

    Attributes:
        pixels: (96, 224, 3) RGB; the frame in the middle, on white where its ground was light.
        box: Its place in the photo: left, top, right, bottom, in pixels.
    """

    pixels: Pixels
    box: Box

    @property
    def aspect(self) -> float:
        """Height over width."""
        left, top, right, bottom = self.box
        return (bottom - top) / (right - left)


def locate(photo: Pixels) -> Located:
    """Find the frame.

    Args:
        photo: RGB (h, w, 3) on a plain ground, or RGBA (h, w, 4) with a transparent one.

    Raises:
        FrameInvalidError: Nothing stands on the ground.
    """
    clear = photo.shape[2] == _RGBA and bool(photo[..., 3].min() < _SEEN)
    scale = max(1.0, photo.shape[1] / _SEARCHED_AT)
    small = _shrunk(photo, scale)
    if clear:
        box = _bounds(small[..., 3] > _SEEN, photo, scale)
        return Located(_fitted(_on_white(_inside(photo, box))), box)
    rgb, small = photo[..., :3], small[..., :3]
    ground = np.median(_border(small), axis=0)
    box = _bounds(_edges(small), photo, scale)
    return Located(_fitted(_whitened(_inside(rgb, box), ground)), box)


def _shrunk(photo: Pixels, scale: float) -> Pixels:
    if scale <= 1:
        return np.ascontiguousarray(photo)
    size = (round(photo.shape[1] / scale), max(1, round(photo.shape[0] / scale)))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)


def _border(small: Pixels) -> NDArray[np.uint8]:
    return np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])


def _edges(small: Pixels) -> NDArray[np.bool_]:
    """Where brightness steps: rims and lens edges do, shadows and gradients of the ground do not."""
    if min(small.shape[:2]) < _NEIGHBOURS:
        raise FrameInvalidError("The picture shows no frame.", field="image")
    across = _largest(cv2.absdiff(small[:, 2:], small[:, :-2]))
    down = _largest(cv2.absdiff(small[2:], small[:-2]))
    steps = np.zeros(small.shape[:2], np.uint8)
    steps[:, 1:-1] = across
    steps[1:-1] = np.maximum(steps[1:-1], down)
    noise = float(np.percentile(np.concatenate([steps[1:3].ravel(), steps[-3:-1].ravel()]), 90))
    return np.asarray(steps > max(_SHARP, min(_NOISE * noise, 60.0)))


def _largest(pixels: NDArray[Any]) -> Pixels:
    red, green, blue = cv2.split(pixels)
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def _bounds(seen: NDArray[np.bool_], photo: Pixels, scale: float) -> Box:
    """The box of what is seen, in pixels of the photo; single specks do not count."""
    columns, rows = (np.flatnonzero(np.count_nonzero(seen, axis=axis) > 1) for axis in (0, 1))
    if (
        not len(columns)
        or not len(rows)
        or columns[-1] - columns[0] < _LEAST
        or rows[-1] - rows[0] < _LEAST / 3
    ):
        raise FrameInvalidError("The picture shows no frame.", field="image")
    height, width = photo.shape[:2]
    left, right = round(columns[0] * scale), round((columns[-1] + 1) * scale)
    top, bottom = round(rows[0] * scale), round((rows[-1] + 1) * scale)
    return left, top, min(right, width), min(bottom, height)


def _inside(photo: Pixels, box: Box) -> Pixels:
    left, top, right, bottom = box
    return photo[top:bottom, left:right]


def _on_white(cut: Pixels) -> Pixels:
    share = cv2.merge([np.ascontiguousarray(cut[..., 3])] * 3)
    lit = cv2.multiply(np.ascontiguousarray(cut[..., :3]), share, scale=1 / 255)
    return np.asarray(cv2.add(lit, cv2.bitwise_not(share)), np.uint8)


def _whitened(cut: Pixels, ground: NDArray[np.float64]) -> Pixels:
    """As if a light ground were white, which also takes its cast from the frame."""
    if ground.min() < _LIGHT:
        return cut
    gain = (255 / ground).reshape(1, 3)
    levels = np.clip(np.arange(256).reshape(256, 1) * gain, 0, 255).round().astype(np.uint8)
    return np.asarray(cv2.LUT(np.ascontiguousarray(cut), levels.reshape(1, 256, 3)), np.uint8)


def _fitted(cut: Pixels) -> Pixels:
    height, width = cut.shape[:2]
    scale = min(_ROOM[0] / width, _ROOM[1] / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    page = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)
    left, top = (SIZE[0] - size[0]) // 2, (SIZE[1] - size[1]) // 2
    page[top : top + size[1], left : left + size[0]] = cv2.resize(cut, size, interpolation=way)
    return page
