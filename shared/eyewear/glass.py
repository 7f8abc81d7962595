"""Lenses: tint, the rim's inner wall seen through them, reflections, the thread of a semi-rim."""

from shared.eyewear import svg
from shared.eyewear.geometry import FrameGeometry
from shared.eyewear.materials import Palette, hexed, shaded, tint
from shared.eyewear.spec import FrameSpec, Rim

_CLEAR: tuple[svg.Stop, ...] = ((0.0, "#b9c6cc", 0.12), (0.55, "#d4dee2", 0.07), (1.0, "#e6ecee", 0.06))


def glass(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """Both lenses, partly transparent everywhere."""
    d = svg.ring(shape.lens)
    across = float(shape.lens[:, 0].min()), float(shape.lens[:, 0].max())
    h = spec.lens_height / 2
    defs = _tint(spec, h) + svg.clip("lens", d) + _gleam(spec, across, h)
    inner = [svg.fill(d, "url(#tint)"), _wall(spec, d, colours), svg.fill(d, "url(#gleam)")]
    edge = svg.stroke(d, "#5f6e74", 0.24, 0.8) if spec.rim is Rim.RIMLESS else ""
    return f"<defs>{defs}</defs>{svg.mirrored(svg.group(inner, clip_path='url(#lens)') + edge)}"


def _wall(spec: FrameSpec, d: str, colours: Palette) -> str:
    """The depth of the rim, or the ground edge of a drilled lens, just inside the outline."""
    if spec.rim is Rim.RIMLESS:
        return svg.stroke(d, "#5d6b70", 1.3, 0.32) + svg.stroke(d, "#ffffff", 0.5, 0.75)
    if spec.is_wire:
        return svg.stroke(d, hexed(shaded(colours.wire, -0.45)), 0.7, 0.5)
    wall = hexed(shaded(colours.main, -0.25))
    return svg.stroke(d, wall, 2.2, 0.38 * colours.opacity) + svg.stroke(d, wall, 1.0, 0.6 * colours.opacity)


def _tint(spec: FrameSpec, h: float) -> str:
    if spec.lens_tint is None:
        return svg.vertical("tint", -h, h, _CLEAR)
    colour = tint(spec.lens_tint)
    top = 0.35 + 0.6 * spec.tint_density
    low = top * (0.38 if spec.tint_gradient else 0.94)
    stops = [(0.0, hexed(shaded(colour, -0.22)), top), (1.0, hexed(shaded(colour, 0.12)), low)]
    return svg.vertical("tint", -h, h, stops)


def _gleam(spec: FrameSpec, across: tuple[float, float], h: float) -> str:
    """A window's light on the upper temporal side and its faint echo below, both with soft borders."""
    s = 0.14 if spec.lens_tint is None else 0.22
    stops = [
        (0.0, 0.9 * s),
        (0.22, s),
        (0.42, 0.25 * s),
        (0.52, 0.30 * s),
        (0.60, 0.0),
        (0.86, 0.0),
        (1.0, 0.5 * s),
    ]
    corner, foot = (across[1], -h), (across[0] + 0.15 * (across[1] - across[0]), h)
    return svg.slanted("gleam", corner, foot, [(o, "#fff", a) for o, a in stops])


def nylon(shape: FrameGeometry) -> str:
    """The thread that holds a semi-rimless lens, and the lens edge it lies in."""
    if len(shape.nylon) == 0:
        return ""
    d = svg.ring(shape.nylon, closed=False)
    return svg.mirrored(svg.stroke(d, "#76838a", 0.85, 0.5) + svg.stroke(d, "#f4f7f8", 0.36, 0.9))
