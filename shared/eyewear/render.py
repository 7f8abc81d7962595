"""One drawing, three outputs: SVG text, RGBA pixels, PNG bytes; and masks of its parts.

The drawing is SVG; ThorVG paints it. Units in the SVG are millimetres.
"""

from functools import lru_cache
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor
from thorvg_python.base import Colorspace, Result
from thorvg_python.canvas.sw import SwCanvas
from thorvg_python.engine import Engine
from thorvg_python.paint.picture import Picture

from shared.errors import ExpertGlassesError
from shared.eyewear import acetate, behind, glass, metal, svg
from shared.eyewear.geometry import geometry
from shared.eyewear.materials import hexed, palette
from shared.eyewear.spec import CANVAS_MM, FrameSpec

Rgba = NDArray[np.uint8]

_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
_RGBA = 4
_ENGINE_LOCK = Lock()  # the engine's start and its pictures are not promised to be thread-safe


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine()


def render_svg(
    spec: FrameSpec, *, temples: bool = True, shadow: bool = False, background: str | None = None
) -> str:
    """The frame from the front as an SVG document of 160 × 80 mm.

    Args:
        spec: The frame.
        temples: Whether the temples are seen behind the front; try-on leaves them out.
        shadow: Whether it stands on something.
        background: A colour name or `#rrggbb`; none is transparent.

    Raises:
        FrameInvalidError: No such frame can be made.
    """
    shape, colours = geometry(spec), palette(spec)
    parts = (
        svg.fill(svg.PLANE, hexed(ImageColor.getrgb(background)[:3])) if background else "",
        behind.shadow(shape) if shadow else "",
        behind.temples(spec, shape, colours) if temples else "",
        behind.pads(spec, shape, colours),
        glass.glass(spec, shape, colours),
        glass.nylon(shape),
        metal.metal(spec, shape, colours) if spec.is_wire else "",
        acetate.solid(spec, shape, colours) if spec.has_solid else "",
    )
    top, bottom = shape.top_and_bottom
    reach = spec.total_width / 2 + 1
    filters = svg.blur("edge", 0.32, (reach, top - 1, bottom + 1))
    filters += svg.blur("soft", 0.9, (reach, bottom - 4, bottom + 5)) if shadow else ""
    return _document(f"<defs>{filters}{acetate.sheet(spec, colours)}</defs>{''.join(parts)}")


def _document(inner: str) -> str:
    w, h = CANVAS_MM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w:g}mm" height="{h:g}mm" '
        f'viewBox="{-w / 2:g} {-h / 2:g} {w:g} {h:g}">{inner}</svg>'
    )


def render_rgba(spec: FrameSpec, width: int = 600, *, temples: bool = True, shadow: bool = False) -> Rgba:
    """The frame as pixels: (width / 2, width, 4), straight alpha, transparent around the frame."""
    return paint(render_svg(spec, temples=temples, shadow=shadow), width)


def render_png(
    spec: FrameSpec, width: int = 600, background: str | None = None, *, shadow: bool | None = None
) -> bytes:
    """The frame as PNG, `width` × `width / 2` pixels.

    Args:
        spec: The frame.
        width: In pixels.
        background: A CSS colour name or `#rrggbb`; none is transparent.
        shadow: Whether it stands on something; by default where there is a background.
    """
    standing = background is not None if shadow is None else shadow
    drawing = render_svg(spec, shadow=standing, background=background)
    pixels = paint(drawing, width)
    return encode_png(pixels if background is None else pixels[..., :3])


def encode_png(pixels: Rgba) -> bytes:
    """RGB or RGBA pixels (h, w, 3 or 4) as PNG, with the fastest of filters: large plain areas need no better."""
    order = cv2.COLOR_RGBA2BGRA if pixels.shape[2] == _RGBA else cv2.COLOR_RGB2BGR
    _, data = cv2.imencode(".png", cv2.cvtColor(pixels, order), _PNG)
    return data.tobytes()


def mask(spec: FrameSpec, width: int = 600, part: str = "silhouette") -> NDArray[np.uint8]:
    """Coverage (0 to 255) of the `silhouette`, the `lenses` or the `front` (without lenses): (width / 2, width)."""
    shape = geometry(spec)
    lens = svg.mirrored(svg.fill(svg.ring(shape.lens), "#fff"))
    body = svg.fill(svg.polygons((*shape.front, *shape.wire)), "#fff")
    drawn = {"silhouette": lens + body, "lenses": lens, "front": body}[part]
    return paint(_document(drawn), width)[..., 3]


def paint(document: str, width: int) -> Rgba:
    """Paint an SVG document of the canvas' proportions: (width / 2, width, 4), straight alpha.

    Raises:
        ExpertGlassesError: The document is not one the engine can read.
    """
    height = round(width * CANVAS_MM[1] / CANVAS_MM[0])
    data = document.encode()
    with _ENGINE_LOCK:
        engine = _engine()
        canvas = SwCanvas(engine)
        canvas.set_target(width, height, cs=Colorspace.ABGR8888S)
        picture = Picture(engine)
        if picture.load_data(data, "svg", rpath=None, copy=True) != Result.SUCCESS:
            raise ExpertGlassesError("The drawing engine could not read the drawing.")
        picture.set_size(width, height)
        canvas.add(picture)
        canvas.update()
        canvas.draw(clear=True)
        canvas.sync()
        pixels = np.array(canvas.buffer_arr, dtype="<u4").view(np.uint8).reshape(height, width, 4)
        canvas.destroy()
    return pixels
