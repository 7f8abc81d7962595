"""Pixels at the door: the photo made upright and plain, frames drawn, frames put on the face."""

from functools import lru_cache
from io import BytesIO
from threading import BoundedSemaphore
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from pydantic import Field

from shared.contracts import Face
from shared.errors import PhotoUnreadableError
from shared.eyewear.cutout import cut_out
from shared.eyewear.render import Rgba, render_png, render_svg
from shared.eyewear.spec import FrameSpec
from shared.eyewear.tryon import try_on
from shared.photos import MEDIA_TYPES

Pixels = NDArray[np.uint8]
Format = Literal["jpeg", "png", "webp"]
Width = Annotated[int, Field(ge=64, le=1600)]
VIEW_SIDE = 1280  # a phone shows no more of a face
_SETTINGS = {"jpeg": {"quality": 88}, "png": {"compress_level": 3}, "webp": {"quality": 84, "method": 1}}
# Decoding takes up to three bytes a pixel of the largest photo: few at a time, whoever asks.
_AT_WORK = BoundedSemaphore(2)


def plain_view(photo: bytes) -> bytes:
    """The photo upright, at most `VIEW_SIDE` wide and high, without metadata, as JPEG.

    Raises:
        PhotoUnreadableError: It cannot be decoded.
    """
    try:
        with _AT_WORK, Image.open(BytesIO(photo), formats=tuple(MEDIA_TYPES)) as image:
            image.draft("RGB", (VIEW_SIDE, VIEW_SIDE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((VIEW_SIDE, VIEW_SIDE))
            return encode(_on_white(upright), "jpeg")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise PhotoUnreadableError("The photo cannot be decoded.") from None


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")


def encode(image: Image.Image, kind: Format) -> bytes:
    """An image as a file; nothing but its pixels goes along."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    out = BytesIO()
    bare.save(out, kind.upper(), **_SETTINGS[kind])
    return out.getvalue()


def wear(view: bytes, face: Face, frame: FrameSpec | bytes, kind: Format, width: int | None = None) -> bytes:
    """The face with the frame on.

    Args:
        view: What `plain_view` made of the photo.
        face: The face with landmarks.
        frame: A specification, or the file of a picture with a transparent ground.
        kind: Format of the answer.
        width: In pixels; the view's own when not given or larger.

    Raises:
        NoFaceError: The face has no landmarks.
    """
    with _AT_WORK:
        image = Image.open(BytesIO(view), formats=("JPEG",)).convert("RGB")
        if width is not None and width < image.width:
            image = image.resize((width, max(1, round(image.height * width / image.width))))
        worn = try_on(np.array(image), face, frame if isinstance(frame, FrameSpec) else _pixels(frame))
        return encode(Image.fromarray(worn), kind)


def _pixels(picture: bytes) -> Rgba:
    """A generated frame, cut out where its ground is not transparent."""
    return cut_out(np.array(Image.open(BytesIO(picture), formats=tuple(MEDIA_TYPES)).convert("RGBA")))


@lru_cache(maxsize=512)
def frame_picture(spec: FrameSpec, kind: Literal["svg", "png"], width: int) -> bytes:
    """A frame from the front on a transparent ground."""
    if kind == "svg":
        return render_svg(spec).encode()
    with _AT_WORK:
        return render_png(spec, width)
