"""Words of SVG: paths, gradients, groups. Nothing here knows what a frame is."""

from collections.abc import Iterable

import numpy as np
from shapely import Polygon

from shared.eyewear.lens import Points

Stop = tuple[float, str, float]  # offset 0 to 1, colour, opacity
EVENODD = ' fill-rule="evenodd"'
PLANE = "M-90 -60H90V60H-90Z"  # larger than any canvas


def ring(points: Points, *, closed: bool = True) -> str:
    """Path data through `points` (n, 2), to a hundredth of a millimetre."""
    text = ("%.2f %.2f " * len(points)) % tuple(points.ravel().tolist())
    return f"M{text.rstrip()}{'Z' if closed else ''}"


def polygons(shapes: Iterable[Polygon]) -> str:
    """Path data of polygons with holes; holes run against their outline, so both fill rules agree."""
    parts = []
    for shape in shapes:
        ccw = shape.exterior.is_ccw
        parts.append(ring(np.asarray(shape.exterior.coords)[:-1]))
        for hole in shape.interiors:
            points = np.asarray(hole.coords)[:-1]
            parts.append(ring(points[::-1] if hole.is_ccw == ccw else points))
    return "".join(parts)


def vertical(name: str, top: float, bottom: float, stops: Iterable[Stop]) -> str:
    """A gradient from `top` to `bottom` (y in mm)."""
    return _linear(name, (0, top, 0, bottom), stops)


def horizontal(name: str, left: float, right: float, stops: Iterable[Stop]) -> str:
    """A gradient from `left` to `right` (x in mm)."""
    return _linear(name, (left, 0, right, 0), stops)


def slanted(name: str, start: tuple[float, float], end: tuple[float, float], stops: Iterable[Stop]) -> str:
    """A gradient between two points."""
    return _linear(name, (*start, *end), stops)


def _linear(name: str, line: tuple[float, float, float, float], stops: Iterable[Stop]) -> str:
    x1, y1, x2, y2 = line
    inner = "".join(f'<stop offset="{o:.3f}" stop-color="{c}" stop-opacity="{a:.3f}"/>' for o, c, a in stops)
    return (
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" '
        f'x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}">{inner}</linearGradient>'
    )


def fill(d: str, paint: str, opacity: float = 1.0, extra: str = "") -> str:
    """A filled path."""
    return f'<path d="{d}" fill="{paint}"{_opacity("fill", opacity)}{extra}/>'


def stroke(d: str, paint: str, width: float, opacity: float = 1.0, extra: str = "") -> str:
    """A stroked path with round joins and ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{paint}" stroke-width="{width:.2f}" stroke-linejoin="round" '
        f'stroke-linecap="round"{_opacity("stroke", opacity)}{extra}/>'
    )


def group(inner: Iterable[str], **attributes: str) -> str:
    """A group; attribute names with `_` for `-`."""
    words = "".join(f' {k.rstrip("_").replace("_", "-")}="{v}"' for k, v in attributes.items())
    return f"<g{words}>{''.join(inner)}</g>"


def clip(name: str, d: str) -> str:
    """A clip path."""
    return f'<clipPath id="{name}"><path d="{d}"/></clipPath>'


def blur(name: str, mm: float, area: tuple[float, float, float]) -> str:
    """A Gaussian blur of an area (its cost is its area): half its width, its top and bottom in mm."""
    half, top, bottom = area
    return (
        f'<filter id="{name}" filterUnits="userSpaceOnUse" x="{-half:.1f}" y="{top:.1f}" '
        f'width="{2 * half:.1f}" height="{bottom - top:.1f}"><feGaussianBlur stdDeviation="{mm:.2f}"/></filter>'
    )


def moved(dy: float, inner: str) -> str:
    """Moved down by `dy` mm."""
    return f'<g transform="translate(0 {dy:g})">{inner}</g>'


def mirrored(inner: str) -> str:
    """The right side and its mirror image."""
    return f'{inner}<g transform="scale(-1 1)">{inner}</g>'


def _opacity(kind: str, value: float) -> str:
    return "" if value >= 1 else f' {kind}-opacity="{value:.3f}"'
