"""A frame on a face: scaled by the pupillary distance, turned with the head, its temples behind it.

Works for specifications, which are drawn at the size needed, and for pictures of frames with a transparent
ground (see `cutout`).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.contracts.face import Face
from shared.eyewear.geometry import geometry
from shared.eyewear.head import DEFAULT_PD_MM, Head, head_of
from shared.eyewear.materials import palette
from shared.eyewear.openings import without_temples
from shared.eyewear.render import Rgba, render_rgba
from shared.eyewear.spec import CANVAS_MM, FrameSpec

Photo = NDArray[np.uint8]
_Points = NDArray[np.float64]

PICTURE_MM = 138.0  # width of a pictured frame whose size nobody states
_DRAWN_PX = (240, 1400)  # least and greatest width of a drawing
_SHADOW_DOWN_MM, _SHADOW_BLUR_MM, _SHADOW = 3.0, 2.2, 0.30
_EVEN_LIGHT = 150.0  # brightness of a well-lit face, of 255
_OPAQUE = 200


@dataclass(frozen=True, slots=True)
class Worn:
    """What is put on: the front's picture, its corners on the head, and its temples.

    Attributes:
        pixels: RGBA, straight alpha.
        corners: Of the picture, in mm from the middle of the front: left, top, right, bottom.
        hinges: x and y in mm of the right hinge; the left is its mirror image.
        temple: Colour of the temples, RGB.
        temple_mm: Height of the temples at the hinge.
    """

    pixels: Rgba
    corners: tuple[float, float, float, float]
    hinges: tuple[float, float]
    temple: tuple[float, float, float]
    temple_mm: float


def try_on(
    photo: Photo,
    face: Face,
    frame: FrameSpec | Rgba,
    *,
    pd_mm: float = DEFAULT_PD_MM,
    picture_mm: float = PICTURE_MM,
) -> Photo:
    """The photo with the frame on the face.

    Args:
        photo: RGB, (h, w, 3), oriented as the face was perceived.
        face: The face with landmarks.
        frame: A specification, or RGBA pixels of a frame from the front.
        pd_mm: Pupillary distance; sizes are only as true as this.
        picture_mm: Total width of a pictured frame.

    Returns:
        A new RGB image of the same size.

    Raises:
        NoFaceError: The face has no landmarks.
        FrameInvalidError: The specification cannot be made.
    """
    height, width = photo.shape[:2]
    head = head_of(face, (width, height), pd_mm)
    worn = _drawn(frame, head.scale) if isinstance(frame, FrameSpec) else _pictured(frame, picture_mm)
    worn = _lit(worn, photo, head)
    result = photo.copy()
    _lay_temples(result, head, worn)
    _lay_front(result, head, worn)
    return result


def _drawn(spec: FrameSpec, scale: float) -> Worn:
    """A front drawn at about the size it will have."""
    width = int(np.clip(round(CANVAS_MM[0] * scale * 1.15), *_DRAWN_PX))
    half_w, half_h = CANVAS_MM[0] / 2, CANVAS_MM[1] / 2
    shape, colours = geometry(spec), palette(spec)
    tall = 2.4 if spec.is_wire else 5.0
    pixels = render_rgba(spec, width, temples=False)
    return Worn(pixels, (-half_w, -half_h, half_w, half_h), shape.hinge, colours.temple, tall)


def _pictured(pixels: Rgba, width_mm: float) -> Worn:
    """A front from a picture: its opaque box is `width_mm` wide and its middle sits before the eyes."""
    rows, columns = (np.flatnonzero(pixels[..., 3].max(axis=axis) > _OPAQUE // 2) for axis in (1, 0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    cut = np.ascontiguousarray(pixels[top:bottom, left:right])
    cut = without_temples(cut, width_mm)
    mm = width_mm / (right - left)
    half_h = (bottom - top) * mm / 2
    edge = cut[: len(cut) // 2, -max(2, cut.shape[1] // 20) :].reshape(-1, 4)
    solid = edge[edge[:, 3] > _OPAQUE]
    r, g, b = (float(c) for c in (np.median(solid[:, :3], axis=0) if len(solid) else (60, 60, 60)))
    corners = (-width_mm / 2, -half_h, width_mm / 2, half_h)
    return Worn(cut, corners, (width_mm / 2, -0.45 * half_h), (r, g, b), 4.0)


def _lit(worn: Worn, photo: Photo, head: Head) -> Worn:
    """The frame in the light of the face: a bright frame on a dark face would float."""
    x0, y0, x1, y1 = _box(head.outline, photo.shape)
    face = photo[y0:y1:4, x0:x1:4]
    gain = float(np.clip(0.55 + 0.45 * face.mean() / _EVEN_LIGHT, 0.6, 1.04)) if face.size else 1.0
    pixels = worn.pixels.copy()
    pixels[..., :3] = cv2.convertScaleAbs(pixels[..., :3], alpha=gain)
    r, g, b = worn.temple
    return Worn(pixels, worn.corners, worn.hinges, (r * gain, g * gain, b * gain), worn.temple_mm)


# Front -------------------------------------------------------------------------------------------------


def _lay_front(result: Photo, head: Head, worn: Worn) -> None:
    """Warp the picture of the front onto the photo, its shadow first."""
    left, top, right, bottom = worn.corners
    flat = np.array([[left, top, 0], [right, top, 0], [right, bottom, 0], [left, bottom, 0]], dtype=float)
    goal = head.project(flat)
    x0, y0, x1, y1 = _box(goal, result.shape)
    if x1 <= x0 or y1 <= y0:
        return
    h, w = worn.pixels.shape[:2]
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    warp = cv2.getPerspectiveTransform(source, (goal - (x0, y0)).astype(np.float32))
    size = (x1 - x0, y1 - y0)
    shown = cv2.warpPerspective(_premultiplied(worn.pixels), warp, size, flags=cv2.INTER_LINEAR).astype(
        np.uint8
    )
    ground = result[y0:y1, x0:x1]
    _shade(ground, shown[..., 3], head)
    keep = 255 - cv2.merge([shown[..., 3]] * 3)
    ground[:] = cv2.add(shown[..., :3], cv2.multiply(ground, keep, scale=1 / 255))


def _premultiplied(pixels: Rgba) -> Rgba:
    share = cv2.merge([pixels[..., 3]] * 3)
    return np.dstack([cv2.multiply(pixels[..., :3], share, scale=1 / 255), pixels[..., 3]])


def _shade(ground: Photo, alpha: NDArray[np.uint8], head: Head) -> None:
    """Darken what lies a little below the frame, softly."""
    dx, dy = head.axes[1, :2] * _SHADOW_DOWN_MM * head.scale
    moved = cv2.warpAffine(alpha, np.array([[1, 0, dx], [0, 1, dy]]), alpha.shape[::-1])
    sigma = max(0.6, _SHADOW_BLUR_MM * head.scale)
    soft = cv2.GaussianBlur(moved, (0, 0), sigma)
    light = cv2.convertScaleAbs(soft, alpha=-_SHADOW, beta=255)
    ground[:] = cv2.multiply(ground, cv2.merge([light] * 3), scale=1 / 255)


# Temples -----------------------------------------------------------------------------------------------


def _lay_temples(result: Photo, head: Head, worn: Worn) -> None:
    """Draw each temple from its hinge towards the ear; the one on the far side only where no face hides it."""
    hinge_x, hinge_y = worn.hinges
    for side, ear in zip((-1, 1), head.ears, strict=True):
        hinge = np.array([side * (hinge_x - 0.8), hinge_y, 1.0])
        reach = max(ear[2], 30.0)
        out = side * max(abs(ear[0]) + 2.0, hinge_x - 4.0)
        end = np.array([out, 0.6 * hinge_y + 0.4 * ear[1], reach])
        _lay_temple(result, head, worn, (hinge, end), hidden=side * head.turn > 0)


def _lay_temple(
    result: Photo, head: Head, worn: Worn, line: tuple[_Points, _Points], *, hidden: bool
) -> None:
    """One temple as a band that fades where hair or ear would cover it."""
    along = np.linspace(0, 1, 12)[:, None]
    middle = line[0] + along * (line[1] - line[0])
    half = worn.temple_mm / 2 * (1 - 0.35 * along) * np.array([[0.0, 1.0, 0.0]])
    band = np.vstack([head.project(middle - half), head.project(middle + half)[::-1]])
    x0, y0, x1, y1 = _box(band, result.shape)
    if x1 <= x0 or y1 <= y0:
        return
    cover = np.zeros((y1 - y0, x1 - x0), np.uint8)
    _fill(cover, band - (x0, y0), 255)
    if hidden:
        _fill(cover, head.outline - (x0, y0), 0)
    start, end = head.project(np.stack(line))
    share = _fade((x0, y0), cover.shape, start, end) * (cover.astype(np.float32) / 255)
    colour = np.array(worn.temple, np.float32) * 0.82  # the side is turned from the light
    ground = result[y0:y1, x0:x1]
    ground[:] = (ground + share[..., None] * (colour - ground)).astype(np.uint8)


def _fade(
    origin: tuple[int, int], shape: tuple[int, ...], start: _Points, end: _Points
) -> NDArray[np.float32]:
    """1 at the hinge, 0 at the ear, smoothly over the last part of the way."""
    run = end - start
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    length = max(float(run @ run), 1.0)
    along = ((x + origin[0] - start[0]) * run[0] + (y + origin[1] - start[1]) * run[1]) / length
    faded = np.clip((1.0 - along) / 0.3, 0, 1)
    smooth: NDArray[np.float32] = (faded * faded * (3 - 2 * faded)).astype(np.float32)
    return smooth


def _fill(canvas: NDArray[np.uint8], points: _Points, value: int) -> None:
    """Fill a polygon with smooth edges, points to a sixteenth of a pixel."""
    cv2.fillPoly(canvas, [np.round(points * 16).astype(np.int32)], (value,), lineType=cv2.LINE_AA, shift=4)


def _box(points: _Points, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The whole pixels around `points` that lie in the photo: x0, y0, x1, y1."""
    low, high = np.floor(points.min(axis=0)) - 2, np.ceil(points.max(axis=0)) + 3
    x0, y0 = (int(max(0, v)) for v in low)
    return x0, y0, int(min(shape[1], high[0])), int(min(shape[0], high[1]))
