"""What lies behind the front: contact shadow, temples, nose pads. Right side drawn, mirrored to the left."""

from shared.eyewear import svg
from shared.eyewear.geometry import FrameGeometry
from shared.eyewear.materials import Palette, Rgb, hexed, mixed, shaded
from shared.eyewear.spec import Finish, FrameSpec, Material
from shared.eyewear.temple import is_slim

_SILVER: Rgb = (176, 178, 182)


def shadow(shape: FrameGeometry) -> str:
    """A soft contact shadow on the ground under the frame; uses the filter `soft`."""
    _, bottom = shape.top_and_bottom
    x = abs(float(shape.lens[:, 0].mean()))
    ellipse = (
        f'<ellipse cx="{x:.1f}" cy="{bottom + 0.1:.1f}" rx="{x * 0.36:.1f}" ry="0.5" fill="#000" fill-opacity="0.42"/>'
        f'<ellipse cx="{x:.1f}" cy="{bottom + 0.6:.1f}" rx="{x * 0.62:.1f}" ry="1.0" fill="#000" fill-opacity="0.10"/>'
    )
    return svg.group([svg.mirrored(ellipse)], filter="url(#soft)")


def temples(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """Both temples, receding; covered tips on metal ones. A tortoise one uses the image `sheet`."""
    t = shape.temple
    base = colours.temple
    tip = _tip_colour(spec, base) if is_slim(spec) else base
    opacity = 0.45 + 0.5 * colours.opacity if spec.material is Material.PLASTIC else 1.0
    stops = _along(base, tip)
    paint = svg.slanted("temple", t.start, t.end, [(o, hexed(c), opacity) for o, c in stops])
    light = [(o, hexed(shaded(c, 0.34)), 0.9 * opacity) for o, c in stops]
    bright = svg.slanted("temple-edge", t.start, t.end, light)
    face, edge = svg.ring(t.face), svg.ring(t.edge)
    body = svg.fill(face, "url(#temple)")
    defs = paint + bright
    inside = svg.fill(edge, "url(#temple-edge)") + body + svg.stroke(face, "#000", 0.22, 0.25)
    if spec.finish is not Finish.TORTOISE:
        return f"<defs>{defs}</defs>{svg.mirrored(inside)}"
    both = face + svg.ring(t.face * (-1, 1))
    cut = svg.group(['<use href="#sheet"/>'], clip_path="url(#temple-clip)", opacity="0.85")
    return f"<defs>{defs}{svg.clip('temple-clip', both)}</defs>{svg.mirrored(inside)}{cut}"


def _along(base: Rgb, tip: Rgb) -> list[tuple[float, Rgb]]:
    """Colours from the hinge, in the front's shade, to the tip."""
    cut = 0.50
    return [
        (0.0, shaded(base, -0.32)),
        (0.14, shaded(base, 0.02)),
        (cut, shaded(base, 0.10)),
        (cut + 0.02, shaded(tip, 0.10)),
        (0.8, tip),
        (1.0, shaded(tip, -0.25)),
    ]


def _tip_colour(spec: FrameSpec, base: Rgb) -> Rgb:
    return mixed(base, (34, 31, 31), 0.88) if spec.second is spec.color else shaded(base, -0.15)


def pads(spec: FrameSpec, shape: FrameGeometry, colours: Palette) -> str:
    """Silicone pads on wire arms."""
    pad = shape.pad
    if pad is None:
        return ""
    metal = colours.wire if spec.is_wire else _SILVER
    arm = svg.ring(pad.arm, closed=False)
    rx, ry = pad.half_width, pad.half_height
    streak = f"M{-rx * 0.5:.2f} {-ry * 0.55:.2f}Q{-rx * 0.75:.2f} 0 {-rx * 0.35:.2f} {ry * 0.6:.2f}"
    body = (
        svg.stroke(arm, hexed(shaded(metal, -0.45)), 0.8)
        + svg.stroke(arm, hexed(shaded(metal, 0.5)), 0.3)
        + f'<g transform="translate({pad.x:.2f} {pad.y:.2f}) rotate({pad.lean:.1f})">'
        + f'<ellipse rx="{rx}" ry="{ry}" fill="#d9dfe2" fill-opacity="0.55" stroke="#7d868b" stroke-opacity="0.6" stroke-width="0.3"/>'
        + f'<ellipse rx="{rx * 0.62:.2f}" ry="{ry * 0.66:.2f}" fill="#a5aeb3" fill-opacity="0.28"/>'
        + f'<ellipse rx="0.75" ry="1.25" fill="{hexed(metal)}" fill-opacity="0.75"/>'
        + svg.stroke(streak, "#fff", 0.45, 0.85)
        + "</g>"
    )
    return svg.mirrored(body)
