"""Photos for the perception tests: a real portrait, altered as cameras and people alter photos."""

from functools import cache
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image

from workers.perception import Perceiver

Rgb = NDArray[np.uint8]


@cache
def perceiver() -> Perceiver:
    """One set of networks for all tests of a process."""
    return Perceiver()


@cache
def astronaut() -> Rgb:
    """Head and shoulders of an astronaut, 512 × 512, the face enlarged to where no advice is due."""
    return cv2.resize(skimage.data.astronaut()[0:320, 64:384], (960, 960), interpolation=cv2.INTER_CUBIC)


def encoded(rgb: NDArray[Any], format_: str = "PNG", **options: Any) -> bytes:
    """The bytes of a file that shows `rgb`."""
    file = BytesIO()
    Image.fromarray(rgb).save(file, format_, **options)
    return file.getvalue()


def rotated(rgb: Rgb, degrees: float) -> Rgb:
    """Turned clockwise around the middle, on grey."""
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return cv2.warpAffine(rgb, matrix, (width, height), borderValue=(128, 128, 128)).astype(np.uint8)


def exposed(rgb: Rgb, factor: float) -> Rgb:
    """As with more or less light."""
    return np.clip(rgb.astype(np.float32) * factor, 0, 255).astype(np.uint8)


def scaled(rgb: Rgb, factor: float) -> Rgb:
    """Larger or smaller."""
    return cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.uint8)
